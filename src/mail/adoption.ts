// The result of `mailrun adopt`: the vars of hosts that somebody else set up, under which a run changes as little as
// possible.

export interface AdoptedVar {
  readonly name: string
  /** A JSON value, checked by the grammar that the var has. */
  readonly value: unknown
  /** A remark, as a sentence without a full stop. */
  readonly why?: string
}

/**
 * `adopted`: its vars are here. `unsigned`: its signer signs nothing. `refused`: a part of its configuration is not
 * understood, and a run would not touch it. The others are as those of a run.
 */
export type AdoptionStatus =
  | 'adopted'
  | 'unsigned'
  | 'refused'
  | 'failed'
  | 'unreachable'
  | 'interrupted'
  | 'not-reached'

export interface AdoptedHost {
  readonly name: string
  readonly status: AdoptionStatus
  /** Why it is not adopted, and what to do. */
  readonly error?: string
  /** Vars that the inventory does not have yet, in the order in which they are written. */
  readonly vars: readonly AdoptedVar[]
  /** Vars that somebody may want; they are written as comments. */
  readonly choices: readonly AdoptedVar[]
  /** What no var can express, and what happens to it; sentences without a full stop. */
  readonly left: readonly string[]
}

/** How to reach a host of the command line, as keys of an inventory. */
export type ConnectionVars = Readonly<Record<string, string | number | boolean>>

export interface Adoption {
  readonly hosts: readonly AdoptedHost[]
  /** Vars of the group: all hosts with vars have them with the same value. The hosts do not have them any more. */
  readonly shared: readonly AdoptedVar[]
  /** By host. Hosts of an inventory have none. */
  readonly connection: ReadonlyMap<string, ConnectionVars>
}
