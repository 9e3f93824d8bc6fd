// The result of `mailrun adopt`: the vars of hosts that somebody else set up, under which a run changes as little as
// possible.

export interface AdoptedVar {
  readonly name: string
  /** A JSON value, checked by the grammar that the var has. */
  readonly value: unknown
  /** What to know of it, in a sentence without a stop. */
  readonly why?: string
}

/**
 * `adopted`: its vars are here. `unsigned`: OpenDKIM signs nothing there. `refused`: a part of its configuration is not
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
  /** Why it is not adopted, with what to do. */
  readonly error?: string
  /** What the inventory needs, and does not say yet; in the order in which they are written. */
  readonly vars: readonly AdoptedVar[]
  /** Those that somebody may want: they are written as comments. */
  readonly choices: readonly AdoptedVar[]
  /** What no var carries over, and what becomes of it; sentences without a stop. */
  readonly left: readonly string[]
}

/** How a host is reached that was named on the command line: keys of an inventory. */
export type ConnectionVars = Readonly<Record<string, string | number | boolean>>

export interface Adoption {
  readonly hosts: readonly AdoptedHost[]
  /** Of the group: those of `vars` that all hosts with vars have alike, which no host has in its own. */
  readonly shared: readonly AdoptedVar[]
  /** By host; of those that an inventory tells, nothing. */
  readonly connection: ReadonlyMap<string, ConnectionVars>
}
