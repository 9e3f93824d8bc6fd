// The report of `mailrun audit`: a matrix of hosts and domains, the findings behind it, and totals. It is plain JSON;
// docs/audit.schema.json describes it.
import type { CheckName } from '../findings/checks.ts'
import type { Finding, Subject } from '../findings/finding.ts'
import type { Severity } from '../findings/severity.ts'
import type { Accepted, StaleEntry } from './baseline.ts'
import type { FindingId } from './catalogue.ts'
import type { HostEvidence } from './evidence.ts'

/** One thing that is wrong, wherever it is: findings that differ in their subject alone are one. */
export interface AuditFinding extends Omit<Finding<FindingId>, 'subject' | 'purpose'> {
  /** At least one. */
  readonly subjects: readonly Subject[]
  /** By the baseline: it is known, and does not count. */
  readonly accepted?: Accepted
}

/**
 * `pass`: looked at, and well. A severity: the gravest finding. `accepted`: the baseline knows all of them. `none`:
 * there is nothing to look at. `unknown`: it could not be found out.
 */
export type CellStatus = 'pass' | Severity | 'accepted' | 'none'

export interface AuditCell {
  readonly status: CellStatus
  /** Of its findings, the gravest first. */
  readonly ids: readonly FindingId[]
  /** A few words on what is there: `mx1 rsa 2048`, `p=reject`. */
  readonly text: string
}

export interface AuditRow {
  /** `null`: no host of the fleet sends for the domain. */
  readonly host: string | null
  /** `null`: the host has no domain, or nothing of it is known. */
  readonly domain: string | null
  readonly cells: Readonly<Record<CheckName, AuditCell>>
}

export interface AuditHost {
  readonly name: string
  /** `audited`, or why it was not. */
  readonly status: HostEvidence['status']
  readonly error?: string
  /** That it greets others with. */
  readonly helo?: string
  /** That its mail leaves from. */
  readonly addresses: readonly string[]
  /** Of the programs that send and sign: `postfix 3.7.11-0+deb12u1`. */
  readonly software: readonly string[]
}

export interface AuditDomain {
  readonly domain: string
  /** Whether the inventory names it, or a host's tables alone. */
  readonly declared: boolean
  readonly sends: boolean
  /** Authoritative, by name. */
  readonly nameServers: readonly string[]
  /** That receivers are asked for. */
  readonly policy?: string
}

export interface AuditSummary {
  readonly hosts: number
  readonly domains: number
  /** Findings that count, by severity; the same of several hosts counts once. */
  readonly findings: Readonly<Record<Severity, number>>
  readonly accepted: number
  /** Of the matrix, by status. */
  readonly cells: Readonly<Record<CellStatus, number>>
}

export interface AuditReport {
  /** Of this shape; it changes where a reader of the old one would be wrong. */
  readonly version: 1
  /** UTC, ISO 8601. */
  readonly date: string
  readonly mailrun: string
  readonly seconds: number
  readonly hosts: readonly AuditHost[]
  readonly domains: readonly AuditDomain[]
  /** By host in the inventory's order, then by domain. */
  readonly matrix: readonly AuditRow[]
  /** The gravest first; accepted ones last. */
  readonly findings: readonly AuditFinding[]
  readonly stale: readonly StaleEntry[]
  readonly summary: AuditSummary
}
