// Where a reporter's text goes.
import type { Printable } from './write/checked.ts'

/** Takes text that a writer of `write` made, and no other. */
export interface Out {
  write(text: Printable): void
}
