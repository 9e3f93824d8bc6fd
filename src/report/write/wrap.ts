// Breaks lines of prose between words, where a terminal would break them in the middle of one. Lines that somebody
// copies (records, diffs, shell text) are not for it.
import { joined, term, type TerminalText } from './terminal.ts'
import { width } from './width.ts'

/** A piece is indented so much more than its line, or more: what a stranger says does not look like a line of ours. */
const HANGING = 2
/** Words that begin a command where a CI reads a line: they begin none. */
const COMMAND = /^ *(?:::|##)/
/** Less room than this for words is no better than what the terminal does. */
const LEAST_ROOM = 16

/**
 * The line in pieces of at most `columns`; those after the first are indented more than it. A word that is longer
 * stands alone.
 *
 * @param columns - of the terminal; `undefined`: there is none, and the line stays.
 */
export function wrapped(line: TerminalText, columns: number | undefined): readonly TerminalText[] {
  if (columns === undefined || width(line) <= columns) return [line]
  const [, blanks = '', mark = ''] = /^( *)(→ )?/.exec(line) ?? []
  const indent = ' '.repeat(blanks.length + Math.max(mark.length, HANGING))
  if (columns - indent.length < LEAST_ROOM) return [line]
  const pieces: string[] = []
  let piece = ''
  for (const word of line.slice(blanks.length).match(/ *[^ ]+/g) ?? []) {
    const longer = piece === '' ? `${pieces.length === 0 ? blanks : indent}${word.trimStart()}` : `${piece}${word}`
    if (piece !== '' && width(longer) > columns && !COMMAND.test(word)) {
      pieces.push(piece)
      piece = `${indent}${word.trimStart()}`
    } else piece = longer
  }
  // It is the checked text, with blanks made line feeds.
  return [...pieces, piece] as readonly string[] as readonly TerminalText[]
}

/** Each of the lines. */
export const wrappedLines = (lines: readonly TerminalText[], columns: number | undefined): readonly TerminalText[] =>
  lines.flatMap((line) => wrapped(line, columns))

/** Each line of a text. */
export const wrappedText = (text: TerminalText, columns: number | undefined): TerminalText =>
  columns === undefined
    ? text
    : joined(wrappedLines(text.split('\n') as readonly string[] as readonly TerminalText[], columns), term`\n`)
