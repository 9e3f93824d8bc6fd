// What `mailrun audit` found: a matrix of hosts and domains, the findings behind it, and what they come to. Plain JSON;
// docs/audit.schema.json describes it.
import type { CheckName, Severity } from './findings/finding-kind.ts'
import type { FindingId } from './findings/finding-kinds.ts'

/** What is concerned; what is left out is not concerned. */
export interface AuditSubject {
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

/** One thing that is wrong, wherever it is. */
export interface AuditFinding {
  readonly id: FindingId
  readonly severity: Severity
  readonly check: CheckName
  /** What is so, in a sentence. */
  readonly message: string
  readonly expected?: string
  readonly found?: string
  readonly remedy: string
  /** At least one; the same of several hosts and domains is one finding. */
  readonly subjects: readonly AuditSubject[]
  /** By the baseline: it is known, and does not count. */
  readonly accepted?: {
    readonly reason: string
    /** YYYY-MM-DD, the last day on which it holds. */
    readonly until?: string
  }
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
  readonly status: 'audited' | 'failed' | 'unreachable' | 'interrupted' | 'not-reached'
  readonly error?: string
  /** That it greets others with. */
  readonly helo?: string
  /** That its mail leaves from. */
  readonly addresses: readonly string[]
  /** Of the programs that send and sign: `opendkim 2.11.0~beta2-8`. */
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

/** An entry of the baseline that accepts nothing. */
export interface StaleEntry {
  readonly id: FindingId
  /** As the file has it, with its line. */
  readonly where: string
  readonly why: 'unused' | 'expired'
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
