// The domains that a host signs for today in the way that the var `domains` means, and what it signs beside that.
import { inventoryWord } from '../../changes/signing-kept.ts'
import { isSelector, mailDomain } from '../../mail/names.ts'
import {
  isSigned,
  placeText,
  signaturesOf,
  type IdleLine,
  type OpendkimConfiguration,
  type Signature,
} from '../../signers/opendkim/index.ts'
import { keptSigned, type Lost } from '../../signers/opendkim/keep-signed.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface SignedDomains {
  /** In the daemon's order, in A-labels. */
  readonly domains: readonly string[]
  /** Their selectors, in lower case, each once. */
  readonly selectors: readonly string[]
  /** Whether mail from the host's own name is signed today. */
  readonly signsOwn: boolean
  /** Whose mail is signed today, and would not be by `domains`, in the words of `drop_signing`. */
  readonly beside: readonly Untrusted[]
  /** In words. */
  readonly left: readonly Untrusted[]
}

/** No line of a table is about it alone. */
const ANYBODY = 'mailrun-adopt'
/** More are looked at one by one for nothing: no host signs for so many by hand. */
const MOST_DOMAINS = 5000

interface Kept {
  readonly name: string
  /** The signature of the domain itself. */
  readonly own: Signature
  readonly by: readonly Signature[]
}

/** @param fqdn - the host's full name, which its own mail comes from. */
export function signedDomains(configuration: OpendkimConfiguration, fqdn: string | undefined): SignedDomains {
  const { signing, idle } = configuration
  const names = [...new Set(signing.flatMap(({ pattern }) => wholeDomain(pattern) ?? []))].slice(0, MOST_DOMAINS)
  const kept = names.flatMap((name) => {
    const by = signedBy(configuration, `${ANYBODY}@${name}`)
    const own = by.find(({ domain, key }) => domain === name && key !== undefined)
    return own === undefined ? [] : [{ name, own, by }]
  })
  const domains = kept.map(({ name }) => name)
  const signsOwn = fqdn !== undefined && signedBy(configuration, `root@${fqdn}`).length > 0
  const lost = lostBy(configuration, kept, signsOwn ? fqdn : undefined)
  const beside = [...new Set((lost ?? []).map(({ pattern }) => inventoryWord(pattern)))]
  return {
    domains,
    selectors: [...new Set(kept.map(({ own }) => own.selector.toLowerCase()).filter(isSelector))],
    signsOwn,
    beside: beside.filter((each) => !domains.includes(each)),
    left: [
      ...(lost === undefined ? ['the SigningTable has too many unusual patterns: name domains in their place'] : []),
      ...kept.flatMap(remarks),
      ...(lost ?? []).map(lostWords),
      ...idle.filter(({ fails }) => fails).map(failsWords),
    ],
  }
}

/** What the run would refuse to leave unsigned, as it is with the vars that are found. */
function lostBy(
  { signing, multiple }: OpendkimConfiguration,
  kept: readonly Kept[],
  hostName: string | undefined,
): readonly Lost[] | undefined {
  const keys = kept.map(({ name, own }) => ({
    domain: name,
    now: { selector: own.selector, path: own.key ?? '' },
    open: true,
  }))
  return keptSigned({ today: signing, multiple, keys, hostName, drop: [] })?.lost
}

function signedBy(configuration: OpendkimConfiguration, from: string): readonly Signature[] {
  const how = signaturesOf(configuration, from)
  return isSigned(how) ? how : []
}

function remarks({ name, own }: Kept): readonly Untrusted[] {
  const { selector, identity } = own
  const isOne = isSelector(selector.toLowerCase())
  return [
    ...(isOne ? [] : [`${name} is signed with the selector ${selector}, which no record of DNS can have: make a key`]),
    ...(identity === undefined || identity === `@${name}`
      ? []
      : [`${name} is signed with i=${identity}, which mailrun does not write`]),
  ]
}

const lostWords = ({ pattern, by: { domain, selector, place } }: Lost): Untrusted =>
  `mail from ${pattern} is signed for ${domain === '%' ? "its sender's domain" : domain} with the selector ` +
  `${selector} today (${placeText(place)}): ` +
  'a run wants its domains in domains, or it in drop_signing where it need not be signed'

const failsWords = ({ written, place, why }: IdleLine): Untrusted =>
  `mail from ${written} is answered with 451 today (${placeText(place)}): ${why}`

/** `*@example.org` is all of a domain. */
function wholeDomain(pattern: Untrusted): string | undefined {
  return pattern.startsWith('*@') && !pattern.includes('*', 2) ? mailDomain(pattern.slice(2)) : undefined
}
