// Finds which key signs a domain's mail with a given configuration of OpenDKIM, whoever wrote it.
import { signaturesOf, type OpendkimConfiguration, type Signature } from '../configuration/index.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

/** A key in a file: where it is, and the selector that it is published by. */
export interface NamedKey {
  readonly selector: string
  readonly path: string
}

/**
 * The keys by which mail is signed with `d=` of that domain, the first the one of most of its addresses: that of any
 * user of the domain, then those of lines for some of them. A key that stands in a table itself is none of them.
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

/** Of lines that name a domain: those with `%` for the sender's are for the domain of their pattern. */
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

/** `example.org` of `info@example.org` and of `*@*.example.org`, whose senders are below it: nobody's own. */
const ofPattern = (pattern: Untrusted): string => pattern.slice(pattern.lastIndexOf('@') + 1)
