// Helpers that read text as programs in C do: bytes, lines of limited length, white space and letters of ASCII.
import type { Untrusted } from '../../../shell/untrusted.ts'

const SPACE = /[ \t\n\v\f\r]/

/** isascii(3) and isspace(3). */
export const isSpace = (char: Untrusted): boolean => SPACE.test(char)

/** dkimf_trimspaces(): what stands between white space, in a time that no run of spaces makes longer. */
export const trimmed = (text: Untrusted): string => between(text, isSpace)

/** What stands between blanks and tabs. */
export const withoutBlanks = (text: Untrusted): string => between(text, (char) => char === ' ' || char === '\t')

function between(text: Untrusted, isOutside: (char: Untrusted) => boolean): string {
  let start = 0
  let end = text.length
  while (start < end && isOutside(text[start]!)) start += 1
  while (end > start && isOutside(text[end - 1]!)) end -= 1
  return text.slice(start, end)
}

/** strcasecmp(3) in the C locale, which OpenDKIM runs in, tells no letters apart but those of ASCII. */
export const lowerCase = (text: Untrusted): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

/** A line of a file; `number` counts from 1. */
export interface Line {
  readonly text: string
  readonly number: number
}

/** What a C string holds: the part before a NUL. */
const beforeNul = (text: Untrusted): string => {
  const nul = text.indexOf('\0')
  return nul < 0 ? text : text.slice(0, nul)
}

/** Lines without their ends; what follows the last newline is a line where it is not empty. */
export function linesOf(text: Untrusted): readonly Line[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line, index) => ({ text: beforeNul(line), number: index + 1 }))
}

/** BUFRSZ of opendkim-db.c: fgets(3) leaves room for the NUL. */
const LONGEST = 1023

/** Lines as fgets(3) gives them to OpenDKIM's tables: a longer one is several. */
export function tableLines(text: Untrusted): readonly Line[] {
  return linesOf(text).flatMap(({ text: line, number }) => pieces(line).map((piece) => ({ text: piece, number })))
}

/** Of 1023 bytes each. A newline counts among them, so that a line of just this length has an empty piece after it. */
function pieces(line: Untrusted): readonly string[] {
  const bytes = line.length * 4 < LONGEST ? undefined : Buffer.from(line)
  if (bytes === undefined || bytes.length < LONGEST) return [line]
  return Array.from({ length: Math.ceil(bytes.length / LONGEST) }, (_, index) =>
    bytes.subarray(index * LONGEST, (index + 1) * LONGEST).toString(),
  )
}
