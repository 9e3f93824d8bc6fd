// The values of the flags that several commands have.
import type { BatchSize } from '../../engine/run-options.ts'
import type { AgeFlags } from './age-flags.ts'

/** Of all that read an inventory. */
export interface SourceFlags extends AgeFlags {
  readonly inventory?: readonly string[]
  readonly limit?: string
  readonly extraVars?: readonly string[]
}

/** And of all that reach hosts. */
export interface ReachFlags extends SourceFlags {
  readonly forks: number
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

export interface FleetFlags extends ReachFlags {
  /** The word behind `--format`. */
  readonly format: string
}

/** Of what a timer repeats. */
export interface EventFlags {
  /** A program that gets the events. */
  readonly onEvent?: string
}

export interface RunFlags extends FleetFlags, EventFlags {
  readonly check?: boolean
  readonly diff?: boolean
  readonly tags?: readonly string[]
  readonly skipTags?: readonly string[]
  readonly serial?: readonly BatchSize[]
  readonly maxFail?: BatchSize
  /** Seconds. */
  readonly wait?: number
  readonly heldOk?: boolean
  readonly listHosts?: boolean
  readonly listTasks?: boolean
  readonly verbose?: boolean
  readonly profile?: boolean
}
