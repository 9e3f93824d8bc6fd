// One shell as a pair of streams, and the exchanges over it: what every connection has in common.
import type { Readable, Writable } from 'node:stream'
import { ConnectionLost, TooMuchSaid, type Exchange, type ExchangeRequest } from '../../engine/session/connection.ts'
import { ANSWERS_BYTES } from '../../core/bounds.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { EarlyOutput } from './early-output.ts'

export interface ShellStreams {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
}

/** A program on the host, or on the way to it, whose input and outputs are the shell's. */
export interface ShellProcess extends ShellStreams {
  /** Is called once that it is gone, and how. */
  onEnd(listener: (how: string) => void): void
}

export interface ShellStream {
  exchange(request: ExchangeRequest): Promise<Exchange>
  /**
   * The shell is gone, or must be given up: a running exchange, and every later one, rejects with this. The first
   * reason counts.
   */
  lose(why: Error): void
}

/** An exchange. */
interface RunningExchange {
  feedOut(chunk: Untrusted<Buffer>): void
  feedErr(chunk: Untrusted<Buffer>): void
  reject(error: Error): void
}

interface Collector {
  /** Returns what stands before the end line, once it has come. */
  feed(chunk: Untrusted<Buffer>): Buffer | undefined
}

/**
 * Whatever the shell printed before the first exchange (a login banner) is dropped: an exchange begins at its own first
 * mark, and reads to its end line.
 *
 * @param early - what the shell printed of its greeting, which the first exchange reads.
 */
export function shellStream(streams: ShellStreams, early?: EarlyOutput): ShellStream {
  let greeted = early
  let lost: Error | undefined
  let under: RunningExchange | undefined
  const lose = (why: Error): void => {
    lost ??= why
    under?.reject(lost)
  }
  streams.stdout.on('data', (chunk: Untrusted<Buffer>) => under?.feedOut(chunk))
  streams.stderr.on('data', (chunk: Untrusted<Buffer>) => under?.feedErr(chunk))
  streams.stdin.on('error', (error: Error) => lose(new ConnectionLost(error.message)))
  streams.stdout.on('error', (error: Error) => lose(new ConnectionLost(error.message)))
  streams.stderr.on('error', (error: Error) => lose(new ConnectionLost(error.message)))

  return {
    lose,
    exchange: ({ script, end, most = ANSWERS_BYTES, onStdout, signal }) =>
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
        const count = ({ length }: Untrusted<Buffer>): boolean => {
          said += length
          if (said > most) lose(new TooMuchSaid(`the host sent more than ${sizeOf(most)}`))
          return said <= most
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
        if (script !== '') streams.stdin.write(script)
        const before = greeted?.take()
        greeted = undefined
        if (before !== undefined && before.stderr.length > 0) under.feedErr(before.stderr)
        if (before !== undefined && before.stdout.length > 0) under?.feedOut(before.stdout)
      }),
  }
}

const sizeOf = (bytes: number): string =>
  bytes < 1 << 20 ? `${Math.ceil(bytes / (1 << 10))} kB` : `${Math.ceil(bytes / (1 << 20))} MiB`

const FIRST_BYTES = 1 << 16

/**
 * Looks for the line `end` in what is new, so that much output costs no more than little; keeps the bytes and not the
 * chunks, so that small ones cost no more than large ones.
 */
function collector(end: string): Collector {
  const needle = Buffer.from(`\n${end}\n`)
  let kept = Buffer.allocUnsafe(FIRST_BYTES)
  let length = 0
  return {
    feed(chunk) {
      const from = Math.max(0, length - needle.length)
      if (length + chunk.length > kept.length) {
        const grown = Buffer.allocUnsafe(2 * (length + chunk.length))
        kept.copy(grown, 0, 0, length)
        kept = grown
      }
      length += chunk.copy(kept, length)
      const at = kept.subarray(from, length).indexOf(needle)
      return at < 0 ? undefined : kept.subarray(0, from + at)
    },
  }
}
