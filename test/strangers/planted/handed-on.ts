// Pieces of strangers' text that are handed to a function which is not marked: to the compiler they are plain text.
import type { Untrusted } from '../../../src/shell/untrusted.ts'

/** What a callback is given, and what a function returns. */
export const afterMap = (said: Untrusted): readonly boolean[] => firstWords(said).map(unmarked)
const firstWords = (said: Untrusted): readonly string[] => said.split(':').map((line) => line.trim())
export const afterMatch = (said: Untrusted): boolean => unmarked(/^a (.*)$/.exec(said)?.[1] ?? '')

export function afterPushing(said: Untrusted): number {
  const lines: string[] = []
  for (const line of said.split('\n')) lines.push(line.trimEnd())
  return lines.map((line) => line.slice(1)).filter((line) => unmarked(line)).length
}

const unmarked = (line: string): boolean => line.includes('x')
