// What `mailrun dns …` is told, typed.
import type { ReachFlags } from './fleet-flags.ts'

export const DNS_FORMATS = ['text', 'json', 'records', 'zone', 'octodns', 'dnscontrol', 'web-form'] as const
export type DnsFormat = (typeof DNS_FORMATS)[number]

export interface DnsFlags extends ReachFlags {
  readonly format: DnsFormat
  /** Records of an earlier plan. */
  readonly from?: string
  /** Seconds. */
  readonly wait?: number
  readonly yes?: boolean
  /** Names of records of DKIM keys that may take the place of others' keys. */
  readonly replace?: readonly string[]
}

export type DnsAction = 'plan' | 'push' | 'verify'
