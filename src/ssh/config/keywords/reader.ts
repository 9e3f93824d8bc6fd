// What a reader of a keyword is, and what several of them need.
import type { Arguments } from '../files/arguments.ts'
import { shown } from '../expand.ts'
import type { Here } from '../machine.ts'
import { seconds } from './numbers.ts'
import { Refusal } from '../files/refusal.ts'
import { setFirst, type Effect } from '../values.ts'

/** @throws Refusal for a value that OpenSSH does not take. */
export type Reader = (given: Arguments, keyword: string, here: Here) => Effect

/** The first value of a keyword counts. */
export const first =
  (value: string): ((keyword: string) => Effect) =>
  (keyword) =>
  (values, place) =>
    setFirst(values, keyword, value, place)
export const nothing: Effect = () => undefined

/** @throws Refusal */
export function secondsOf(word: string): number {
  const value = seconds(word)
  if (value === undefined) throw new Refusal(`it must be a time such as 30, 90s or 1h30m, got ${shown(word)}`)
  return value
}
