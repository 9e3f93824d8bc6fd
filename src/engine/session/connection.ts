// The interface of a connection to a host. The room `src/ssh` implements it.
import type { Host } from '../../core/fleet/host.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface ExchangeRequest {
  /**
   * POSIX shell text, written to the host's one shell as it is; it prints `end` as a line of its own, last, on both
   * streams. The first word of `end` marks its lines.
   */
  readonly script: string
  readonly end: string
  /** Bytes that it may print, on both streams; left out: as many as the answers of a trip. */
  readonly most?: number
  /** Output as it comes, for progress. Whatever came before this exchange began (a login banner) is not part of it. */
  onStdout(chunk: Untrusted<Buffer>): void
  /** Aborting breaks the connection off: the exchange rejects with ConnectionLost. */
  readonly signal: AbortSignal
}

/** All that came on the two streams, up to and without the line `end`. */
export interface Exchange {
  readonly stdout: Untrusted<Buffer>
  readonly stderr: Untrusted<Buffer>
}

/** One shell, as root where the host says become, on one connection. One exchange at a time. */
export interface Connection {
  /** @throws ConnectionLost; Unreachable where the shell never came up */
  exchange(request: ExchangeRequest): Promise<Exchange>
  /**
   * Makes an empty file as the login user, over a channel beside the shell; tells a running script to start nothing
   * more.
   */
  touch(path: string): Promise<void>
  close(): void
  /** What to know of how it came about, in words. */
  readonly notes: readonly string[]
  /**
   * The greeting was sent as the shell was opened: the first exchange, whose script is empty, is its output. Left out:
   * it was not sent.
   */
  readonly greeted?: boolean
}

/**
 * A script that a new shell runs before it reads anything. It travels with the command that starts the shell, and so
 * costs no round trip. It is an argument on the host: it has no secret in it, and its end line is no secret there.
 */
export interface Greeting {
  /** As of an exchange. */
  readonly script: string
  /** The first word of its lines. */
  readonly mark: string
}

/**
 * Within a time that the host's own settings state.
 *
 * @param signal - an interrupt.
 * @param tell - is reported what a host is waited for while it takes longer than others; left out: nobody is.
 * @param greeting - is sent where a new shell is opened for it; `greeted` says so.
 * @param anew - the host itself must take a new connection: a master connection that stands proves nothing.
 * @throws Unreachable
 */
export type Connect = (
  host: Host,
  signal: AbortSignal,
  tell?: Tell,
  greeting?: Greeting,
  anew?: boolean,
) => Promise<Connection>

/** Takes a sentence for people. */
export type Tell = (note: string) => void

/** No connection came about. The message is for the operator: what was tried, what came, what to do. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** The host's sshd was reached, and has refused for a reason that stays: another try in the same run is of no use. */
export class Refused extends Unreachable {}

/** A connection that stood is gone; what it carried may or may not have been done. */
export class ConnectionLost extends Error {
  override readonly name: string = 'ConnectionLost'
}

/** The host sent more than an exchange may hold; the connection is given up. */
export class TooMuchSaid extends ConnectionLost {
  override readonly name = 'TooMuchSaid'
}
