// Computes how many columns of a terminal a text takes, and cuts or pads it. The result has the same checked type as
// before.
import { eastAsianWidth } from 'get-east-asian-width'
import type { TerminalText } from './terminal.ts'

/** Characters that are drawn over the one before them, or not at all. */
const MARK = /\p{Mark}|\u200b|\u200d/u
const COLOUR = /\u001b\[[0-9;]*m/g

/** Uses Unicode's table of East Asian widths (UAX #11), in which most emoji are wide. */
function columnsOf(character: string): number {
  if (MARK.test(character)) return 0
  return eastAsianWidth(character.codePointAt(0)!)
}

/** The number of columns. Colour sequences take none. */
export function width(text: string): number {
  const bare = text.replace(COLOUR, '')
  return /^[ -~]*$/.test(bare) ? bare.length : [...bare].reduce((sum, character) => sum + columnsOf(character), 0)
}

/** At most `columns` columns of text without colour; what was cut shows as `…`. */
export function fit(text: TerminalText, columns: number): TerminalText
export function fit(text: string, columns: number): string
export function fit(text: string, columns: number): string {
  if (width(text) <= columns) return text
  if (columns < 1) return ''
  let taken = 0
  let kept = ''
  for (const character of text) {
    taken += columnsOf(character)
    if (taken > columns - 1) break
    kept += character
  }
  return `${kept}…`
}

const blanks = (columns: number, text: string): string => ' '.repeat(Math.max(0, columns - width(text)))

/** Pads a text with spaces at its end. */
export const pad = (text: TerminalText, columns: number): TerminalText =>
  `${text}${blanks(columns, text)}` as TerminalText

/** Pads a text with spaces at its beginning. */
export const padStart = (text: TerminalText, columns: number): TerminalText =>
  `${blanks(columns, text)}${text}` as TerminalText
