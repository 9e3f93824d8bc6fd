// A question that somebody other than the host answers, such as a name server. It is data, so a plan that depends on
// the answer stays pure.
import type { Known } from '../unknown.ts'

/**
 * A DNS record that is asked for. `purpose`: how a value that is served is compared, a DKIM key by the key, others by
 * their text.
 */
export interface AskedRecord {
  /** Without a final dot, in A-labels and lower case. */
  readonly name: string
  readonly type: 'TXT' | 'MX'
  /** Of what cannot be known yet, such as a key that is not made, nothing is asked: it is served nowhere. */
  readonly value: Known<string>
  readonly purpose: 'spf' | 'spf-helo' | 'dkim' | 'dmarc' | 'dmarc-report' | 'null-mx' | 'adsp'
}

/** What a question needs of the inventory's var `dns`. */
export interface NameServerVars {
  readonly resolvers?: readonly string[] | undefined
  readonly servers?: readonly string[] | undefined
  readonly primary?: string | undefined
  readonly zones?:
    | Readonly<
        Record<string, { readonly servers?: readonly string[] | undefined; readonly primary?: string | undefined }>
      >
    | undefined
}

/** Whether every authoritative name server serves a record, and nothing in its place. */
export interface OutsideQuestion {
  readonly to: 'name-servers'
  readonly record: AskedRecord
  /** `undefined`: nothing is said, so the servers are found as everybody finds them, in a few seconds of a run. */
  readonly dns: NameServerVars | undefined
}

export type OutsideAnswer =
  | { readonly kind: 'served' }
  /**
   * `where`: a server each, with what it says: `ns2.example.org (192.0.2.53) has no such record`. `instead`: one of
   * them serves something else there.
   */
  | { readonly kind: 'not-served'; readonly where: readonly string[]; readonly instead?: true }

/** The answers that are known so far; `later`: it is about to be brought about, and the task waits for it. */
export type AnswerTo = (question: OutsideQuestion) => OutsideAnswer | { readonly kind: 'later' } | undefined
