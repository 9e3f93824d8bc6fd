// Answers plans that ask whether name servers serve a record: asks each authoritative server once, without a cache
// between, and does not wait.
import { RUN_SECONDS } from '../bounds/bounds.ts'
import { endingAfter } from '../bounds/run-bound.ts'
import { askServer, askServerUntil } from '../lookup/ask-server.ts'
import { zoneFinder, ZoneNotFound } from '../lookup/find-zone.ts'
import { limited, type Looking } from '../lookup/look.ts'
import { shownServer } from '../lookup/name-server.ts'
import { serversWithout } from './servers-without.ts'
import type { AskOutside } from '../../engine/outside.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { NameServerVars, OutsideAnswer, OutsideQuestion } from '../../core/probe/outside-question.ts'
import { isKnown } from '../../core/unknown.ts'

/** How name servers are found and asked, by what a question says of them. */
export type LookingBy = (dns: NameServerVars | undefined) => Looking

/**
 * By the questions' `dns`; what was found of zones is kept for as long as the value is, and one limit holds for all
 * questions at once. Where nothing is said (`undefined`), silent servers are waited for {@link RUN_SECONDS} in all.
 */
export function lookingFor(): LookingBy {
  const ask = limited(askServer)
  const known = new Map<string, Looking>()
  return (dns) => {
    const key = JSON.stringify(dns ?? null)
    const looking =
      known.get(key) ?? lookingWith(dns === undefined ? endingAfter(askServerUntil, RUN_SECONDS) : ask, dns)
    known.set(key, looking)
    return looking
  }
}

const lookingWith = (ask: Looking['ask'], dns: NameServerVars = {}): Looking => ({
  ask,
  findZone: zoneFinder(ask, dns),
})

/** @param lookingBy - how name servers are found and asked. */
export const askServed =
  (lookingBy: LookingBy): AskOutside =>
  (question) =>
    servedAnswer(question, lookingBy(question.dns))

export async function servedAnswer({ record, dns }: OutsideQuestion, looking: Looking): Promise<OutsideAnswer> {
  const { value, name } = record
  if (!isKnown(value)) return notServed('no name server can have it, for it is not made yet')
  try {
    const { zone, missing } = await serversWithout({ ...record, value }, looking)
    if (missing.length === 0) return { kind: 'served' }
    if (dns === undefined && isTop(zone)) return notServed(noZone(name, zone))
    return {
      kind: 'not-served',
      where: missing.map(({ server, why }) => `${shownServer(server)} ${why}`),
      ...(missing.some(({ kind }) => kind === 'other') ? { instead: true } : {}),
    }
  } catch (error) {
    if (dns === undefined && error instanceof ZoneNotFound) return notServed(nobody(error.message))
    // The var dns names what cannot be asked: known of the one question, and of no host's state.
    if (error instanceof MailrunError) return notServed(error.message)
    throw error
  }
}

const notServed = (why: string): OutsideAnswer => ({ kind: 'not-served', where: [why] })

const nobody = (why: string): string =>
  `nobody can be asked: ${why}; where that stays so, dns: false has keys sign unseen`

/** Whether it is the root or right below it, where domains are none of anybody's. */
const isTop = (zone: string): boolean => !zone.includes('.')

function noZone(name: string, zone: string): string {
  const domain = name.replace(/^.*\._domainkey\./, '')
  return nobody(`the name servers of ${zone || 'the root'} know no zone for ${domain}`)
}
