// Finds the domains that a host signs for today in the sense of the var `domains`, and what else it signs.
import { inventoryWord } from '../kept/loss-words.ts'
import { distinctNames, isSelector, mailDomain } from '../../../mail/names/names.ts'
import { senderPattern } from '../../../mail/names/sender-pattern.ts'
import { placeText, type IdleLine, type OpendkimConfiguration, type SigningLine } from '../configuration/index.ts'
import type { SignedDomains } from '../../inspection.ts'
import { keptSigned, type Lost } from '../kept/signed-patterns.ts'
import { SenderIndex } from '../kept/sender-index.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

/** No line of a table is about it alone. */
const ANYBODY = 'mailrun-adopt'

interface Kept {
  readonly name: string
  /** By which the domain is signed as its own: by a key in a file. */
  readonly line: SigningLine
}

/** @param fqdn - the host's full name, which its own mail comes from. */
export function signedDomains(configuration: OpendkimConfiguration, fqdn: string | undefined): SignedDomains {
  const { signing, idle } = configuration
  const index = new SenderIndex(signing.map(({ pattern }) => senderPattern(pattern)))
  const found = keptDomains(configuration, index)
  const isOwnSigned = fqdn !== undefined && index.at('root', fqdn) !== undefined
  const kept = index.tooOdd ? [] : found
  const domains = kept.map(({ name }) => name)
  // `Domain *`: with such a key the domains are signed that the inventory is to name.
  const forAnybody = signing.filter(({ domain, key }) => domain === '%' && key !== undefined)
  const signsOwn = isOwnSigned && !index.tooOdd
  const lost = index.tooOdd ? undefined : lostBy(configuration, kept, signsOwn ? fqdn : undefined)
  const beside = new Set((lost ?? []).map(({ pattern }) => inventoryWord(pattern)))
  for (const domain of domains) beside.delete(domain)
  return {
    domains,
    selectors: distinctNames(
      [...kept.map(({ line }) => line), ...forAnybody].map(({ selector }) => selector).filter(isSelector),
    ),
    signsOwn,
    beside: [...beside],
    left: [
      ...(lost === undefined ? ['the SigningTable has too many unusual patterns: name domains in their place'] : []),
      ...kept.flatMap(remarks),
      ...(lost ?? []).map(lostWords),
      ...idle.filter(({ fails }) => fails).map(failsWords),
    ],
  }
}

function keptDomains({ signing, multiple, exempt }: OpendkimConfiguration, index: SenderIndex): readonly Kept[] {
  const kept = new Map<string, SigningLine>()
  for (const each of signing) {
    const name = wholeDomain(each.pattern)
    if (name === undefined || kept.has(name) || exempt?.find(name) !== undefined) continue
    const line = multiple ? each : signing[index.at(ANYBODY, name) ?? -1]
    const isOwn = line?.domain === '%' || line?.domain === name
    if (line?.key !== undefined && isOwn) kept.set(name, line)
  }
  return [...kept].map(([name, line]) => ({ name, line }))
}

/** What the run would refuse to leave unsigned, as it is with the vars that are found. */
function lostBy(
  { signing, multiple }: OpendkimConfiguration,
  kept: readonly Kept[],
  hostName: string | undefined,
): readonly Lost[] | undefined {
  const keys = kept.map(({ name, line }) => ({
    domain: name,
    now: { selector: line.selector, path: line.key?.replaceAll('%', name) ?? '' },
    open: true,
  }))
  return keptSigned({ today: signing, multiple, keys, hostName, drop: [] })?.lost
}

function remarks({ name, line: { selector, identity } }: Kept): readonly Untrusted[] {
  const isOne = isSelector(selector)
  return [
    ...(isOne ? [] : [`${name} is signed with the selector ${selector}, which no record of DNS can have: make a key`]),
    ...(identity === undefined || identity.replaceAll('%', name) === `@${name}`
      ? []
      : [`${name} is signed with i=${identity}, which mailrun does not write`]),
  ]
}

const lostWords = ({ pattern, by: { domain, selector, place } }: Lost): Untrusted =>
  `mail from ${pattern} is signed for ${domain === '%' ? "its sender's domain" : domain} with the selector ` +
  `${selector} today (${placeText(place)}): ` +
  'before a run, add its domains to domains, or add it to drop_signing if it need not be signed'

const failsWords = ({ written, place, why }: IdleLine): Untrusted =>
  `mail from ${written} is answered with 451 today (${placeText(place)}): ${why}`

/** `*@example.org` is all of a domain. */
function wholeDomain(pattern: Untrusted): string | undefined {
  return pattern.startsWith('*@') && !pattern.includes('*', 2) ? mailDomain(pattern.slice(2)) : undefined
}
