// The matrix: a row for each host and domain, a cell for each check, coloured by the faults that concern it.
import type { AuditCell, AuditRow, AuditSubject, CellStatus } from '../model/audit.ts'
import { CHECK_NAMES, SEVERITIES, type CheckName } from '../model/findings/finding-kind.ts'
import type { HostProof } from '../model/proof.ts'
import type { DomainEvidence, Evidence, HostEvidence } from './evidence.ts'
import type { Judged } from './fault.ts'

export function matrix({ hosts, domains }: Evidence, faults: readonly Judged[]): readonly AuditRow[] {
  const find = facts(faults)
  const rows = hosts.flatMap((host): readonly AuditRow[] => {
    const names = domainsOf(host)
    return (names.length === 0 ? [null] : names).map((domain) =>
      row(
        host,
        domains.find((each) => each.domain === domain),
        domain,
        find,
      ),
    )
  })
  const orphans = domains.filter(({ domain }) => !rows.some((each) => each.domain === domain))
  return [...rows, ...orphans.map((evidence) => row(undefined, evidence, evidence.domain, find))]
}

/** Those of the inventory, and those that its tables name. */
export const domainsOf = ({ declared, proof }: HostEvidence): readonly string[] => [
  ...new Set([...declared, ...(proof?.signing ?? []).map(({ domain }) => domain)]),
]

type Find = (check: CheckName, host: string | null, domain: string | null) => readonly Judged[]

/** Looked up by host and domain: a fleet has many rows, and many faults. */
function facts(faults: readonly Judged[]): Find {
  const byPlace = new Map<string, Judged[]>()
  const place = (check: CheckName, { host, domain }: Pick<AuditSubject, 'host' | 'domain'>): string =>
    JSON.stringify([check, host ?? null, domain ?? null])
  for (const fault of faults) {
    const key = place(fault.check, fault.subject)
    byPlace.set(key, [...(byPlace.get(key) ?? []), fault])
  }
  return (check, host, domain) => {
    const at = (subject: AuditSubject): readonly Judged[] => byPlace.get(place(check, subject)) ?? []
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
      const told = proof?.dmarc.find((each) => each.domain === domain)
      return domain === null ? NONE : pass(told?.policy === undefined ? '' : `p=${told.policy}`)
    }
    case 'names':
      return (proof?.reverse.length ?? 0) === 0
        ? NONE
        : pass(proof!.helo === undefined || proof!.helo === host!.name ? '' : proof!.helo)
  }
}

function signing(proof: HostProof | undefined, domain: string | null, check: 'signature' | 'outsider'): Base {
  const asked = (proof?.signing ?? []).filter(
    (each) => each.domain === domain && (each.role === 'outsider') === (check === 'outsider'),
  )
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
  const own = (proof?.spf ?? []).filter((each) => each.identity === 'mailfrom' && each.domain === domain)
  const results = [...new Set(own.map(({ result }) => result))].join(', ')
  return own.length === 0 ? NONE : pass(results === 'pass' ? '' : results)
}
