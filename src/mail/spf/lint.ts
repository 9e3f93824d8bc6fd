// What is risky or wrong in an SPF record by itself, without a look at DNS.
import { covers, parseNetwork } from '../network.ts'
import { finding, type RecordFinding } from '../record-finding.ts'
import { RecordSyntaxError } from '../record-syntax-error.ts'
import { parseSpf } from './parse.ts'
import { isMechanism, isSpf, reachedTerms, renderSpf, type SpfRecord, type SpfTerm } from './record.ts'

/** RFC 7208, section 3.4: below it, an answer fits 512 bytes with room for the rest. */
const COMFORTABLE_BYTES = 450

export function lintSpf(record: SpfRecord): readonly RecordFinding[] {
  const { terms } = record
  const reached = reachedTerms(record)
  const of = (...names: readonly SpfTerm['name'][]): readonly SpfTerm[] =>
    reached.filter(({ name }) => names.includes(name))
  const texts = (found: readonly SpfTerm[]): string => found.map(({ text }) => text).join(' ')
  const all = reached.find((term) => term.name === 'all')
  const unreached = terms.filter((term) => !reached.includes(term))
  const wide = reached.filter(
    (term) =>
      isMechanism(term) &&
      term.qualifier === '+' &&
      (term.name === 'ip4' || term.name === 'ip6') &&
      parseNetwork(term.network)!.prefix < (term.name === 'ip4' ? 8 : 19),
  )
  const bytes = renderSpf(record).length
  const says = (
    found: readonly SpfTerm[],
    id: string,
    severity: RecordFinding['severity'],
    message: string,
    remedy: string,
  ): readonly RecordFinding[] => (found.length === 0 ? [] : [finding(id, severity, message, remedy)])
  return [
    ...(all !== undefined && isMechanism(all) && all.qualifier === '+'
      ? [
          finding(
            'spf-pass-all',
            'error',
            `${all.text} lets everyone send in the domain's name`,
            'end the record with -all or ~all',
          ),
        ]
      : []),
    ...(all !== undefined && isMechanism(all) && all.qualifier === '?'
      ? [
          finding(
            'spf-neutral-all',
            'warning',
            '?all says nothing of other senders',
            'end the record with -all or ~all',
          ),
        ]
      : []),
    ...(all === undefined && of('redirect').length === 0
      ? [
          finding(
            'spf-no-all',
            'warning',
            'the record ends without all, which means ?all: nothing is said of other senders',
            'end the record with -all or ~all',
          ),
        ]
      : []),
    ...says(
      wide,
      'spf-wide-network',
      'error',
      `${texts(wide)} lets a good part of the internet send`,
      'name the addresses that send',
    ),
    ...says(
      of('ptr'),
      'spf-ptr',
      'warning',
      `${texts(of('ptr'))}: ptr is slow and unreliable, and not to be published (RFC 7208, section 5.5)`,
      'name the addresses with ip4: and ip6:',
    ),
    ...says(
      of('a', 'mx'),
      'spf-a-mx',
      'warning',
      `${texts(of('a', 'mx'))}: each costs a lookup, and lets the web server or the hosts that receive mail send it`,
      'name the addresses that send with ip4: and ip6:',
    ),
    ...says(
      unreached,
      'spf-unreached',
      'warning',
      `${texts(unreached)} has no effect beside ${all?.text ?? 'all'}`,
      'put it before all, or take it out',
    ),
    ...(bytes > COMFORTABLE_BYTES
      ? [
          finding(
            'spf-long',
            'warning',
            `the record has ${bytes} bytes: above ${COMFORTABLE_BYTES} answers may not fit a UDP packet of 512 (RFC 7208, section 3.4)`,
            'name networks instead of addresses',
          ),
        ]
      : []),
  ]
}

/** Of all TXT values at a name: no SPF record, one or more, with what is wrong in the one. */
export function lintSpfSet(txt: readonly string[]): readonly RecordFinding[] {
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
