// The plain tables of an audit's page: hosts that were not audited, stale entries of the baseline, domains, hosts.
import type { AuditReport } from '../../audit/audit-report.ts'
import { code, htmlJoined, type HtmlText, page, text } from '../write/html.ts'
import { SIGNS } from './words.ts'

function tableOf(
  title: string,
  id: string,
  heads: readonly string[],
  rows: readonly (readonly HtmlText[])[],
): HtmlText {
  if (rows.length === 0) return page``
  const head = htmlJoined(heads.map((each) => page`<th scope="col">${text(each)}</th>`))
  const body = rows.map(([first = page``, ...rest]) => {
    const cells = htmlJoined(rest.map((cell) => page`<td>${cell}</td>`))
    return page`<tr><th scope="row">${first}</th>${cells}</tr>`
  })
  const region = page`<div class="scroll" role="region" aria-labelledby="${text(id)}" tabindex="0">`
  return page`<h2 id="${text(id)}">${text(title)}</h2>
${region}<table><thead><tr>${head}</tr></thead>
<tbody>${htmlJoined(body, page`\n`)}</tbody></table></div>`
}

export const lostOf = ({ hosts }: AuditReport): HtmlText =>
  tableOf(
    'Hosts that were not audited',
    'lost',
    ['Host', 'Status', 'Why'],
    hosts
      .filter(({ error }) => error !== undefined)
      .map(({ name, status, error }) => [
        text(name),
        page`<span class="unknown">${text(`${SIGNS.unknown.sign} ${status}`)}</span>`,
        text(error!),
      ]),
  )

export const staleOf = ({ stale }: AuditReport): HtmlText =>
  tableOf(
    'Baseline',
    'stale',
    ['Entry', 'Finding', 'State'],
    stale.map(({ where, id, why }) => [
      text(where),
      code(id),
      text(why === 'expired' ? 'has expired, and accepts nothing any more' : 'is found no more: take it out'),
    ]),
  )

export function fleetOf({ hosts, domains }: AuditReport): HtmlText {
  const tables = [
    tableOf(
      'Domains',
      'domains',
      ['Domain', 'In the inventory', 'Policy (DMARC)', 'Name servers'],
      domains.map(({ domain, declared, sends, policy, nameServers }) => [
        text(domain),
        text(declared ? (sends ? 'yes' : 'yes, sends nothing') : 'no'),
        text(policy ?? '–'),
        text(nameServers.join(', ') || '–'),
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
          text(addresses.join(', ') || '–'),
          text(software.join(', ') || '–'),
        ]),
    ),
  ]
  return htmlJoined(tables, page`\n`)
}
