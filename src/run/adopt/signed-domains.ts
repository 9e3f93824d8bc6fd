// The domains that a host signs for today in the way that the var `domains` means, and what it signs beside that.
import { isSelector, mailDomain } from '../../mail/names.ts'
import { signerOf } from '../../mail/own-name.ts'
import {
  isSigned,
  placeText,
  signaturesOf,
  type OpendkimConfiguration,
  type Signature,
  type SigningLine,
} from '../../signers/opendkim/index.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface SignedDomains {
  /** In the daemon's order, in A-labels. */
  readonly domains: readonly string[]
  /** Their selectors, in lower case, each once. */
  readonly selectors: readonly string[]
  /** Whether mail from the host's own name is signed today. */
  readonly signsOwn: boolean
  /** Patterns that are signed today, and would not be by `domains`. */
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
    const own = by.find(({ domain }) => domain === name)
    return own === undefined ? [] : [{ name, own, by }]
  })
  const beside = signing.filter(isBeside(kept, fqdn))
  return {
    domains: kept.map(({ name }) => name),
    selectors: [...new Set(kept.map(({ own }) => own.selector.toLowerCase()).filter(isSelector))],
    signsOwn: fqdn !== undefined && signedBy(configuration, `root@${fqdn}`).length > 0,
    beside: [...new Set(beside.map(({ pattern }) => pattern))],
    left: [
      ...kept.flatMap(remarks),
      ...beside.map(besideWords),
      ...idle
        .filter(({ fails }) => fails)
        .map(
          ({ written, place, why }) => `mail from ${written} is answered with 451 today (${placeText(place)}): ${why}`,
        ),
    ],
  }
}

function signedBy(configuration: OpendkimConfiguration, from: string): readonly Signature[] {
  const how = signaturesOf(configuration, from)
  return isSigned(how) ? how : []
}

/** Lines that `domains` does not stand for, nor `sign_host_name`. */
function isBeside(kept: readonly Kept[], fqdn: string | undefined): (line: SigningLine) => boolean {
  const by = new Map(kept.map((each) => [each.name, each.own]))
  const signer = fqdn === undefined ? undefined : signerOf(fqdn, [...by.keys()])
  return ({ pattern, domain, selector, identity }) => {
    const at = domainBehind(pattern) ?? ''
    const own = by.get(at) ?? (at === fqdn && signer !== undefined ? by.get(signer) : undefined)
    const isSame = own?.domain === (domain === '%' ? at : domain) && own.selector === selector
    return !isSame || own.identity !== identity
  }
}

function remarks({ name, own, by }: Kept): readonly Untrusted[] {
  const { selector, identity } = own
  const isOne = isSelector(selector.toLowerCase())
  return [
    ...(isOne ? [] : [`${name} is signed with the selector ${selector}, which no record of DNS can have: make a key`]),
    ...(identity === undefined || identity === `@${name}`
      ? []
      : [`${name} is signed with i=${identity}, which mailrun does not write`]),
    ...by
      .filter((each) => each !== own)
      .map(({ domain, selector: other }) => `mail from ${name} is signed for ${domain} (selector ${other}) too`),
  ]
}

const besideWords = ({ pattern, domain, selector, place }: SigningLine): Untrusted =>
  `mail from ${pattern} is signed for ${domain === '%' ? "its sender's domain" : domain} with the selector ${selector} ` +
  `today (${placeText(place)}): name its domains in domains, or the pattern in drop_signing where it need not be signed`

/** `*@example.org` is all of a domain. */
function wholeDomain(pattern: Untrusted): string | undefined {
  return pattern.startsWith('*@') && !pattern.includes('*', 2) ? mailDomain(pattern.slice(2)) : undefined
}

/** Of `news@example.org` and `*@example.org`. */
function domainBehind(pattern: Untrusted): string | undefined {
  const at = pattern.lastIndexOf('@')
  return at === -1 || pattern.includes('*', at) ? undefined : mailDomain(pattern.slice(at + 1))
}
