// Computes how many columns of a terminal a text takes, and cuts it to fit. Cut or padded text stays checked text.
import type { TerminalText } from './terminal.ts'

/** East Asian letters, forms and signs of full width; emoji and further ideographs. */
const WIDE = [
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff]/u,
  /[\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u,
  /[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u,
]
const MARK = /\p{Mark}|\u200b|\u200d/u
const COLOUR = /\u001b\[[0-9;]*m/g

function columnsOf(character: string): number {
  if (MARK.test(character)) return 0
  return WIDE.some((each) => each.test(character)) ? 2 : 1
}

/** Columns; colour sequences take none. */
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

/** Filled up with spaces. */
export const pad = (text: TerminalText, columns: number): TerminalText =>
  `${text}${blanks(columns, text)}` as TerminalText

/** Behind spaces. */
export const padStart = (text: TerminalText, columns: number): TerminalText =>
  `${blanks(columns, text)}${text}` as TerminalText
