// Divides a zone file into entries: words with quotes and escapes resolved, lines in parentheses joined, comments
// removed (RFC 1035, section 5.1).
import { MailrunError } from '../../core/mailrun-error.ts'

export interface Word {
  /** As UTF-8; `bytes` are what it stands for. */
  readonly text: string
  readonly bytes: Buffer
  readonly quoted: boolean
}

export interface Entry {
  readonly words: readonly Word[]
  /** From 1. */
  readonly line: number
  /** It begins with white space: its name is that of the entry before. */
  readonly indented: boolean
}

/** One piece: an escape, a quoted string, a word, a break, a comment, a parenthesis, blanks. */
const PIECE = /("(?:[^"\\]|\\[^])*")|((?:[^ \t\r\n"();\\]|\\[^])+)|(\r?\n)|(;[^\n]*)|([()])|([ \t\r]+)|([^])/gu

/** @throws MailrunError with file:line */
export function zoneEntries(text: string, file: string): readonly Entry[] {
  const entries: Entry[] = []
  let words: Word[] = []
  let [line, start, depth] = [1, 1, 0]
  let indented = false
  const fault = (problem: string): MailrunError => new MailrunError(problem, `${file}:${line}`)
  const end = (): void => {
    if (words.length > 0) entries.push({ words, line: start, indented })
    words = []
    indented = false
  }
  for (const [piece, quoted, word, newline, , parenthesis, blank, odd] of text.matchAll(PIECE)) {
    if (odd !== undefined) throw fault(odd === '"' ? 'a quote that is not closed' : 'a backslash at the end')
    if (words.length === 0 && depth === 0) start = line
    if (blank !== undefined && words.length === 0 && depth === 0) indented = true
    if (quoted !== undefined) words.push({ ...wordOf(quoted.slice(1, -1), fault), quoted: true })
    if (word !== undefined) words.push({ ...wordOf(word, fault), quoted: false })
    if (parenthesis !== undefined) depth += parenthesis === '(' ? 1 : -1
    if (depth < 0) throw fault('a parenthesis that was not opened')
    if (newline !== undefined && depth === 0) end()
    line += piece.split('\n').length - 1
  }
  if (depth > 0) throw fault('a parenthesis that is not closed')
  end()
  return entries
}

/** `\DDD` is a byte, `\X` the character itself. */
function wordOf(
  written: string,
  fault: (problem: string) => MailrunError,
): { readonly text: string; readonly bytes: Buffer } {
  const parts = [...written.matchAll(/\\(\d{3})|\\([^])|([^\\]+)/gu)].map(([, code, character, plain]) => {
    if (code === undefined) return Buffer.from(character ?? plain!)
    if (Number(code) > 255) throw fault(`\\${code} is no byte`)
    return Buffer.from([Number(code)])
  })
  const bytes = Buffer.concat(parts)
  return { text: bytes.toString(), bytes }
}
