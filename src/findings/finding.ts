// A finding: one thing that is wrong, risky or good to know about a host or a record.
import type { Cause } from './cause.ts'
import type { CheckName } from './checks.ts'
import type { Severity } from './severity.ts'

/** What a finding concerns; what is left out is not concerned. */
export interface Subject {
  /** Its name in the inventory. */
  readonly host?: string
  readonly domain?: string
  /** Of a DNS record. */
  readonly record?: string
  /** On the host. */
  readonly path?: string
  readonly line?: number
  /** What else tells it apart: an address, a role, a name server. */
  readonly about?: string
}

export interface Finding<Id extends string = string> {
  /** Never changes its meaning; lists of accepted findings name it. */
  readonly id: Id
  readonly severity: Severity
  readonly check: CheckName
  /** What is so, in a sentence. It names no host, so that the same of several hosts is the same. */
  readonly message: string
  readonly expected?: string
  readonly found?: string
  /** What to do. */
  readonly remedy: string
  /** That it has in common with others; left out: with none. */
  readonly cause?: Cause
  readonly subject: Subject
  /** Of a record that is wanted: what it is there for (`Purpose`). It decides what supersedes it, and is not shown. */
  readonly purpose?: string
}

/** What is found of a kind, in one place; the kind says the rest, where this does not. */
export interface FindingDetails {
  readonly message: string
  /** Left out: it is for whoever looks to add. */
  readonly subject?: Subject
  readonly expected?: string | undefined
  readonly found?: string | undefined
  readonly remedy?: string | undefined
  readonly cause?: Cause | undefined
  readonly severity?: Severity | undefined
  readonly check?: CheckName | undefined
  readonly purpose?: string | undefined
}
