// Makes a failing case smaller while it still fails:
// fewer and lower choices, and of a text (or of a case's `text`) fewer characters.
import { replayOf } from './random.ts'
import type { Target } from './target.ts'

export interface Failure {
  readonly input: unknown
  readonly error: string
}

const SECONDS = 5

/** What goes wrong with an input, `undefined` where all is well. */
export async function failureOf(target: Target, input: unknown): Promise<string | undefined> {
  try {
    await target.check(input)
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) return String(error)
    const places = (error.stack ?? '').split('\n').filter((line) => line.includes('/dist/'))
    return `${error.name}: ${error.message}\n${places.slice(0, 5).join('\n')}`
  }
}

export async function shrunk(target: Target, choices: readonly number[], first: Failure): Promise<Failure> {
  const until = performance.now() + SECONDS * 1000
  let smallest = first
  const fails = async (input: unknown): Promise<boolean> => {
    const error = await failureOf(target, input)
    if (error !== undefined) smallest = { input, error }
    return error !== undefined
  }
  await fewer(choices, until, (list) => fails(target.make(replayOf(list))))
  const { input } = smallest
  if (typeof input === 'string') await fewer([...input], until, (list) => fails(list.join('')))
  else if (hasText(input)) await fewer([...input.text], until, (list) => fails({ ...input, text: list.join('') }))
  return smallest
}

const hasText = (input: unknown): input is { readonly text: string } =>
  typeof input === 'object' && input !== null && typeof (input as { text?: unknown }).text === 'string'

/** Leaves out parts, halves first; then lowers numbers. */
async function fewer<T>(
  all: readonly T[],
  until: number,
  fails: (list: readonly T[]) => Promise<boolean>,
): Promise<void> {
  let list = all
  for (let size = Math.ceil(list.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < list.length && performance.now() < until;) {
      const without = [...list.slice(0, at), ...list.slice(at + size)]
      if (await fails(without)) list = without
      else at += size
    }
  }
  for (let at = 0; at < list.length && typeof list[at] === 'number';) {
    const lowered = await loweredAt(at, list, until, fails)
    if (lowered === undefined) at += 1
    else list = lowered
  }
}

/** With a lower number at this place; `undefined` where none fails. */
async function loweredAt<T>(
  at: number,
  list: readonly T[],
  until: number,
  fails: (list: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> {
  const now = list[at] as number
  for (const lower of new Set([0, now >> 1, now - 1])) {
    const isLower = lower >= 0 && lower < now
    if (!isLower || performance.now() > until) continue
    const tried = [...list.slice(0, at), lower as T, ...list.slice(at + 1)]
    if (await fails(tried)) return tried
  }
  return undefined
}
