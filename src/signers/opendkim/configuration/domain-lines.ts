// The signing lines that follow from the settings Domain, KeyFile and Selector, which sign without tables.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { lowerCase } from './c-text.ts'
import type { Entry } from './data-set.ts'
import type { SigningMethod } from './signatures.ts'
import type { IdleLine, Lines, SigningLine } from './signing-line.ts'
import type { Doubts } from './sources.ts'

const depth = ({ pattern }: SigningLine): number => pattern.split('.').length

/** In the daemon's order: the sender's domain, `*`, and with SubDomains the nearest domain above. */
export function domainLines({ domains, subDomains, key }: SigningMethod & { kind: 'domains' }, doubts: Doubts): Lines {
  if (key === undefined) return { signing: [], idle: [] }
  const hasAll = domains.find('*') !== undefined
  const withAbove = subDomains && !hasAll
  const [exact, all, above]: SigningLine[][] = [[], [], []]
  const idle: IdleLine[] = []
  const lineOf = (entry: Entry, pattern: Untrusted, domain: Untrusted, identity?: Untrusted): SigningLine => ({
    pattern,
    written: entry.key,
    place: entry.place,
    domain,
    selector: key.selector,
    identity,
    key: key.path,
    keyName: undefined,
    keyPlace: key.place,
  })
  for (const entry of firsts(domains.entries)) {
    const name = lowerCase(entry.key)
    if (name === '*') all!.push(lineOf(entry, '*@*', '%'))
    else if (!name.includes('*')) {
      exact!.push(lineOf(entry, `*@${name}`, name))
      if (withAbove) above!.push(lineOf(entry, `*@*.${name}`, name, `@${name}`))
    } else if (domains.kind === 'patterns') {
      exact!.push(lineOf(entry, `*@${name}`, '%'))
      if (withAbove) doubts.unknown('it is a pattern, and SubDomains is set', entry.place, 'name the domains')
    } else {
      const why = 'OpenDKIM makes something of such a star in a refile: alone'
      idle.push({ pattern: undefined, written: entry.key, place: entry.place, why, fails: false })
    }
  }
  return { signing: [...exact!, ...all!, ...above!.sort((a, b) => depth(b) - depth(a))], idle }
}

/** The first of each name. */
const firsts = (entries: readonly Entry[]): readonly Entry[] =>
  [...new Map(entries.toReversed().map((entry) => [lowerCase(entry.key), entry])).values()].reverse()
