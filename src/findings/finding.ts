// A finding: one thing that is wrong, risky or good to know about a host or a record.
import type { Cause } from './cause.ts'
import type { CheckName } from './checks.ts'
import type { Severity } from './severity.ts'

/** The subject of a finding. It is about the parts that are given. */
export interface Subject {
  /** The name of the host in the inventory. */
  readonly host?: string
  readonly domain?: string
  /** The name of a DNS record. */
  readonly record?: string
  /** A path on the host. */
  readonly path?: string
  readonly line?: number
  /** What else distinguishes it: an address, a role, a name server. */
  readonly about?: string
}

export interface Finding<Id extends string = string> {
  /** Its meaning never changes, because baselines contain it. */
  readonly id: Id
  readonly severity: Severity
  readonly check: CheckName
  /** One sentence. It names no host, so that equal findings of several hosts have the same message. */
  readonly message: string
  readonly expected?: string
  readonly found?: string
  /** What to do. */
  readonly remedy: string
  /** That it has in common with others; left out: with none. */
  readonly cause?: Cause
  readonly subject: Subject
  /** For a wanted record: its `Purpose`. It decides which finding supersedes this one, and is not shown. */
  readonly purpose?: string
}

/** The details of a finding of one kind, in one place. The kind has the rest, unless it is given here. */
export interface FindingDetails {
  readonly message: string
  /** Left out: the code that runs the rule adds it. */
  readonly subject?: Subject
  readonly expected?: string | undefined
  readonly found?: string | undefined
  readonly remedy?: string | undefined
  readonly cause?: Cause | undefined
  readonly severity?: Severity | undefined
  readonly check?: CheckName | undefined
  readonly purpose?: string | undefined
}
