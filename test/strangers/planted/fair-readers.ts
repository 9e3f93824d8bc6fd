// Readers of strangers' text as they are to be: what takes longer for more text, but no more than that.
import { setImmediate } from 'node:timers/promises'
import type { Untrusted } from '../../../src/shell/untrusted.ts'

export const linear = (said: Untrusted): readonly string[] => said.split(/\s/).map((word) => word.toUpperCase())

/** n log n. */
export const sorted = (said: Untrusted): readonly string[] => said.split('').sort()

export async function promisedWords(said: Untrusted): Promise<number> {
  await setImmediate()
  return new Set(said).size
}
