// Edits a text by lines: ensures one line, or a block between markers. Pure functions.

export interface LineEdit {
  readonly line: string
  /**
   * The last line that matches is replaced; with `absent`, all that match are removed. If the expression does not match
   * `line` itself, it counts only while `line` is missing: else the next run would replace the next match.
   */
  readonly regexp: RegExp | undefined
  readonly state: 'present' | 'absent'
  /** Where a new line goes: after or before the last line that matches; else at the end. */
  readonly insertAfter: RegExp | undefined
  readonly insertBefore: RegExp | undefined
}

interface Lines {
  readonly lines: readonly string[]
  readonly ending: '\n' | '\r\n'
}

/** Keeps CRLF if all lines of the text have it. */
function linesOf(text: string): Lines {
  if (text === '') return { lines: [], ending: '\n' }
  const ending = text.includes('\r\n') && !/(?:^|[^\r])\n/.test(text) ? '\r\n' : '\n'
  const lines = text.split(ending)
  if (lines.at(-1) === '') lines.pop()
  return { lines, ending }
}

/** The same text if nothing changes; else every line, also the last one, gets a line ending. */
function textOf(before: string, { lines, ending }: Lines, edited: readonly string[]): string {
  if (edited.length === lines.length && edited.every((line, index) => line === lines[index])) return before
  return edited.map((line) => `${line}${ending}`).join('')
}

export function editLine(text: string, { line, regexp, state, insertAfter, insertBefore }: LineEdit): string {
  const parsed = linesOf(text)
  const { lines } = parsed
  const matches = (each: string): boolean => (regexp === undefined ? each === line : regexp.test(each))
  if (state === 'absent')
    return textOf(
      text,
      parsed,
      lines.filter((each) => !matches(each)),
    )
  if (!matches(line) && lines.includes(line)) return text
  const at = lines.findLastIndex(matches)
  if (at >= 0) return textOf(text, parsed, lines.with(at, line))
  return textOf(text, parsed, lines.toSpliced(placeIn(lines, insertAfter, insertBefore), 0, line))
}

/** After or before the last line that matches, else at the end. */
function placeIn(lines: readonly string[], insertAfter: RegExp | undefined, insertBefore: RegExp | undefined): number {
  const after = insertAfter === undefined ? -1 : lines.findLastIndex((each) => insertAfter.test(each))
  const before = insertBefore === undefined ? -1 : lines.findLastIndex((each) => insertBefore.test(each))
  return after >= 0 ? after + 1 : before >= 0 ? before : lines.length
}

/** The expression without `g` and `y`, with which it would remember where the last match ended. */
export const forgetful = (regexp: RegExp): RegExp => new RegExp(regexp.source, regexp.flags.replace(/[gy]/g, ''))

export interface BlockEdit {
  /** Lines without the markers; `undefined`: no block, no markers. */
  readonly block: readonly string[] | undefined
  readonly begin: string
  readonly end: string
  /** Where a new block goes: after or before the last line that matches, else at the end. */
  readonly insertAfter: RegExp | undefined
  readonly insertBefore: RegExp | undefined
}

/** `undefined` if the markers are not one pair: then no edit is safe. */
export function editBlock(
  text: string,
  { block, begin, end, insertAfter, insertBefore }: BlockEdit,
): string | undefined {
  const parsed = linesOf(text)
  const { lines } = parsed
  const from = lines.indexOf(begin)
  const to = lines.indexOf(end)
  const count = lines.filter((line) => line === begin || line === end).length
  const paired = count === 2 && from >= 0 && from <= to
  if (count !== 0 && !paired) return undefined
  const whole = block === undefined ? [] : [begin, ...block, end]
  if (paired) return textOf(text, parsed, lines.toSpliced(from, to - from + 1, ...whole))
  return textOf(text, parsed, lines.toSpliced(placeIn(lines, insertAfter, insertBefore), 0, ...whole))
}
