// A file's change as a unified diff.
import { structuredPatch } from 'diff'
import type { Diff } from '../model/change.ts'
import type { Colours } from './colour.ts'
import { harmless } from './harmless.ts'

/** Larger texts are not compared: that is no reading matter, and costs minutes. */
const COMPARED_AT_MOST = 1 << 20
const CONTEXT_LINES = 3

/** Of no lines, the line before them is named. */
const range = (start: number, lines: number): string => `${lines === 0 ? start - 1 : start},${lines}`

/** Lines without line feeds, safe to print. */
export function diffLines({ path, before, after }: Diff, paint: Colours): readonly string[] {
  const head = [
    paint.bad(`--- ${before === undefined ? '/dev/null' : harmless(path)}`),
    paint.good(`+++ ${after === undefined ? '/dev/null' : harmless(path)}`),
  ]
  if ((before?.length ?? 0) + (after?.length ?? 0) > COMPARED_AT_MOST)
    return [...head, paint.faint('(too large to be compared)')]
  const { hunks } = structuredPatch(path, path, before ?? '', after ?? '', undefined, undefined, {
    context: CONTEXT_LINES,
  })
  return [
    ...head,
    ...hunks.flatMap((hunk) => [
      paint.head(`@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`),
      ...hunk.lines.map((line) => {
        const text = harmless(line)
        return line.startsWith('+') ? paint.good(text) : line.startsWith('-') ? paint.bad(text) : text
      }),
    ]),
  ]
}
