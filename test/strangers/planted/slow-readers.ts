// Readers of strangers' text as they must not be: each takes longer, for twice the text, than three times as long.
import { setImmediate } from 'node:timers/promises'
import type { Untrusted } from '../../../src/shell/untrusted.ts'

/** Cubic: each blank of a run may begin the match, and end its first part. */
export const cubic = (said: Untrusted): boolean => /(?: +)(?: *)x/.test(said)

/** Quadratic, of few steps: what is left is looked through from each line feed. */
export function quadratic(said: Untrusted): number {
  let found = 0
  for (let at = said.indexOf('\n'); at >= 0; at = said.indexOf('\n', at + 1)) if (said.includes('\0', at)) found += 1
  return found
}

/** Quadratic, of bytes that come in pieces. */
export function gathering(): { feed(chunk: Untrusted<Buffer>): number } {
  let all: readonly number[] = []
  return {
    feed(chunk) {
      all = [...all, ...chunk]
      return all.length
    },
  }
}

/** Once somebody was waited for. */
export async function promised(said: Untrusted): Promise<boolean> {
  await setImmediate()
  return cubic(said)
}

/** In parts that are quick each, but all of them look at all. */
export async function byAndBy(lines: readonly Untrusted[]): Promise<number> {
  let twice = 0
  for (const [place, line] of lines.entries()) {
    if (place % 100 === 0) await setImmediate()
    if (lines.indexOf(line) < place) twice += 1
  }
  return twice
}

/** What it splits is no marked text to the compiler. */
export const afterSplit = (said: Untrusted): readonly boolean[] => said.split('\0').map((line) => unmarked(line))
function unmarked(line: string): boolean {
  return /(?: +)(?: *)x/.test(line)
}
