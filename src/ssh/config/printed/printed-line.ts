// One line of `ssh -G`: a keyword, its value, and the place where it was said.
import { MailrunError } from '../../../core/mailrun-error.ts'
import { isNone } from '../keywords/jump.ts'
import { Refusal } from '../files/refusal.ts'
import { refused } from '../files/statement.ts'
import type { Said } from '../values.ts'

/** As bytes; `where` is empty for a default. */
export interface Printed {
  readonly keyword: string
  /** One line of `ssh -G` after its keyword. */
  readonly value: string
  readonly where: string
}

type How = (value: string) => string

const asItIs: How = (value) => value

/** @throws MailrunError with `where` for what `value` refuses. */
export function withPlace(keyword: string, where: string, value: () => string): Printed {
  try {
    return { keyword, value: value(), where }
  } catch (error) {
    if (error instanceof Refusal)
      throw where === '' ? new MailrunError(`${keyword}: ${error.message}`) : refused(keyword, error, where)
    throw error
  }
}

/** @param otherwise - where nothing is said. */
export const oneValue = (keyword: string, said: Said | undefined, otherwise: string, how: How = asItIs): Printed =>
  withPlace(keyword, said?.where ?? '', () => how(said?.value ?? otherwise))

/** A line for each value. */
export const eachValue = (keyword: string, said: readonly Said[]): readonly Printed[] =>
  said.map(({ value, where }) => ({ keyword, value, where }))

/** All values on one line. */
export const allValues = (keyword: string, said: readonly Said[], otherwise: string): Printed => ({
  keyword,
  value: said.map(({ value }) => value).join(' ') || otherwise,
  where: said[0]?.where ?? '',
})

/** All values on one line; a single `none` is none. */
export function allOrNone(
  keyword: string,
  said: readonly Said[],
  otherwise: readonly string[],
  how: How = asItIs,
): Printed {
  const values = said.length === 0 ? otherwise : saidValues(said)
  return withPlace(keyword, said[0]?.where ?? '', () => (values.length === 0 ? 'none' : values.map(how).join(' ')))
}

function saidValues(said: readonly Said[]): readonly string[] {
  const [first, ...others] = said.map(({ value }) => value)
  if (first === undefined || (others.length === 0 && isNone(first))) return []
  return [first, ...others]
}
