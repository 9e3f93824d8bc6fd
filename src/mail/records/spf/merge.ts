// Merges the senders of a fleet into the one SPF record that a domain may have (RFC 7208, section 3.2).
import { MailrunError } from '../../../core/mailrun-error.ts'
import { covers, parseNetwork, renderNetwork, type Network } from './network.ts'
import { parseSpfTerm } from './parse.ts'
import { isMechanism, reachedTerms, type SpfMechanism, type SpfRecord, type SpfTerm } from './record.ts'

export type SpfAll = '-all' | '~all' | '?all'

export interface SpfSenders {
  /** Addresses or networks of own hosts. */
  readonly networks: readonly string[]
  /** Domains of services that send for the domain, such as `_spf.google.com`. */
  readonly includes: readonly string[]
  /** Further mechanisms as they are to stand there: `a`, `mx`, `exists:…`. */
  readonly mechanisms?: readonly string[] | undefined
  /** For everyone else. Left out: what the record says already, else `~all`. */
  readonly all?: SpfAll | undefined
  /** Networks and includes that send no more: exactly these terms go. */
  readonly retired?: readonly string[] | undefined
}

export interface SpfMerge {
  readonly record: SpfRecord
  /** What was done to terms of others, for people to read. */
  readonly notes: readonly string[]
}

/**
 * Own hosts stand first: who matches there is let in without a look at DNS, and whatever befalls an include. Terms of
 * others keep their text and order. What was never looked at (mechanisms after `all`) goes, for it must not come to
 * life. One `all` ends the record, or `redirect` where that does.
 *
 * @throws MailrunError where the record shuts out what is to be let in.
 */
export function mergeSpf(existing: SpfRecord | undefined, senders: SpfSenders): SpfMerge {
  const terms = existing?.terms ?? []
  const reached = existing === undefined ? [] : reachedTerms(existing)
  const retired = new Set(senders.retired?.map(senderText))
  const [unreached, former] = [
    terms.filter((term) => !reached.includes(term)),
    reached.filter((term) => isMechanism(term) && term.qualifier === '+' && retired.has(senderOf(term) ?? '')),
  ]
  const kept = distinct(reached.filter((term) => term.name !== 'all' && !former.includes(term)))
  const networks = senders.networks.map(networkOf)
  refuseShutOut(kept, networks)
  const own = networks
    .filter((network) => !kept.some((term) => term.name !== 'all' && passes(term, network)))
    .map((network) => parseSpfTerm(`ip${network.family}:${renderNetwork(network)}`))
  const includes = senders.includes
    .filter((domain) => !kept.some((term) => senderOf(term) === senderText(domain)))
    .map((domain) => parseSpfTerm(`include:${domain}`))
  const further = (senders.mechanisms ?? []).map(mechanismOf)
  const mechanisms = distinct([...own, ...kept.filter(isMechanism), ...further, ...includes])
  const record = {
    terms: [...mechanisms, ...ending(reached, senders.all), ...kept.filter((term) => !isMechanism(term))],
  }
  return {
    record,
    notes: [
      ...unreached.map(({ text }) => `${text} goes: it had no effect beside all`),
      ...former.map(({ text }) => `${text} goes: it sends no more`),
    ],
  }
}

/**
 * `all` is theirs unless ours is wanted; where `redirect` ends the record, what is wanted is for the domain that it
 * leads to.
 */
function ending(reached: readonly SpfTerm[], wanted: SpfAll | undefined): readonly SpfTerm[] {
  const is = reached.find((term) => term.name === 'all')
  if (is !== undefined && (wanted === undefined || is.text.toLowerCase() === wanted)) return [is]
  return reached.some((term) => term.name === 'redirect') ? [] : [parseSpfTerm(wanted ?? '~all')]
}

/** Comparable text of an own network or an include, `undefined` for other terms. */
function senderOf(term: SpfTerm): string | undefined {
  if (term.name === 'ip4' || term.name === 'ip6') return senderText(term.network)
  return term.name === 'include' ? senderText(term.domain) : undefined
}

const senderText = (sender: string): string => {
  const network = parseNetwork(sender)
  return network === undefined ? sender.toLowerCase().replace(/\.$/, '') : renderNetwork(network)
}

/** A term that says again what an earlier one said goes. */
const distinct = (terms: readonly SpfTerm[]): readonly SpfTerm[] => {
  const said = (term: SpfTerm): string =>
    `${isMechanism(term) ? term.qualifier : ''}${senderOf(term) ?? term.text.toLowerCase().replace(/^\+/, '')}`
  return terms.filter((term, index) => terms.findIndex((other) => said(other) === said(term)) === index)
}

function mechanismOf(text: string): SpfMechanism {
  const term = parseSpfTerm(text)
  if (!isMechanism(term) || term.name === 'all')
    throw new MailrunError(`${JSON.stringify(text)} is no mechanism that may stand before all`)
  return term
}

function networkOf(text: string): Network {
  const network = parseNetwork(text)
  if (network === undefined)
    throw new MailrunError(
      `${JSON.stringify(text)} is no address or network: 192.0.2.1, 192.0.2.0/24 or 2001:db8::1 is wanted`,
    )
  return network
}

const matches = (term: SpfTerm, network: Network): boolean => {
  const outer = term.name === 'ip4' || term.name === 'ip6' ? parseNetwork(term.network) : undefined
  return outer !== undefined && covers(outer, network)
}

const passes = (term: SpfTerm, network: Network): boolean =>
  matches(term, network) && (term as SpfMechanism).qualifier === '+'

function refuseShutOut(terms: readonly SpfTerm[], networks: readonly Network[]): void {
  for (const network of networks) {
    const first = terms.find((term) => matches(term, network))
    if (first !== undefined && !passes(first, network))
      throw new MailrunError(
        `the SPF record has ${first.text}, and ${renderNetwork(network)} is to send: take the one or the other out`,
      )
  }
}
