// The output of `ssh -G`, parsed into a list of settings.
import type { Untrusted } from '../../../shell/untrusted.ts'

/** One keyword in lower case with a value as `ssh -G` prints it; keywords that add up come once for each value. */
export interface SshSetting {
  readonly keyword: string
  readonly value: string
  /** Of a value that lists files: each by itself, whatever it holds; `undefined`: blanks part them. */
  readonly parts?: readonly string[] | undefined
}

export type Answer = readonly SshSetting[]

export const answerOf = (printed: Untrusted): Answer =>
  printed.split('\n').flatMap((line) => {
    const end = line.indexOf(' ')
    return end <= 0 ? [] : [{ keyword: line.slice(0, end).toLowerCase(), value: line.slice(end + 1) }]
  })

/** `undefined`: it is not printed. */
export const valueOf = (answer: Answer, keyword: string): string | undefined => valuesOf(answer, keyword)[0]

/** In order. */
export function valuesOf(answer: Answer, keyword: string): readonly string[] {
  const known = indexes.get(answer) ?? indexOf(answer)
  indexes.set(answer, known)
  return known.get(keyword) ?? []
}

/** An answer is looked into some two hundred times. */
const indexes = new WeakMap<Answer, ReadonlyMap<string, readonly string[]>>()

function indexOf(answer: Answer): ReadonlyMap<string, readonly string[]> {
  const index = new Map<string, string[]>()
  for (const { keyword, value } of answer) {
    const found = index.get(keyword)
    if (found === undefined) index.set(keyword, [value])
    else found.push(value)
  }
  return index
}
