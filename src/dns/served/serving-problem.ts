// Explains why an answer is not the wanted record.
import type { WantedRecord } from '../../mail/records/dns-record.ts'
import type { ServerAnswer } from '../lookup/ask-zone.ts'
import { ZoneNotFound } from '../lookup/find-zone.ts'
import { look, type Looking, type Place, type Sight } from '../lookup/look.ts'
import { MOST_ALIASES } from '../bounds/bounds.ts'
import { shownServer } from '../lookup/name-server.ts'
import { shownTexts } from './shown-texts.ts'
import { isServed } from '../plan/wanted-change.ts'

export interface ServingProblem {
  /** `silent`: no usable answer. */
  readonly kind: 'absent' | 'other' | 'silent'
  /** What is served instead, in words that follow the server's name. */
  readonly why: string
}

/** What came of each name that aliases led to, for one record; `undefined` while it is being looked at. */
type Followed = Map<string, { readonly problem: ServingProblem | undefined } | undefined>

/**
 * By each server of a name, in their order; `undefined`: it is served. An alias is followed to the servers of the name
 * that it leads to, each such name once and {@link MOST_ALIASES} at most. One that leads to no zone is that server's
 * silence, and nobody else's.
 */
export async function servingProblems(
  record: WantedRecord,
  answers: readonly ServerAnswer[],
  looking: Looking,
): Promise<readonly (ServingProblem | undefined)[]> {
  const followed: Followed = new Map()
  const problems: (ServingProblem | undefined)[] = []
  // Only aliases are waited for.
  for (const answer of answers) problems.push(await problemOf(record, answer, looking, followed))
  return problems
}

async function problemOf(
  record: WantedRecord,
  answer: ServerAnswer,
  looking: Looking,
  followed: Followed,
): Promise<ServingProblem | undefined> {
  switch (answer.kind) {
    case 'failed':
      return { kind: 'silent', why: `gives no usable answer: ${answer.why}` }
    case 'none':
      return { kind: 'absent', why: 'has no such record' }
    case 'found':
      return isServed(record, answer.rrset)
        ? undefined
        : { kind: 'other', why: `serves ${shownTexts(answer.rrset.rdata.map(({ text }) => text))}` }
    case 'alias': {
      const { target } = answer
      const known = followed.get(target)
      if (known !== undefined) return known.problem
      if (followed.has(target) || followed.size >= MOST_ALIASES)
        return { kind: 'other', why: `has a chain of more than ${MOST_ALIASES} aliases there, or a loop` }
      followed.set(target, undefined)
      const problem = await atTarget(record, target, looking, followed)
      followed.set(target, { problem })
      return problem
    }
  }
}

async function atTarget(
  record: WantedRecord,
  target: string,
  looking: Looking,
  followed: Followed,
): Promise<ServingProblem | undefined> {
  const seen = await lookOrWhy({ name: target, type: record.type }, looking)
  if ('why' in seen) return { kind: 'silent', why: `has an alias for ${target} there: ${seen.why}` }
  for (const view of seen.views) {
    const problem = await problemOf(record, view.answer, looking, followed)
    if (problem !== undefined) {
      return {
        kind: problem.kind,
        why: `has an alias for ${target} there, of which ${shownServer(view.server)} ${problem.why}`,
      }
    }
  }
  return undefined
}

async function lookOrWhy(place: Place, looking: Looking): Promise<Sight | { readonly why: string }> {
  try {
    return await look(place, looking)
  } catch (error) {
    if (error instanceof ZoneNotFound) return { why: error.message }
    throw error
  }
}
