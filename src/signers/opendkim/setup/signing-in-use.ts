// Finds which key signs a domain's mail with a given configuration of OpenDKIM, whoever wrote it.
import { signaturesOf, type OpendkimConfiguration, type Signature } from '../configuration/index.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

/** A key in a file: its path, and the selector under which it is published. */
export interface NamedKey {
  readonly selector: string
  readonly path: string
}

/**
 * The keys that sign mail with `d=` of this domain. The key for all users of the domain comes first, then the keys of
 * lines for some users. A key that is written in the table itself is not included.
 */
export function keysInUse(configuration: OpendkimConfiguration): (domain: string) => readonly NamedKey[] {
  const byDomain = linesByDomain(configuration)
  return (domain) => {
    const how = signaturesOf(configuration, `mailrun-anybody@${domain}`)
    const usual = Array.isArray(how) ? (how as readonly Signature[]) : []
    return [...usual, ...(byDomain.get(domain) ?? [])].flatMap(({ domain: d, selector, key }) =>
      d.toLowerCase() === domain && key !== undefined ? [{ selector, path: key }] : [],
    )
  }
}

type Line = Pick<Signature, 'domain' | 'selector' | 'key'>

/** The domain of a line. A line with `%` (the sender's domain) is for the domain of its pattern. */
function linesByDomain({ signing }: OpendkimConfiguration): ReadonlyMap<string, readonly Line[]> {
  const found = new Map<string, Line[]>()
  for (const { pattern, domain, selector, key } of signing) {
    const of = (domain === '%' ? ofPattern(pattern) : domain).toLowerCase()
    const line = { domain: of, selector, key: key?.startsWith('/') === true ? key.replaceAll('%', of) : key }
    const known = found.get(of)
    if (known) known.push(line)
    else found.set(of, [line])
  }
  return found
}

/** `example.org` for `info@example.org`, and for `*@*.example.org`, whose senders are all below it. */
const ofPattern = (pattern: Untrusted): string => pattern.slice(pattern.lastIndexOf('@') + 1)
