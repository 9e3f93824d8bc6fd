// A change: one step on a host, as data. It has a summary in words, and the shell text that makes it.
import type { Script } from '../../shell/script.ts'

/** A file's text before and after, for `--diff`. `undefined`: no file. A secret file has no diff. */
export interface Diff {
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** A connection that is made anew before a change: the host must let mailrun in again. */
export interface Reconnect {
  /** No attempt begins later than this after the first. */
  readonly withinSeconds: number
  /** The host has booted meanwhile: this is the boot before, see `bootProbe`. */
  readonly notBoot?: string
  /** For the operator, where none is made: what becomes of the host. */
  readonly otherwise: string
}

export interface Change {
  /** A few words in the field's terms, without the task's name: `install postfix`, `mode 0755 → 0750`. */
  readonly summary: string
  /**
   * Runs as a process of its own (`sh -e` semantics are NOT given: join with `&&`), input from /dev/null. Exit status 0
   * means made.
   */
  readonly apply: Script
  /**
   * Pieces to be run before `apply`, each at most about 1 MiB of text; each may travel on a trip of its own. For large
   * contents.
   */
  readonly before?: readonly Script[]
  readonly diff?: Diff
  /** It is made over a connection that is opened after the changes before it; left out: over the same one. */
  readonly reconnect?: Reconnect
  /** After this many seconds it is ended and counts as failed. Left out: the engine's default (60). */
  readonly timeoutSeconds?: number
}
