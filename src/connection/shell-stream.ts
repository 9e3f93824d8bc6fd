// One shell as a pair of streams, and the exchanges over it: what every connection has in common.
import type { Readable, Writable } from 'node:stream'
import { ConnectionLost, TooMuchSaid, type Exchange, type ExchangeRequest } from '../engine/connection.ts'

export interface ShellStreams {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
}

/** A program on the host, or on the way to it, whose input and outputs are the shell's. */
export interface ShellProcess extends ShellStreams {
  /** Is told once that it is gone, and how. */
  onEnd(listener: (how: string) => void): void
}

export interface ShellStream {
  exchange(request: ExchangeRequest): Promise<Exchange>
  /**
   * The shell is gone, or must be given up: an exchange under way, and every later one, rejects with this. The first
   * reason counts.
   */
  lose(why: Error): void
}

/** Of both streams in one exchange. All of it is kept in memory, and read as one text. */
const SAID_BYTES = 256 << 20

interface Collector {
  /** Returns what stands before the end line, once it has come. */
  feed(chunk: Buffer): Buffer | undefined
}

/**
 * Whatever the shell printed before the first exchange (a login banner) is dropped: an exchange begins at its own first
 * mark, and reads to its end line.
 */
export function shellStream(streams: ShellStreams): ShellStream {
  let lost: Error | undefined
  let under: { feedOut(chunk: Buffer): void; feedErr(chunk: Buffer): void; reject(error: Error): void } | undefined
  const lose = (why: Error): void => {
    lost ??= why
    under?.reject(lost)
  }
  streams.stdout.on('data', (chunk: Buffer) => under?.feedOut(chunk))
  streams.stderr.on('data', (chunk: Buffer) => under?.feedErr(chunk))
  streams.stdin.on('error', (error: Error) => lose(new ConnectionLost(error.message)))
  streams.stdout.on('error', (error: Error) => lose(new ConnectionLost(error.message)))
  streams.stderr.on('error', (error: Error) => lose(new ConnectionLost(error.message)))

  return {
    lose,
    exchange: ({ script, end, onStdout, signal }) =>
      new Promise<Exchange>((resolve, reject) => {
        if (lost !== undefined) return reject(lost)
        const out = collector(end)
        const err = collector(end)
        let stdout: Buffer | undefined
        let stderr: Buffer | undefined
        const finish = (settle: () => void): void => {
          under = undefined
          signal.removeEventListener('abort', onAbort)
          settle()
        }
        let said = 0
        const count = ({ length }: Buffer): boolean => {
          said += length
          if (said > SAID_BYTES) lose(new TooMuchSaid(`the host sent more than ${SAID_BYTES >> 20} MiB`))
          return said <= SAID_BYTES
        }
        const onAbort = (): void => lose(new ConnectionLost('broken off'))
        const check = (): void => {
          if (stdout && stderr) finish(() => resolve({ stdout: stdout!, stderr: stderr! }))
        }
        under = {
          feedOut(chunk) {
            if (!count(chunk)) return
            onStdout(chunk)
            stdout ??= out.feed(chunk)
            check()
          },
          feedErr(chunk) {
            if (!count(chunk)) return
            stderr ??= err.feed(chunk)
            check()
          },
          reject: (error) => finish(() => reject(error)),
        }
        if (signal.aborted) return onAbort()
        signal.addEventListener('abort', onAbort, { once: true })
        streams.stdin.write(script)
      }),
  }
}

/** Looks for the line `end` in the last bytes only, so that much output costs no more than little. */
function collector(end: string): Collector {
  const needle = Buffer.from(`\n${end}\n`)
  const chunks: Buffer[] = []
  let tail = Buffer.alloc(0)
  return {
    feed(chunk) {
      chunks.push(chunk)
      tail = Buffer.concat([tail.subarray(-needle.length), chunk])
      if (!tail.includes(needle)) return undefined
      const all = Buffer.concat(chunks)
      return all.subarray(0, all.indexOf(needle))
    },
  }
}
