// The matrix of an audit: a row for each host and domain, a column for each check. The findings decide the status of
// each cell.
import type { Finding, Subject } from '../findings/finding.ts'
import type { Accepted } from './baseline.ts'
import type { FindingId } from './catalogue.ts'
import type { AuditCell, AuditRow, CellStatus } from './audit-report.ts'
import { CHECK_NAMES, type CheckName } from '../findings/checks.ts'
import { SEVERITIES } from '../findings/severity.ts'
import type { HostProof } from '../mail/proof/proof.ts'
import { groupedBy } from '../text/grouped-by.ts'
import type { DomainEvidence, Evidence, HostEvidence } from './evidence.ts'

/** A finding, and what the baseline says of it. */
export interface PlacedFinding extends Finding<FindingId> {
  readonly accepted?: Accepted
}

export function matrix({ hosts, domains }: Evidence, findings: readonly PlacedFinding[]): readonly AuditRow[] {
  const find = finder(findings)
  const evidenceOf = new Map(domains.map((each) => [each.domain, each]))
  const rows = hosts.flatMap((host): readonly AuditRow[] => {
    const names = domainsOf(host)
    return (names.length === 0 ? [null] : names).map((domain) => row(host, evidenceOf.get(domain ?? ''), domain, find))
  })
  const reported = new Set(rows.map(({ domain }) => domain))
  const orphans = domains.filter(({ domain }) => !reported.has(domain))
  return [...rows, ...orphans.map((evidence) => row(undefined, evidence, evidence.domain, find))]
}

/** Those of the inventory, and those that its tables name. */
const domainsOf = ({ declared, proof }: HostEvidence): readonly string[] => [
  ...new Set([...declared, ...(proof?.signing ?? []).map(({ domain }) => domain)]),
]

type Find = (check: CheckName, host: string | null, domain: string | null) => readonly PlacedFinding[]

/** Looked up by host and domain: a fleet has many rows, and many findings. */
function finder(findings: readonly PlacedFinding[]): Find {
  const place = (check: CheckName, { host, domain }: Pick<Subject, 'host' | 'domain'>): string =>
    JSON.stringify([check, host ?? null, domain ?? null])
  const byPlace = groupedBy(findings, ({ check, subject }) => place(check, subject))
  return (check, host, domain) => {
    const at = (subject: Subject): readonly PlacedFinding[] => byPlace.get(place(check, subject)) ?? []
    const [own, whole] = [host === null ? {} : { host }, domain === null ? {} : { domain }]
    const places = [{ ...own, ...whole }, ...(host === null || domain === null ? [] : [own, whole])]
    return places.flatMap(at)
  }
}

function row(
  host: HostEvidence | undefined,
  evidence: DomainEvidence | undefined,
  domain: string | null,
  find: Find,
): AuditRow {
  const cell = (check: CheckName): AuditCell => {
    const found = find(check, host?.name ?? null, domain)
    const { status, text } = base(check, host, evidence, domain)
    const open = found.filter(({ accepted }) => accepted === undefined)
    const gravest = SEVERITIES.find((severity) => open.some((each) => each.severity === severity))
    const ids = [
      ...new Set(
        [...found].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)).map(({ id }) => id),
      ),
    ]
    return { status: gravest ?? (found.length > 0 ? 'accepted' : status), ids, text }
  }
  return {
    host: host?.name ?? null,
    domain,
    cells: Object.fromEntries(CHECK_NAMES.map((check) => [check, cell(check)])) as AuditRow['cells'],
  }
}

interface Base {
  readonly status: CellStatus
  readonly text: string
}
const NONE: Base = { status: 'none', text: '' }
const UNKNOWN: Base = { status: 'unknown', text: '' }
const pass = (text: string): Base => ({ status: 'pass', text })

/** What is there where nothing is wrong. */
function base(
  check: CheckName,
  host: HostEvidence | undefined,
  evidence: DomainEvidence | undefined,
  domain: string | null,
): Base {
  if (host !== undefined && host.proof === undefined) return check === 'setup' || domain !== null ? UNKNOWN : NONE
  const proof = host?.proof
  switch (check) {
    case 'setup':
      return host === undefined ? NONE : pass('')
    case 'signature':
    case 'outsider':
      return signing(proof, domain, check)
    case 'dkim': {
      const servers = evidence?.keys[0]?.servers.length ?? 0
      return servers === 0 ? NONE : pass(servers === 1 ? '1 server' : `${servers} servers`)
    }
    case 'spf':
      return domain === null ? NONE : host === undefined ? pass('') : spf(proof, domain)
    case 'dmarc': {
      const reported = byDomain(proof)?.dmarc.get(domain ?? '')?.[0]
      return domain === null ? NONE : pass(reported?.policy === undefined ? '' : `p=${reported.policy}`)
    }
    case 'names':
      return (proof?.reverse.length ?? 0) === 0
        ? NONE
        : pass(proof!.helo === undefined || proof!.helo === host!.name ? '' : proof!.helo)
  }
}

/** What is proved of a host, by domain. */
interface ByDomain {
  readonly signing: ReadonlyMap<string, HostProof['signing']>
  readonly spf: ReadonlyMap<string, HostProof['spf']>
  readonly dmarc: ReadonlyMap<string, HostProof['dmarc']>
}

const indexes = new WeakMap<HostProof, ByDomain>()

/** A host's tables may name many domains, each of which is a row. */
function byDomain(proof: HostProof | undefined): ByDomain | undefined {
  if (proof === undefined) return undefined
  const domainOf = ({ domain }: { readonly domain: string }): string => domain
  const index = indexes.get(proof) ?? {
    signing: groupedBy(proof.signing, domainOf),
    spf: groupedBy(proof.spf, domainOf),
    dmarc: groupedBy(proof.dmarc, domainOf),
  }
  indexes.set(proof, index)
  return index
}

function signing(proof: HostProof | undefined, domain: string | null, check: 'signature' | 'outsider'): Base {
  const ofDomain = byDomain(proof)?.signing.get(domain ?? '') ?? []
  const asked = ofDomain.filter(({ role }) => (role === 'outsider') === (check === 'outsider'))
  if (asked.length === 0) return NONE
  const words = asked.flatMap(({ signatures }) =>
    signatures.map(
      ({ selector, algorithm, bits }) =>
        `${selector} ${algorithm.replace(/-sha256$/, '')}${bits === undefined ? '' : ` ${bits}`}`,
    ),
  )
  if (check === 'outsider' && asked.some(({ verdict }) => verdict.status === 'unknown')) return UNKNOWN
  return pass(check === 'outsider' ? '' : [...new Set(words)].join(' + '))
}

function spf(proof: HostProof | undefined, domain: string): Base {
  const own = (byDomain(proof)?.spf.get(domain) ?? []).filter(({ identity }) => identity === 'mailfrom')
  const results = [...new Set(own.map(({ result }) => result))].join(', ')
  return own.length === 0 ? NONE : pass(results === 'pass' ? '' : results)
}
