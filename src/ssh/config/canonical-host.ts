// CanonicalizeHostname: the full name of a host, as resolve_canonicalize() of ssh.c finds it.
import { lookup, resolveCname } from 'node:dns/promises'
import { fromBytes, lower, sameWord, toBytes } from './files/bytes.ts'
import { isDomain } from './keywords/jump.ts'
import { looksNumeric, numericAddress, type Family } from './numeric-address.ts'
import { matchPatternList } from '../../text/openssh-pattern.ts'
import { Refusal } from './files/refusal.ts'
import type { Values } from './values.ts'

export interface Canonicalisation {
  readonly mode: 'yes' | 'no' | 'always'
  /** No ProxyCommand and no ProxyJump. */
  readonly isDirect: boolean
  readonly family: Family
  readonly maxDots: number
  readonly domains: readonly string[]
  /** `sources:targets` */
  readonly rules: readonly string[]
  readonly fallsBack: boolean
}

/** Undefined where nothing was found out. @throws Refusal where nothing resolves and that is refused. */
export async function canonicalHost(host: string, how: Canonicalisation): Promise<string | undefined> {
  const numeric = numericAddress(host, how.family)
  if (numeric !== undefined) return sameWord(numeric, host) ? host : numeric
  if (looksNumeric(host) || how.mode === 'no' || !isLookedUp(how)) return undefined
  const candidates = candidatesOf(host, how)
  if (candidates === undefined) return undefined
  for (const full of candidates) {
    const canonical = await canonicalName(full, how.family)
    if (canonical !== undefined) return followed(full.slice(0, -1), canonical, how)
  }
  if (!how.fallsBack)
    throw new Refusal(`the name ${JSON.stringify(fromBytes(host))} does not resolve in any of CanonicalDomains`)
  return undefined
}

/** Full names to try; undefined where the name has too many dots to be a short one. */
function candidatesOf(host: string, { maxDots, domains }: Canonicalisation): readonly string[] | undefined {
  if (host.endsWith('.')) return [host]
  const dots = host.split('.').length - 1
  return dots > maxDots ? undefined : domains.map((domain) => `${host}.${domain}.`)
}

/** Through a proxy names are looked up only where that is always to be done. */
const isLookedUp = ({ isDirect, mode }: Canonicalisation): boolean => isDirect || mode === 'always'

/**
 * CanonicalizePermittedCNAMEs without canonicalisation.
 *
 * @throws Refusal where the name does not resolve and ssh would connect to it.
 */
export async function aliasedHost(host: string, how: Canonicalisation): Promise<string> {
  if (how.rules.length === 0 || !isLookedUp(how)) return host
  const canonical = await canonicalName(host, how.family)
  if (canonical !== undefined) return followed(host, canonical, how)
  if (how.isDirect) throw new Refusal(`the name ${JSON.stringify(fromBytes(host))} does not resolve`)
  return host
}

function followed(name: string, canonical: string, how: Canonicalisation): string {
  if (name === canonical || how.mode === 'no' || !isLookedUp(how)) return name
  const isPermitted = how.rules.some((rule) => {
    const at = rule.indexOf(':')
    return (
      matchPatternList(name, lower(rule.slice(0, at))) === 'match' &&
      matchPatternList(canonical, lower(rule.slice(at + 1))) === 'match'
    )
  })
  return isPermitted ? canonical : name
}

const MAX_ALIASES = 16
/** As lookup() takes them. */
const FAMILIES: Readonly<Record<Family, 0 | 4 | 6>> = { any: 0, inet: 4, inet6: 6 }

/** The name at the end of the aliases; undefined where the name has no address. */
async function canonicalName(name: string, family: Family): Promise<string | undefined> {
  const found = await lookup(fromBytes(name), { family: FAMILIES[family] }).catch(() => undefined)
  if (found === undefined) return undefined
  let canonical = name.replace(/\.$/, '')
  for (let count = 0; count < MAX_ALIASES; count += 1) {
    const [next] = await resolveCname(fromBytes(canonical)).catch((): string[] => [])
    if (next === undefined) break
    canonical = toBytes(next)
  }
  return isDomain(canonical) ?? name.replace(/\.$/, '')
}

/** A single `none` of CanonicalizePermittedCNAMEs is no rule. */
export function canonicalisationOf({ first, lists, jump }: Values): Canonicalisation {
  const text = (keyword: string): string | undefined => first.get(keyword)?.value
  const list = (keyword: string): readonly string[] => (lists.get(keyword) ?? []).map(({ value }) => value)
  const rules = list('canonicalizepermittedcnames')
  const command = text('proxycommand')
  return {
    mode: (text('canonicalizehostname') ?? 'no') as Canonicalisation['mode'],
    isDirect: (command === undefined || sameWord(command, 'none')) && jump === undefined,
    family: (text('addressfamily') ?? 'any') as Family,
    maxDots: Number(text('canonicalizemaxdots') ?? 1),
    domains: list('canonicaldomains').filter((domain) => !sameWord(domain, 'none')),
    rules: rules.length === 1 && sameWord(rules[0]!, 'none:') ? [] : rules,
    fallsBack: (text('canonicalizefallbacklocal') ?? 'yes') === 'yes',
  }
}
