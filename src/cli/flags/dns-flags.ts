// What `mailrun dns …` is told, typed.
import type { FleetFlags } from './fleet-flags.ts'

export interface DnsFlags extends FleetFlags {
  /** Records of an earlier plan. */
  readonly from?: string
  /** Seconds. */
  readonly wait?: number
  readonly yes?: boolean
  /** Names of records of DKIM keys that may take the place of others' keys. */
  readonly replace?: readonly string[]
}

export type DnsAction = 'plan' | 'push' | 'verify'
