// A walk through DNS as a value: questions one after the other, where an answer decides the next question. The code
// here asks the questions; somebody else answers them. So it reaches no network.
import type { Untrusted } from '../../shell/untrusted.ts'

export interface DnsQuestion {
  /** Without a final dot. */
  readonly name: string
  readonly type: 'A' | 'AAAA' | 'MX' | 'TXT' | 'PTR' | 'NS' | 'CNAME'
}

/**
 * - `found`: addresses, names, TXT values with their strings joined, or MX as `10 mx.example.org`.
 * - `no-data`: the name has no such record.
 * - `no-name`: there is no such name (NXDOMAIN).
 * - `failed`: no answer, SERVFAIL, refused.
 */
export type DnsAnswer =
  | { readonly kind: 'found'; readonly values: readonly Untrusted[] }
  | { readonly kind: 'no-data' | 'no-name' }
  | { readonly kind: 'failed'; readonly why: Untrusted }

/** @example const walk = spfLookups('example.org'); walkDns(walk, (question) => …) */
export type DnsWalk<Result> = Generator<DnsQuestion, Result, DnsAnswer>

/** TXT values, none where there are none. */
export const valuesOf = (answer: DnsAnswer): readonly Untrusted[] => (answer.kind === 'found' ? answer.values : [])
