// The criteria of a Match line, as match_cfg_line() of OpenSSH 9.2 reads them.
import { lower } from './bytes.ts'
import { shown } from '../expand.ts'
import { Refusal } from './refusal.ts'
import { nextWord } from './words.ts'

export type Criterion =
  | {
      readonly kind: 'host' | 'originalhost' | 'user' | 'localuser'
      readonly negated: boolean
      readonly patterns: string
    }
  | { readonly kind: 'exec'; readonly negated: boolean; readonly command: string }
  /** True in the second pass. */
  | { readonly kind: 'final'; readonly negated: boolean }
  | { readonly kind: 'all'; readonly negated: boolean }

export interface MatchLine {
  readonly criteria: readonly Criterion[]
  /** `Match final` makes OpenSSH read its files a second time. */
  readonly wantsFinal: boolean
}

/** @throws Refusal for what OpenSSH calls a bad Match condition. */
export function matchLineOf(text: string): MatchLine {
  const criteria: Criterion[] = []
  let wantsFinal = false
  let rest: string | undefined = text
  const take = (): string | undefined => {
    const { word, rest: after } = nextWord(rest)
    rest = after
    return word
  }
  for (let word = take(); word !== undefined && word !== ''; word = take()) {
    if (word.startsWith('#')) {
      rest = undefined
      break
    }
    const negated = word.startsWith('!')
    const name = lower(negated ? word.slice(1) : word)
    if (name === 'all') {
      const next = criteria.length > 1 ? undefined : take()
      if (criteria.length > 1 || argumentIn(next) !== undefined)
        throw new Refusal(`${shown(word)} cannot stand with other criteria`)
      if (next?.startsWith('#')) rest = undefined
      criteria.push({ kind: 'all', negated })
      return finished(criteria, wantsFinal, rest)
    }
    if (name === 'canonical' || name === 'final') {
      wantsFinal ||= name === 'final'
      criteria.push({ kind: 'final', negated })
      continue
    }
    const argument = argumentIn(take())
    if (argument === undefined) throw new Refusal(`the criterion ${shown(word)} has no argument`)
    criteria.push(criterionOf(name, negated, argument))
  }
  if (criteria.length === 0) throw new Refusal('it needs a criterion')
  return finished(criteria, wantsFinal, rest)
}

/** The word, unless it is empty or begins a comment. */
const argumentIn = (word: string | undefined): string | undefined =>
  word === undefined || word === '' || word.startsWith('#') ? undefined : word

const CRITERIA = 'all, canonical, final, host, originalhost, user, localuser, exec'

function criterionOf(name: string, negated: boolean, argument: string): Criterion {
  switch (name) {
    case 'host':
    case 'originalhost':
      return { kind: name, negated, patterns: lower(argument) }
    case 'user':
    case 'localuser':
      return { kind: name, negated, patterns: argument }
    case 'exec':
      return { kind: 'exec', negated, command: argument }
    default:
      throw new Refusal(`OpenSSH 9.2 has no criterion ${shown(name)}; it has ${CRITERIA}`)
  }
}

function finished(criteria: readonly Criterion[], wantsFinal: boolean, rest: string | undefined): MatchLine {
  if (rest !== undefined && rest !== '') throw new Refusal(`there is more than it takes: ${shown(rest)}`)
  return { criteria, wantsFinal }
}
