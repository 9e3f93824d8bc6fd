// Writes for terminals: checks words, colours them, pads them, and puts them into lines.
import picocolors from 'picocolors'
import { harmless, harmlessLine, lastState } from './harmless.ts'
import { writerOf, type Checked } from './checked.ts'

/** What a terminal shows as it is meant: no controls but line feeds and the colours of {@link colours}. */
export type TerminalText = Checked<'terminal'>

const line = writerOf<'terminal'>(harmlessLine)
const block = writerOf<'terminal'>(harmless)
const progress = writerOf<'terminal'>(lastState)

/** @example term`${said(host)}: ${said(why)}\n` */
export const term = line.tag

/** One line, whatever the text holds. */
export const said = line.said

/** The last state of a line that a program prints. */
export const printed = progress.said

export const joined = line.joined
export const EMPTY = term``

/** Each with its line feed. */
export const asLines = (lines: readonly TerminalText[]): TerminalText => joined(lines.map((each) => term`${each}\n`))

/** Its lines; blanks at its end are none. */
export const linesOf = (text: TerminalText): readonly TerminalText[] =>
  text.trimEnd().split('\n') as readonly string[] as readonly TerminalText[]

/** The lines of a text, each behind `by`, so that none passes for a line of ours. */
export const indented = (text: string, by: TerminalText): readonly TerminalText[] =>
  harmless(text)
    .trimEnd()
    .split('\n')
    .map((each) => term`${by}${said(each)}`)

/** A text of several lines that goes on a line of ours: those after its first are indented. */
export const saidInLines = (text: string, by = term`    `): TerminalText =>
  joined(
    indented(text, EMPTY).map((each, index) => (index === 0 ? each : term`${by}${each}`)),
    term`\n`,
  )

/** A document of another language, such as a zone: as it is, but for characters that nobody sees. */
export const documentText = (text: string): TerminalText => block.said(text)

export const withoutEnd = (text: TerminalText): TerminalText => text.trimEnd() as TerminalText

/** Removes the last rows, and goes on where they began. */
export const erase = (rows: number): TerminalText => (rows === 0 ? EMPTY : term`\u001b[${rows}A\r\u001b[J`)

export type Paint = (text: TerminalText) => TerminalText

/** Colours by meaning. */
export interface Colours {
  readonly good: Paint
  readonly changed: Paint
  readonly bad: Paint
  readonly doubtful: Paint
  readonly faint: Paint
  readonly strong: Paint
  readonly head: Paint
}

export function colours(on: boolean): Colours {
  const paints = picocolors.createColors(on)
  const checked =
    (paint: (text: string) => string): Paint =>
    (text) =>
      paint(text) as TerminalText
  return {
    good: checked(paints.green),
    changed: checked(paints.yellow),
    bad: checked(paints.red),
    doubtful: checked(paints.magenta),
    faint: checked(paints.dim),
    strong: checked(paints.bold),
    head: checked(paints.cyan),
  }
}
