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
  means: "Everyone may send in the domain's name.",
  remedy: 'end the record with -all or ~all',
  find(record: SpfRecord) {
    const all = allOf(record)
    return foundIf(all?.qualifier === '+', { message: `${all?.text} lets everyone send in the domain's name` })
  },
})

const neutralAll = rule({
  id: 'spf-neutral-all',
  check: 'spf',
  severity: 'warning',
  means: 'Nothing is said of other senders.',
  remedy: 'end the record with -all or ~all',
  find: (record: SpfRecord) =>
    foundIf(allOf(record)?.qualifier === '?', { message: '?all says nothing of other senders' }),
})

const noAll = rule({
  id: 'spf-no-all',
  check: 'spf',
  severity: 'warning',
  means: 'The record ends without all: nothing is said of other senders.',
  remedy: 'end the record with -all or ~all',
  find: (record: SpfRecord) =>
    foundIf(!reachedTerms(record).some(({ name }) => name === 'all' || name === 'redirect'), {
      message: 'the record ends without all, which means ?all: nothing is said of other senders',
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
  means: 'A good part of the internet may send.',
  remedy: 'name the addresses that send',
  find(record: SpfRecord) {
    const wide = reachedTerms(record).filter(isWide)
    return foundIf(wide.length > 0, { message: `${textsOf(wide)} lets a good part of the internet send` })
  },
})

const ptr = rule({
  id: 'spf-ptr',
  check: 'spf',
  severity: 'warning',
  means: 'ptr is slow and unreliable, and not to be published (RFC 7208, section 5.5).',
  remedy: 'name the addresses with ip4: and ip6:',
  find(record: SpfRecord) {
    const terms = reachedTerms(record).filter(({ name }) => name === 'ptr')
    const why = 'ptr is slow and unreliable, and not to be published (RFC 7208, section 5.5)'
    return foundIf(terms.length > 0, { message: `${textsOf(terms)}: ${why}` })
  },
})

const aAndMx = rule({
  id: 'spf-a-mx',
  check: 'spf',
  severity: 'warning',
  means: 'a and mx cost lookups, and let the web server or the hosts that receive mail send it.',
  remedy: 'name the addresses that send with ip4: and ip6:',
  find(record: SpfRecord) {
    const terms = reachedTerms(record).filter(({ name }) => name === 'a' || name === 'mx')
    const why = 'each costs a lookup, and lets the web server or the hosts that receive mail send it'
    return foundIf(terms.length > 0, { message: `${textsOf(terms)}: ${why}` })
  },
})

const unreached = rule({
  id: 'spf-unreached',
  check: 'spf',
  severity: 'warning',
  means: 'Terms without effect beside all.',
  remedy: 'put them before all, or take them out',
  find(record: SpfRecord) {
    const reached = reachedTerms(record)
    const terms = record.terms.filter((term) => !reached.includes(term))
    return foundIf(terms.length > 0, {
      message: `${textsOf(terms)} has no effect beside ${allOf(record)?.text ?? 'all'}`,
      remedy: 'put it before all, or take it out',
    })
  },
})

/** RFC 7208, section 3.4: below it, an answer fits 512 bytes with room for the rest. */
const COMFORTABLE_BYTES = 450

const long = rule({
  id: 'spf-long',
  check: 'spf',
  severity: 'warning',
  means: 'The record is longer than 450 bytes: answers may not fit a UDP packet of 512.',
  remedy: 'name networks instead of addresses',
  find(record: SpfRecord) {
    const bytes = renderSpf(record).length
    const limit = `above ${COMFORTABLE_BYTES} answers may not fit a UDP packet of 512 (RFC 7208, section 3.4)`
    return foundIf(bytes > COMFORTABLE_BYTES, { message: `the record has ${bytes} bytes: ${limit}` })
  },
})

export const SPF_RULES = [passAll, neutralAll, noAll, wideNetwork, ptr, aAndMx, unreached, long]
