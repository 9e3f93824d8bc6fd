// Keeps what a new shell prints of its greeting before anybody reads it: who waits for the shell (sudo's dialogue, the
// login of the system's ssh) reads the same streams.
import type { Readable } from 'node:stream'
import { ANSWERS_BYTES } from '../../core/bounds.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface EarlyOutput {
  /** Its first mark has come on standard output. */
  readonly begun: boolean
  /** What came so far, from the first mark on, or what may be its beginning; nothing more is kept. */
  take(): { readonly stdout: Untrusted<Buffer>; readonly stderr: Untrusted<Buffer> }
}

interface Outputs {
  readonly stdout: Readable
  readonly stderr: Readable
}

/** @param mark - the first word of its lines. */
export function earlyOutput({ stdout, stderr }: Outputs, mark: string): EarlyOutput {
  const [out, err] = [keeper(mark), keeper(mark)]
  stdout.on('data', out.feed)
  stderr.on('data', err.feed)
  return {
    get begun() {
      return out.begun
    },
    take() {
      stdout.off('data', out.feed)
      stderr.off('data', err.feed)
      return { stdout: out.kept(), stderr: err.kept() }
    },
  }
}

interface Keeper {
  readonly feed: (chunk: Untrusted<Buffer>) => void
  kept(): Untrusted<Buffer>
  readonly begun: boolean
}

/** A banner, and what sudo says, come before it: they are dropped. */
function keeper(mark: string): Keeper {
  const needle = Buffer.from(`\n${mark} `)
  let chunks: Buffer[] = []
  let bytes = 0
  let begun = false
  return {
    feed(chunk) {
      if (begun) {
        // Who reads it afterwards counts it, too, and gives it up one byte beyond.
        if (bytes <= ANSWERS_BYTES) chunks.push(chunk)
        bytes += chunk.length
        return
      }
      const joined = Buffer.concat([...chunks, chunk])
      const at = joined.indexOf(needle)
      begun = at >= 0
      const kept = joined.subarray(begun ? at : Math.max(0, joined.length - needle.length))
      chunks = [kept]
      bytes = kept.length
    },
    get begun() {
      return begun
    },
    // The end of a banner may be the beginning of the mark.
    kept: () => Buffer.concat(chunks),
  }
}
