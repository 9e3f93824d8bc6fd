// The tables on the HTML page of an audit: hosts that were not audited, outdated entries of the baseline, domains,
// hosts.
import type { AuditReport } from '../../audit/audit-report.ts'
import { SIGNS } from './words.ts'

interface Cell {
  readonly text: string
  /** `code`, a status, or none. */
  readonly look: 'code' | 'unknown' | ''
}

interface Table {
  readonly title: string
  readonly id: string
  readonly heads: readonly string[]
  /** The first cell is the row's name. */
  readonly rows: readonly (readonly Cell[])[]
}

const words = (text: string): Cell => ({ text, look: '' })
const namesOr = (names: readonly string[]): Cell => words(names.join(', ') || '–')

/** Those that have rows. */
export const tablesOf = (report: AuditReport): readonly Table[] =>
  [lostOf(report), staleOf(report), domainsOf(report), hostsOf(report)].filter(({ rows }) => rows.length > 0)

const lostOf = ({ hosts }: AuditReport): Table => ({
  title: 'Hosts that were not audited',
  id: 'lost',
  heads: ['Host', 'Status', 'Why'],
  rows: hosts
    .filter(({ error }) => error !== undefined)
    .map(({ name, status, error }) => [
      words(name),
      { text: `${SIGNS.unknown.sign} ${status}`, look: 'unknown' },
      words(error!),
    ]),
})

const staleOf = ({ stale }: AuditReport): Table => ({
  title: 'Baseline',
  id: 'stale',
  heads: ['Entry', 'Finding', 'State'],
  rows: stale.map(({ where, id, why }) => [
    words(where),
    { text: id, look: 'code' },
    words(why === 'expired' ? 'has expired, and accepts nothing any more' : 'is found no more: take it out'),
  ]),
})

const domainsOf = ({ domains }: AuditReport): Table => ({
  title: 'Domains',
  id: 'domains',
  heads: ['Domain', 'In the inventory', 'Policy (DMARC)', 'Name servers'],
  rows: domains.map(({ domain, declared, sends, policy, nameServers }) => [
    words(domain),
    words(declared ? (sends ? 'yes' : 'yes, sends nothing') : 'no'),
    words(policy ?? '–'),
    namesOr(nameServers),
  ]),
})

const hostsOf = ({ hosts }: AuditReport): Table => ({
  title: 'Hosts',
  id: 'hosts',
  heads: ['Host', 'Greets as', 'Sends from', 'Software'],
  rows: hosts
    .filter(({ status }) => status === 'audited')
    .map(({ name, helo, addresses, software }) => [
      words(name),
      words(helo ?? '–'),
      namesOr(addresses),
      namesOr(software),
    ]),
})
