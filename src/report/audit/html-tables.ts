// The plain tables of an audit's page: hosts that were not audited, stale entries of the baseline, domains, hosts.
import type { AuditReport } from '../../model/audit.ts'
import { code, text } from './html-text.ts'
import { SIGNS } from './words.ts'

function tableOf(title: string, id: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const head = heads.map((each) => `<th scope="col">${each}</th>`).join('')
  const body = rows.map(([first = '', ...rest]) => {
    const cells = rest.map((cell) => `<td>${cell}</td>`).join('')
    return `<tr><th scope="row">${first}</th>${cells}</tr>`
  })
  return [
    `<h2 id="${id}">${title}</h2>`,
    `<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table><thead><tr>${head}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody></table></div>`,
  ].join('\n')
}

export const lostOf = ({ hosts }: AuditReport): string =>
  tableOf(
    'Hosts that were not audited',
    'lost',
    ['Host', 'Status', 'Why'],
    hosts
      .filter(({ error }) => error !== undefined)
      .map(({ name, status, error }) => [
        text(name),
        `<span class="unknown">${SIGNS.unknown.sign} ${text(status)}</span>`,
        text(error!),
      ]),
  )

export const staleOf = ({ stale }: AuditReport): string =>
  tableOf(
    'Baseline',
    'stale',
    ['Entry', 'Finding', 'State'],
    stale.map(({ where, id, why }) => [
      text(where),
      code(id),
      why === 'expired' ? 'has expired, and accepts nothing any more' : 'is found no more: take it out',
    ]),
  )

export function fleetOf({ hosts, domains }: AuditReport): string {
  return [
    tableOf(
      'Domains',
      'domains',
      ['Domain', 'In the inventory', 'Policy (DMARC)', 'Name servers'],
      domains.map(({ domain, declared, sends, policy, nameServers }) => [
        text(domain),
        declared ? (sends ? 'yes' : 'yes, sends nothing') : 'no',
        text(policy ?? '–'),
        text(nameServers.join(', ')) || '–',
      ]),
    ),
    tableOf(
      'Hosts',
      'hosts',
      ['Host', 'Greets as', 'Sends from', 'Software'],
      hosts
        .filter(({ status }) => status === 'audited')
        .map(({ name, helo, addresses, software }) => [
          text(name),
          text(helo ?? '–'),
          text(addresses.join(', ')) || '–',
          text(software.join(', ')) || '–',
        ]),
    ),
  ].join('\n')
}
