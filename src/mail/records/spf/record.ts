// An SPF record: its terms, as text and as parsed (RFC 7208). SPF is a TXT record of a domain that lists the addresses
// which may send mail with this domain as envelope sender or HELO name.
import type { Untrusted } from '../../../shell/untrusted.ts'

export type Qualifier = '+' | '-' | '~' | '?'

interface Written {
  /** As it stands in the record; rendering gives it back. */
  readonly text: string
}
interface Directive extends Written {
  readonly qualifier: Qualifier
}

export type SpfMechanism =
  | (Directive & { readonly name: 'all' })
  /** An address, or a network: `192.0.2.0/24`. */
  | (Directive & { readonly name: 'ip4' | 'ip6'; readonly network: string })
  /** `domain` left out: the record's own. `prefix4` and `prefix6` are lengths: 32 and 128 where none is written. */
  | (Directive & {
      readonly name: 'a' | 'mx'
      readonly domain: string | undefined
      readonly prefix4: number
      readonly prefix6: number
    })
  | (Directive & { readonly name: 'ptr'; readonly domain: string | undefined })
  | (Directive & { readonly name: 'include' | 'exists'; readonly domain: string })

/** `redirect`, `exp`, or one that no one knows, which verifiers pass over. */
export interface SpfModifier extends Written {
  readonly name: 'redirect' | 'exp' | 'unknown'
  readonly value: string
}

export type SpfTerm = SpfMechanism | SpfModifier

export interface SpfRecord {
  readonly terms: readonly SpfTerm[]
}

export const isMechanism = (term: SpfTerm): term is SpfMechanism => 'qualifier' in term

export const renderSpf = ({ terms }: SpfRecord): string => ['v=spf1', ...terms.map(({ text }) => text)].join(' ')

/** Whether a TXT value is an SPF record, good or bad (RFC 7208, section 4.5). */
export const isSpf = (txt: Untrusted): boolean => /^v=spf1(?: |$)/i.test(txt)

/**
 * Terms that verifiers come to: mechanisms up to `all`, and `redirect` where there is no `all` (RFC 7208, sections 5.1
 * and 6.1).
 */
export function reachedTerms({ terms }: SpfRecord): readonly SpfTerm[] {
  const all = terms.findIndex((term) => term.name === 'all')
  return all === -1
    ? terms
    : terms.filter((term, index) => (isMechanism(term) ? index <= all : term.name !== 'redirect'))
}
