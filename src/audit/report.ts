// From evidence to a report: faults judged, those that the baseline knows marked, the same of several places told once,
// and all of it counted.
import type {
  AuditDomain,
  AuditFinding,
  AuditHost,
  AuditReport,
  AuditSummary,
  CellStatus,
  StaleEntry,
} from '../model/audit.ts'
import { CHECK_NAMES, SEVERITIES } from '../model/findings/finding-kind.ts'
import { kindOf } from '../model/findings/finding-kinds.ts'
import { groupedBy } from '../text/grouped-by.ts'
import { acceptedBy, staleEntries, type Baseline } from './baseline.ts'
import type { DomainEvidence, Evidence, HostEvidence } from './evidence.ts'
import type { Fault, Judged } from './fault.ts'
import { judge } from './judge.ts'
import { matrix } from './matrix.ts'

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
  const faults = judge(evidence)
    .map(judged)
    .map((each): Judged => {
      const accepted = acceptedBy(baseline, each, today)
      return accepted === undefined ? each : { ...each, accepted }
    })
  const rows = matrix(evidence, faults)
  const findings = grouped(faults)
  const hosts = evidence.hosts.map(hostOf)
  const domains = evidence.domains.map((each) => domainOf(each, evidence.hosts))
  const stale: readonly StaleEntry[] = staleEntries(
    baseline,
    faults,
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

function judged({ id, subject, message, expected, found, remedy, severity, check }: Fault): Judged {
  const kind = kindOf(id)
  return {
    id,
    severity: severity ?? kind.severity,
    check: check ?? kind.check,
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
    remedy: remedy ?? kind.remedy,
    subject,
  }
}

/** The gravest first, then by check; accepted ones last. */
function grouped(faults: readonly Judged[]): readonly AuditFinding[] {
  const same = groupedBy(faults, (fault) => JSON.stringify({ ...fault, subject: undefined }))
  const findings = [...same.values()].map((those): AuditFinding => {
    const { subject: _, accepted, ...rest } = those[0]!
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
