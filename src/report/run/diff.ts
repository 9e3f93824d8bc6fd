// Writes the change of a file as a unified diff.
import { structuredPatch, type StructuredPatchHunk } from 'diff'
import type { Diff } from '../../core/task/change.ts'
import type { Colours } from '../write/colour.ts'
import { said, term, type TerminalText } from '../write/terminal.ts'

/** Larger texts are not compared: that is no reading matter. */
const COMPARED_AT_MOST = 1 << 20
const CONTEXT_LINES = 3
/** Lines that go or come. To find the least of more takes time by their square: 40 kB with nothing in common, 30 s. */
const LEAST_AT_MOST = 1000

type Hunk = Pick<StructuredPatchHunk, 'oldStart' | 'oldLines' | 'newStart' | 'newLines' | 'lines'>

/** Of no lines, the line before them is named. */
const range = (start: number, lines: number): string => `${lines === 0 ? start - 1 : start},${lines}`

/** Lines without line feeds, safe to print. */
export function diffLines({ path, before, after }: Diff, paint: Colours): readonly TerminalText[] {
  const head = [
    paint.bad(term`--- ${said(before === undefined ? '/dev/null' : path)}`),
    paint.good(term`+++ ${said(after === undefined ? '/dev/null' : path)}`),
  ]
  if ((before?.length ?? 0) + (after?.length ?? 0) > COMPARED_AT_MOST)
    return [...head, paint.faint(term`(too large to be compared)`)]
  return [...head, ...hunksOf(before ?? '', after ?? '').flatMap((hunk) => hunkLines(hunk, paint))]
}

const hunkLines = (hunk: Hunk, paint: Colours): readonly TerminalText[] => [
  paint.head(said(`@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`)),
  ...hunk.lines.map((line) => {
    const text = said(line)
    return line.startsWith('+') ? paint.good(text) : line.startsWith('-') ? paint.bad(text) : text
  }),
]

function hunksOf(before: string, after: string): readonly Hunk[] {
  const options = { context: CONTEXT_LINES, maxEditLength: LEAST_AT_MOST }
  return structuredPatch('', '', before, after, undefined, undefined, options)?.hunks ?? [wholeHunk(before, after)]
}

const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

/** All between the first line that differs and the last one. */
function wholeHunk(before: string, after: string): Hunk {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  const least = Math.min(old.length, fresh.length)
  let first = 0
  while (first < least && old[first] === fresh[first]) first += 1
  let last = 0
  while (last < least - first && old.at(-1 - last) === fresh.at(-1 - last)) last += 1
  const [from, less] = [Math.max(0, first - CONTEXT_LINES), Math.max(0, last - CONTEXT_LINES)]
  const marked = (mark: string, lines: readonly string[]): readonly string[] =>
    lines.flatMap((line) =>
      line.endsWith('\n') ? [`${mark}${line.slice(0, -1)}`] : [`${mark}${line}`, '\\ No newline at end of file'],
    )
  return {
    oldStart: from + 1,
    oldLines: old.length - less - from,
    newStart: from + 1,
    newLines: fresh.length - less - from,
    lines: [
      ...marked(' ', old.slice(from, first)),
      ...marked('-', old.slice(first, old.length - last)),
      ...marked('+', fresh.slice(first, fresh.length - last)),
      ...marked(' ', old.slice(old.length - last, old.length - less)),
    ],
  }
}
