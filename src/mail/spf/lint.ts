// What is risky or wrong in an SPF record by itself, without a look at DNS.
import { covers, parseNetwork } from '../network.ts'
import { finding, type RecordFinding } from '../record-finding.ts'
import { RecordSyntaxError } from '../record-syntax-error.ts'
import { parseSpf } from './parse.ts'
import { isSpf, reachedTerms, renderSpf, type SpfRecord, type SpfTerm } from './record.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/** RFC 7208, section 3.4: below it, an answer fits 512 bytes with room for the rest. */
const COMFORTABLE_BYTES = 450

export const lintSpf = (record: SpfRecord): readonly RecordFinding[] => [
  ...allFindings(record),
  ...termFindings(record),
  ...lengthFindings(record),
]

/** The one that verifiers come to. */
const allOf = (record: SpfRecord) => reachedTerms(record).find((term) => term.name === 'all')

/** What is said of senders that no other term names. */
function allFindings(record: SpfRecord): readonly RecordFinding[] {
  const all = allOf(record)
  const remedy = 'end the record with -all or ~all'
  if (all?.qualifier === '+')
    return [finding('spf-pass-all', 'error', `${all.text} lets everyone send in the domain's name`, remedy)]
  if (all?.qualifier === '?')
    return [finding('spf-neutral-all', 'warning', '?all says nothing of other senders', remedy)]
  if (all !== undefined || reachedTerms(record).some(({ name }) => name === 'redirect')) return []
  const message = 'the record ends without all, which means ?all: nothing is said of other senders'
  return [finding('spf-no-all', 'warning', message, remedy)]
}

function termFindings(record: SpfRecord): readonly RecordFinding[] {
  const reached = reachedTerms(record)
  const findings: RecordFinding[] = []
  const wide = reached.filter(isWide)
  if (wide.length > 0) {
    const message = `${textsOf(wide)} lets a good part of the internet send`
    findings.push(finding('spf-wide-network', 'error', message, 'name the addresses that send'))
  }
  const ptr = reached.filter(({ name }) => name === 'ptr')
  if (ptr.length > 0) {
    const message = `${textsOf(ptr)}: ptr is slow and unreliable, and not to be published (RFC 7208, section 5.5)`
    findings.push(finding('spf-ptr', 'warning', message, 'name the addresses with ip4: and ip6:'))
  }
  const names = reached.filter(({ name }) => name === 'a' || name === 'mx')
  if (names.length > 0) {
    const cost = 'each costs a lookup, and lets the web server or the hosts that receive mail send it'
    const remedy = 'name the addresses that send with ip4: and ip6:'
    findings.push(finding('spf-a-mx', 'warning', `${textsOf(names)}: ${cost}`, remedy))
  }
  const unreached = record.terms.filter((term) => !reached.includes(term))
  if (unreached.length > 0) {
    const message = `${textsOf(unreached)} has no effect beside ${allOf(record)?.text ?? 'all'}`
    findings.push(finding('spf-unreached', 'warning', message, 'put it before all, or take it out'))
  }
  return findings
}

const textsOf = (terms: readonly SpfTerm[]): string => terms.map(({ text }) => text).join(' ')

/** The shortest prefixes that are not remarkable. */
const SHORTEST_PREFIX = { ip4: 8, ip6: 19 } as const

function isWide(term: SpfTerm): boolean {
  if (term.name !== 'ip4' && term.name !== 'ip6') return false
  return term.qualifier === '+' && parseNetwork(term.network)!.prefix < SHORTEST_PREFIX[term.name]
}

function lengthFindings(record: SpfRecord): readonly RecordFinding[] {
  const bytes = renderSpf(record).length
  if (bytes <= COMFORTABLE_BYTES) return []
  const limit = `above ${COMFORTABLE_BYTES} answers may not fit a UDP packet of 512 (RFC 7208, section 3.4)`
  const remedy = 'name networks instead of addresses'
  return [finding('spf-long', 'warning', `the record has ${bytes} bytes: ${limit}`, remedy)]
}

/** Of all TXT values at a name: no SPF record, one or more, with what is wrong in the one. */
export function lintSpfSet(txt: readonly Untrusted[]): readonly RecordFinding[] {
  const records = txt.filter(isSpf)
  if (records.length === 0) return [finding('spf-none', 'warning', 'there is no SPF record', 'publish one')]
  if (records.length > 1)
    return [
      finding(
        'spf-many',
        'error',
        `there are ${records.length} SPF records, and verifiers then use none (permerror; RFC 7208, section 4.5)`,
        'merge them into one',
      ),
    ]
  try {
    return lintSpf(parseSpf(records[0]!))
  } catch (error) {
    if (error instanceof RecordSyntaxError)
      return [finding('spf-syntax', 'error', `${error.message}: verifiers answer permerror`, 'mend or remove the term')]
    throw error
  }
}

/** Addresses and networks that may send by the record, and in which no sender that is known of is. */
export function lintSpfStrangers(record: SpfRecord, networks: readonly string[]): readonly RecordFinding[] {
  const known = networks.flatMap((each) => parseNetwork(each) ?? [])
  const strangers = reachedTerms(record).filter((term) => {
    if ((term.name !== 'ip4' && term.name !== 'ip6') || term.qualifier !== '+') return false
    const network = parseNetwork(term.network)!
    return !known.some((each) => covers(network, each) || covers(each, network))
  })
  return strangers.map(({ text }) =>
    finding(
      'spf-stranger',
      'note',
      `${text} may send, and is no host that is known`,
      'put it into spf.networks if it sends, into spf.retired if it sends no more',
    ),
  )
}

/** Addresses that the record does not name: through `ip4:` and `ip6:` alone, as mailrun writes them. */
export function lintSpfCoverage(record: SpfRecord, addresses: readonly string[]): readonly RecordFinding[] {
  const networks = reachedTerms(record).flatMap((term) =>
    (term.name === 'ip4' || term.name === 'ip6') && term.qualifier === '+' ? [parseNetwork(term.network)!] : [],
  )
  return addresses.flatMap((address) => {
    const one = parseNetwork(address)
    if (one === undefined || networks.some((network) => covers(network, one))) return []
    const term = `ip${one.family}:${address}`
    return [
      finding(
        one.family === 6 ? 'spf-missing-ip6' : 'spf-missing-ip4',
        'error',
        `${address} sends, and no ip${one.family}: names it`,
        `add ${term}`,
      ),
    ]
  })
}
