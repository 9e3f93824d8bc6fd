// The domains that a host signs for today in the way that the var `domains` means, and what it signs beside that.
import { isSelector, mailDomain } from '../../mail/names.ts'
import { signerOf } from '../../mail/own-name.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { SignedBy, SignedPattern, SigningToday } from './signing-today.ts'

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
const MANY_DOMAINS = 5000

/** @param fqdn - the host's full name, which its own mail comes from. */
export function signedDomains(today: SigningToday, fqdn: string | undefined): SignedDomains {
  const names = [...new Set(today.patterns.flatMap(({ pattern }) => wholeDomain(pattern) ?? []))].slice(0, MANY_DOMAINS)
  const told = names.map((name) => ({ name, by: today.of(`${ANYBODY}@${name}`) }))
  const kept = told.flatMap(({ name, by = [] }) => {
    const own = by.find(({ domain }) => domain === name)
    return own === undefined ? [] : [{ name, own, by }]
  })
  const domains = kept.map(({ name }) => name)
  const signer = fqdn === undefined ? undefined : signerOf(fqdn, domains)
  const ownBy = fqdn === undefined ? [] : (today.of(`root@${fqdn}`) ?? [])
  const keptBy = new Map(kept.map(({ name, own }) => [name, own]))
  const isKept = (each: SignedPattern): boolean => {
    const at = domainBehind(each.pattern)
    const own = keptBy.get(at === fqdn && !keptBy.has(at ?? '') ? (signer ?? '') : (at ?? ''))
    return own !== undefined && isSame(own, each, at ?? '')
  }
  const beside = today.patterns.filter((each) => !isKept(each))
  return {
    domains,
    selectors: [...new Set(kept.map(({ own }) => own.selector.toLowerCase()).filter(isSelector))],
    signsOwn: ownBy.length > 0,
    beside: [...new Set(beside.map(({ pattern }) => pattern))],
    left: [
      ...told.flatMap(({ name, by }) =>
        by === undefined ? [`what signs mail from ${name} cannot be told: it is not among domains`] : [],
      ),
      ...kept.flatMap(({ name, own, by }) => remarks(name, own, by)),
      ...beside.map(besideWords),
    ],
  }
}

function remarks(name: string, own: SignedBy, by: readonly SignedBy[]): readonly Untrusted[] {
  return [
    ...(isSelector(own.selector.toLowerCase())
      ? []
      : [`${name} is signed with the selector ${own.selector}, which is no selector by RFC 6376: give it a new key`]),
    ...(own.identity === undefined || own.identity === `@${name}`
      ? []
      : [`${name} is signed with i=${own.identity}, which mailrun does not write`]),
    ...by
      .filter((each) => each !== own)
      .map(({ domain, selector }) => `mail from ${name} is signed for ${domain} (selector ${selector}) too`),
  ]
}

const besideWords = ({ pattern, domain, selector }: SignedPattern): Untrusted =>
  `mail from ${pattern} is signed for ${domain === '%' ? "its sender's domain" : domain} (selector ${selector}) today: ` +
  'name its domains in domains, or the pattern in drop_signing where it need not be signed'

/** `*@example.org` is all of a domain. */
function wholeDomain(pattern: Untrusted): string | undefined {
  return pattern.startsWith('*@') && !pattern.includes('*', 2) ? mailDomain(pattern.slice(2)) : undefined
}

/** Of `news@example.org` and `*@example.org`. */
function domainBehind(pattern: Untrusted): string | undefined {
  const at = pattern.lastIndexOf('@')
  return at === -1 || pattern.includes('*', at) ? undefined : mailDomain(pattern.slice(at + 1))
}

const isSame = (own: SignedBy, { domain, selector, identity }: SignedPattern, at: string): boolean =>
  own.domain === (domain === '%' ? at : domain) && own.selector === selector && own.identity === identity
