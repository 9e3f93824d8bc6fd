// Makes the report of an audit from the evidence: runs all rules, marks the findings in the baseline, shows equal
// findings of several places once, and counts everything.
import type { AuditDomain, AuditFinding, AuditHost, AuditReport, AuditSummary, CellStatus } from './audit-report.ts'
import { CHECK_NAMES } from '../findings/checks.ts'
import { SEVERITIES } from '../findings/severity.ts'
import { groupedBy } from '../text/grouped-by.ts'
import { acceptedBy, staleEntries, type Baseline, type StaleEntry } from './baseline.ts'
import type { DomainEvidence, Evidence, HostEvidence } from './evidence.ts'
import { findingsOf } from './find-all.ts'
import { matrix, type PlacedFinding } from './matrix.ts'

export interface ReportMeta {
  readonly date: Date
  /** Of mailrun. */
  readonly version: string
  readonly seconds: number
  readonly baseline: Baseline
  /** Whether some hosts of the inventory were left out: what the baseline says of those is not stale. */
  readonly limited: boolean
}

export function auditReport(
  evidence: Evidence,
  { date, version, seconds, baseline, limited }: ReportMeta,
): AuditReport {
  const today = date.toISOString().slice(0, 10)
  const placed = findingsOf(evidence).map((each): PlacedFinding => {
    const accepted = acceptedBy(baseline, each, today)
    return accepted === undefined ? each : { ...each, accepted }
  })
  const rows = matrix(evidence, placed)
  const findings = grouped(placed)
  const hosts = evidence.hosts.map(hostOf)
  const domains = evidence.domains.map((each) => domainOf(each, evidence.hosts))
  const stale: readonly StaleEntry[] = staleEntries(
    baseline,
    placed,
    today,
    limited || hosts.some(({ status }) => status !== 'audited'),
  )
  return {
    version: 1,
    date: date.toISOString(),
    mailrun: version,
    seconds: Math.round(seconds * 1000) / 1000,
    hosts,
    domains,
    matrix: rows,
    findings,
    stale,
    summary: summaryOf(hosts, domains, rows, findings),
  }
}

/** The gravest first, then by check; accepted ones last. */
function grouped(placed: readonly PlacedFinding[]): readonly AuditFinding[] {
  const same = groupedBy(placed, (each) => JSON.stringify({ ...each, subject: undefined, purpose: undefined }))
  const findings = [...same.values()].map((those): AuditFinding => {
    const { subject: _, purpose: __, accepted, ...rest } = those[0]!
    return { ...rest, subjects: those.map(({ subject }) => subject), ...(accepted === undefined ? {} : { accepted }) }
  })
  const rank = ({ accepted, severity, check }: AuditFinding): number =>
    (accepted === undefined ? 0 : 100) + SEVERITIES.indexOf(severity) * 10 + CHECK_NAMES.indexOf(check)
  return findings
    .map((finding, index) => ({ finding, index }))
    .sort(
      (a, b) =>
        rank(a.finding) - rank(b.finding) ||
        (a.finding.id < b.finding.id ? -1 : a.finding.id > b.finding.id ? 1 : a.index - b.index),
    )
    .map(({ finding }) => finding)
}

function hostOf({ name, status, error, setup, proof }: HostEvidence): AuditHost {
  return {
    name,
    status,
    ...(error === undefined ? {} : { error }),
    ...(proof?.helo === undefined ? {} : { helo: proof.helo }),
    addresses: proof?.addresses ?? [],
    software: Object.entries(setup?.packages ?? {}).map(([each, version]) => `${each} ${version}`),
  }
}

function domainOf(
  { domain, declared, sends, spf, dmarc, keys }: DomainEvidence,
  hosts: readonly HostEvidence[],
): AuditDomain {
  const policy = hosts
    .flatMap(({ proof }) => proof?.dmarc ?? [])
    .find((each) => each.domain === domain && each.policy !== undefined)?.policy
  return {
    domain,
    declared,
    sends,
    nameServers: [
      ...new Set(
        [spf, dmarc, ...keys]
          .flatMap(({ servers }) => servers.map(({ server }) => server))
          .filter((server) => server !== ''),
      ),
    ],
    ...(policy === undefined ? {} : { policy }),
  }
}

const CELLS: readonly CellStatus[] = ['pass', 'note', 'warning', 'unknown', 'error', 'accepted', 'none']
const countOf = <Word extends string>(words: readonly Word[], all: readonly Word[]): Readonly<Record<Word, number>> =>
  Object.fromEntries(words.map((word) => [word, all.filter((each) => each === word).length])) as Record<Word, number>

function summaryOf(
  hosts: readonly AuditHost[],
  domains: readonly AuditDomain[],
  rows: AuditReport['matrix'],
  findings: readonly AuditFinding[],
): AuditSummary {
  const open = findings.filter(({ accepted }) => accepted === undefined)
  return {
    hosts: hosts.length,
    domains: domains.length,
    findings: countOf(
      SEVERITIES,
      open.map(({ severity }) => severity),
    ),
    accepted: findings.length - open.length,
    cells: countOf(
      CELLS,
      rows.flatMap(({ cells }) => CHECK_NAMES.map((check) => cells[check].status)),
    ),
  }
}
