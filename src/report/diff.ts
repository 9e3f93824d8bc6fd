// A file's change as a unified diff.
import { structuredPatch } from 'diff'
import type { Diff } from '../model/change.ts'
import type { Colours } from './colour.ts'
import { said, term, type TerminalText } from './write/terminal.ts'

/** Larger texts are not compared: that is no reading matter, and costs minutes. */
const COMPARED_AT_MOST = 1 << 20
const CONTEXT_LINES = 3

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
  const { hunks } = structuredPatch(path, path, before ?? '', after ?? '', undefined, undefined, {
    context: CONTEXT_LINES,
  })
  return [
    ...head,
    ...hunks.flatMap((hunk) => [
      paint.head(said(`@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`)),
      ...hunk.lines.map((line) => {
        const text = said(line)
        return line.startsWith('+') ? paint.good(text) : line.startsWith('-') ? paint.bad(text) : text
      }),
    ]),
  ]
}
