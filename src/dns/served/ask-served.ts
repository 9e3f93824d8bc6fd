// Answers plans that ask whether name servers serve a record: asks each authoritative server once, without a cache
// between, and does not wait.
import { askServer } from '../lookup/ask-server.ts'
import { zoneFinder } from '../lookup/find-zone.ts'
import { limited, type Looking } from '../lookup/look.ts'
import { shownServer } from '../lookup/name-server.ts'
import { servedEverywhere } from './served-everywhere.ts'
import type { AskOutside } from '../../engine/outside.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { NameServerVars, OutsideAnswer, OutsideQuestion } from '../../core/probe/outside-question.ts'
import { isKnown } from '../../core/unknown.ts'

/**
 * By the questions' `dns`; what was found of zones is kept for as long as the value is, and one limit holds for all
 * questions at once.
 */
export function lookingFor(): (dns: NameServerVars) => Looking {
  const ask = limited(askServer)
  const known = new Map<string, Looking>()
  return (dns) => {
    const key = JSON.stringify(dns)
    const looking = known.get(key) ?? { ask, findZone: zoneFinder(ask, dns) }
    known.set(key, looking)
    return looking
  }
}

/** @param lookingBy - how name servers are found and asked. */
export const askServed =
  (lookingBy: (dns: NameServerVars) => Looking): AskOutside =>
  (question, signal) =>
    servedAnswer(question, lookingBy(question.dns), signal)

export async function servedAnswer(
  { record: { value, ...record } }: OutsideQuestion,
  looking: Looking,
  signal: AbortSignal,
): Promise<OutsideAnswer> {
  if (!isKnown(value)) return { kind: 'not-served', where: ['no name server can have it, for it is not made yet'] }
  try {
    const missing = await servedEverywhere([{ ...record, value }], { ...looking, waitSeconds: 0, signal })
    return missing.length === 0
      ? { kind: 'served' }
      : {
          kind: 'not-served',
          where: missing.map(({ server, why }) => (server === undefined ? why : `${shownServer(server)} ${why}`)),
          ...(missing.some(({ kind }) => kind === 'other') ? { instead: true } : {}),
        }
  } catch (error) {
    // The var dns names what cannot be asked: known of the one question, and of no host's state.
    if (error instanceof MailrunError) return { kind: 'not-served', where: [error.message] }
    throw error
  }
}
