// OpenDKIM's SigningTable and KeyTable as values: which line signs for an address, with which key (opendkim.conf(5),
// SigningTable).
import type { MailSetup } from '../../model/mail-setup.ts'
import { matchesWild } from '../../text/wild.ts'
import { optionOf, settingOf, tableOf } from '../opendkim-setup.ts'

export interface KeyEntry {
  /** In the KeyTable; empty for the key of Domain, Selector and KeyFile. */
  readonly name: string
  readonly line: number
  /** `%`: the sender's. */
  readonly domain: string
  readonly selector: string
  /** `(key)`: the key itself stands there. */
  readonly path: string
  /** More than domain, selector and path, or less. */
  readonly malformed: boolean
}

export interface SigningEntry {
  readonly pattern: string
  readonly key: string
  readonly line: number
}

export const keyEntries = (setup: MailSetup): readonly KeyEntry[] =>
  (tableOf(setup, 'keytable')?.rows ?? []).map(({ line, text }) => {
    const [name = '', value = ''] = text.split(/\s+/)
    const [domain = '', selector = '', path = '', ...more] = value.split(':')
    return {
      name,
      line,
      domain: domain.toLowerCase(),
      selector,
      path,
      malformed: [domain, selector, path].includes('') || more.length > 0,
    }
  })

export const signingEntries = (setup: MailSetup): readonly SigningEntry[] =>
  (tableOf(setup, 'signingtable')?.rows ?? []).map(({ line, text }) => {
    const [pattern = '', key = ''] = text.split(/\s+/)
    return { pattern: pattern.toLowerCase(), key, line }
  })

export const hasPatterns = (setup: MailSetup): boolean => tableOf(setup, 'signingtable')?.kind === 'refile'

/** The keys of Domain, Selector and KeyFile, where there are no tables. */
export function plainKeys(setup: MailSetup): readonly KeyEntry[] {
  const of = (name: string, letter: string): string => optionOf(setup, letter) ?? settingOf(setup, name)?.value ?? ''
  const [domains, selector, path] = [of('domain', 'd'), of('selector', 's'), of('keyfile', 'k')]
  if (tableOf(setup, 'signingtable') !== undefined || [domains, selector, path].includes('')) return []
  return domains
    .split(/[\s,]+/)
    .filter((each) => each !== '')
    .map((domain) => ({
      name: '',
      line: settingOf(setup, 'keyfile')?.line ?? 0,
      domain: domain.toLowerCase(),
      selector,
      path,
      malformed: false,
    }))
}

/** In the order in which a table without patterns is asked. */
function lookups(address: string): readonly string[] {
  const [user = '', host = ''] = address.split('@')
  const above = host
    .split('.')
    .map((_, index, labels) => `.${labels.slice(index).join('.')}`)
    .slice(1)
  return [address, host, ...above.flatMap((each) => [`${user}@${each}`, each]), `${user}@*`, '*']
}

/** The line that signs for an address: in a table of patterns the first that matches. */
export function signingFor(setup: MailSetup, address: string): SigningEntry | undefined {
  const entries = signingEntries(setup)
  if (hasPatterns(setup)) return entries.find(({ pattern }) => matchesWild(pattern, address))
  return lookups(address)
    .map((name) => entries.find(({ pattern }) => pattern === name))
    .find((found) => found !== undefined)
}

export const signs = (setup: MailSetup, address: string): boolean =>
  signingFor(setup, address) !== undefined || plainKeys(setup).some(({ domain }) => address.endsWith(`@${domain}`))
