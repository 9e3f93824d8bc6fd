// The events and the result of a run that publishes its records in DNS.
import type { MailRecord } from '../../mail/records/dns-record.ts'
import type { DnsPlan } from '../plan/plan-dns.ts'
import type { Pushed } from './push-dns.ts'
import type { NotServed } from '../served/served-everywhere.ts'

/** A record that is not brought about though it could be, and why. */
export interface LeftRecord {
  readonly record: Pick<MailRecord, 'name' | 'type'>
  readonly why: string
}

export interface Publication {
  /** As DNS was looked at last; `undefined` where it was not, or could not be. */
  readonly plan: DnsPlan | undefined
  readonly pushed: readonly Pushed[]
  /** After having been waited for. */
  readonly notServed: readonly NotServed[]
  /** Changes in zones that nothing says how to push into. */
  readonly byHand: readonly MailRecord[]
  readonly left: readonly LeftRecord[]
  /** Why nothing could be published, or no more. */
  readonly error?: string
}

export type DnsEvent =
  /** DNS was looked at; in a check nothing follows. */
  | { readonly kind: 'dns-plan'; readonly plan: DnsPlan }
  | { readonly kind: 'dns-pushed'; readonly pushed: readonly Pushed[] }
  /** Name servers are waited for, at most so many seconds. */
  | { readonly kind: 'dns-waiting'; readonly seconds: number; readonly missing: readonly NotServed[] }
  /** @param records - how many were asked for. */
  | { readonly kind: 'dns-served'; readonly records: number; readonly missing: readonly NotServed[] }
  /** Before the run's end. */
  | { readonly kind: 'dns-end'; readonly publication: Publication }
