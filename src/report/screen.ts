// The destination of a report: standard output, standard error, and the properties of the terminal.
import type { Printable } from './write/checked.ts'
import type { Colours, TerminalText } from './write/terminal.ts'

/** Takes text that a writer of `write` made, and no other. */
export interface Out<Text extends Printable = Printable> {
  write(text: Text): void
}

/** A terminal, measured again at each drawing. */
export interface Terminal extends Out<TerminalText> {
  readonly columns: number
  readonly rows: number
}

/** What text may look like there. */
export interface Look {
  /** `undefined`: no terminal. */
  readonly columns: number | undefined
  readonly paint: Colours
}

/** Standard output or standard error. Where it is no terminal, columns and rows are a guess. */
export interface Stream<Text extends Printable = Printable> extends Out<Text> {
  readonly isTerminal: boolean
  /** Whether lines can be removed again: a terminal, and none that is dumb. */
  readonly canRedraw: boolean
  readonly columns: number
  readonly rows: number
  readonly paint: Colours
}

export interface Screen {
  /** The report itself: standard output. */
  readonly out: Stream
  /** What is said beside it: standard error. */
  readonly notes: Stream<TerminalText>
}

export const lookOf = ({ isTerminal, columns, paint }: Stream): Look => ({
  columns: isTerminal ? columns : undefined,
  paint,
})
