// What the command line says, typed.
import type { BatchSize } from '../../engine/run-options.ts'
import type { AgeFlags } from './age-flags.ts'
import type { MailboxPlace } from '../../verify/read-mailbox.ts'
import type { SchemaFor } from '../../inventory/inventory-schema.ts'

/** Flags that `mailrun ping` and `mailrun verify` have too. */
export interface FleetFlags extends AgeFlags {
  readonly inventory?: readonly string[]
  readonly limit?: string
  readonly extraVars?: readonly string[]
  readonly forks: number
  readonly format: string
  readonly user?: string
  readonly privateKey?: string
  readonly askPass?: boolean
  readonly connectionPasswordFile?: string
  readonly connection?: string
  readonly sshConfig?: string
  readonly knownHosts?: string
  readonly acceptNew?: boolean
  readonly sshCommonArgs?: string
  readonly sshExtraArgs?: string
  readonly become?: boolean
  readonly becomeMethod?: string
  readonly becomeUser?: string
  readonly askBecomePass?: boolean
  readonly becomePasswordFile?: string
  readonly timeout?: number
}

/** Flags of `mailrun inventory`. */
export interface InventoryFlags extends AgeFlags {
  readonly inventory?: readonly string[]
  readonly limit?: string
  readonly extraVars?: readonly string[]
  readonly format: string
  readonly list?: boolean
  readonly graph?: boolean
  readonly listHosts?: boolean
  readonly host?: string
  readonly playbookDir?: string
}

/** Flags of `mailrun encrypt`. */
export interface EncryptFlags extends Pick<AgeFlags, 'agePassphraseFile'> {
  readonly recipient?: readonly string[]
  readonly recipientsFile?: readonly string[]
  readonly passphrase?: boolean
}

/** Flags of `mailrun schema`. */
export interface SchemaFlags {
  readonly for: SchemaFor
}

/** Flags of `mailrun verify`. */
export interface VerifyFlags extends FleetFlags {
  /** Where messages are really sent to. */
  readonly deliver?: string
  readonly readFrom?: MailboxPlace
  /** Seconds. */
  readonly wait?: number
  readonly check?: boolean
}

/** Those that say how hosts are reached. */
export type ReachFlags = Omit<FleetFlags, 'format'>

/** With what cannot be left out. */
export type Given<Flags extends ReachFlags> = Flags & { readonly inventory: readonly string[] }

export interface RunFlags extends FleetFlags {
  readonly check?: boolean
  readonly diff?: boolean
  readonly tags?: readonly string[]
  readonly skipTags?: readonly string[]
  readonly serial?: readonly BatchSize[]
  readonly maxFail?: BatchSize
  /** Seconds. */
  readonly wait?: number
  readonly listHosts?: boolean
  readonly listTasks?: boolean
  readonly verbose?: boolean
}
