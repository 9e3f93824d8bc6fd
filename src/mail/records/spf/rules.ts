// Rules about a single SPF record, without asking DNS.
import { foundIf, rule } from '../../../findings/rule.ts'
import { parseNetwork } from './network.ts'
import { reachedTerms, renderSpf, type SpfRecord, type SpfTerm } from './record.ts'

/** The one that verifiers come to. */
const allOf = (record: SpfRecord) => reachedTerms(record).find((term) => term.name === 'all')

const textsOf = (terms: readonly SpfTerm[]): string => terms.map(({ text }) => text).join(' ')

const passAll = rule({
  id: 'spf-pass-all',
  check: 'spf',
  severity: 'error',
  means: 'Everybody may send mail with this domain.',
  remedy: 'end the record with -all or ~all',
  find(record: SpfRecord) {
    const all = allOf(record)
    return foundIf(all?.qualifier === '+', { message: `${all?.text} allows everybody to send mail with this domain` })
  },
})

const neutralAll = rule({
  id: 'spf-neutral-all',
  check: 'spf',
  severity: 'warning',
  means: 'The record says nothing about other senders.',
  remedy: 'end the record with -all or ~all',
  find: (record: SpfRecord) =>
    foundIf(allOf(record)?.qualifier === '?', { message: '?all says nothing about other senders' }),
})

const noAll = rule({
  id: 'spf-no-all',
  check: 'spf',
  severity: 'warning',
  means: 'The record has no all at its end, so it says nothing about other senders.',
  remedy: 'end the record with -all or ~all',
  find: (record: SpfRecord) =>
    foundIf(!reachedTerms(record).some(({ name }) => name === 'all' || name === 'redirect'), {
      message: 'the record has no all, which means ?all: it says nothing about other senders',
    }),
})

/** The shortest prefixes that are not remarkable. */
const SHORTEST_PREFIX = { ip4: 8, ip6: 19 } as const

function isWide(term: SpfTerm): boolean {
  if (term.name !== 'ip4' && term.name !== 'ip6') return false
  return term.qualifier === '+' && parseNetwork(term.network)!.prefix < SHORTEST_PREFIX[term.name]
}

const wideNetwork = rule({
  id: 'spf-wide-network',
  check: 'spf',
  severity: 'error',
  means: 'A large part of the internet may send.',
  remedy: 'list only the addresses that send',
  find(record: SpfRecord) {
    const wide = reachedTerms(record).filter(isWide)
    return foundIf(wide.length > 0, { message: `${textsOf(wide)} allows a large part of the internet to send` })
  },
})

const ptr = rule({
  id: 'spf-ptr',
  check: 'spf',
  severity: 'warning',
  means: 'ptr is slow and unreliable, and should not be published (RFC 7208, section 5.5).',
  remedy: 'list the addresses with ip4: and ip6:',
  find(record: SpfRecord) {
    const terms = reachedTerms(record).filter(({ name }) => name === 'ptr')
    const why = 'ptr is slow and unreliable, and should not be published (RFC 7208, section 5.5)'
    return foundIf(terms.length > 0, { message: `${textsOf(terms)}: ${why}` })
  },
})

const aAndMx = rule({
  id: 'spf-a-mx',
  check: 'spf',
  severity: 'warning',
  means: 'a and mx cost lookups, and allow the web server, or the hosts that receive mail, to send.',
  remedy: 'list the addresses that send with ip4: and ip6:',
  find(record: SpfRecord) {
    const terms = reachedTerms(record).filter(({ name }) => name === 'a' || name === 'mx')
    const why = 'each costs a lookup, and allows the web server, or the hosts that receive mail, to send'
    return foundIf(terms.length > 0, { message: `${textsOf(terms)}: ${why}` })
  },
})

const unreached = rule({
  id: 'spf-unreached',
  check: 'spf',
  severity: 'warning',
  means: 'Terms after all, or redirect beside it, have no effect.',
  remedy: 'put them before all, or remove them',
  find(record: SpfRecord) {
    const reached = reachedTerms(record)
    const terms = record.terms.filter((term) => !reached.includes(term))
    return foundIf(terms.length > 0, {
      message: `${textsOf(terms)} has no effect beside ${allOf(record)?.text ?? 'all'}`,
      remedy: 'put it before all, or remove it',
    })
  },
})

/** RFC 7208, section 3.4: below it, an answer fits 512 bytes with room for the rest. */
const COMFORTABLE_BYTES = 450

const long = rule({
  id: 'spf-long',
  check: 'spf',
  severity: 'warning',
  means: 'The record is longer than 450 bytes: answers may not fit into a UDP packet of 512 bytes.',
  remedy: 'list networks instead of addresses',
  find(record: SpfRecord) {
    const bytes = renderSpf(record).length
    const limit = `above ${COMFORTABLE_BYTES} answers may not fit a UDP packet of 512 (RFC 7208, section 3.4)`
    return foundIf(bytes > COMFORTABLE_BYTES, { message: `the record has ${bytes} bytes: ${limit}` })
  },
})

export const SPF_RULES = [passAll, neutralAll, noAll, wideNetwork, ptr, aAndMx, unreached, long]
