// A plan for DNS, for people: what comes and goes by zone and name, why, and which servers lag.
import type { DnsPlan, PlannedRecord } from '../dns/plan-dns.ts'
import type { NotServed } from '../dns/served-everywhere.ts'
import { shownServer } from '../dns/name-server.ts'
import type { Pushed } from '../dns/push-dns.ts'
import { laggingViews } from '../dns/lagging-views.ts'
import type { RecordFinding } from '../mail/record-finding.ts'
import type { Colours } from './colour.ts'
import { harmlessLine } from './harmless.ts'

/** Served records are only counted. */
export function dnsPlanText({ records, findings }: Pick<DnsPlan, 'records' | 'findings'>, paint: Colours): string {
  const zones = new Map<string, PlannedRecord[]>()
  for (const each of records) zones.set(each.zone?.zone ?? '', [...(zones.get(each.zone?.zone ?? '') ?? []), each])
  const blocks = [...zones].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, those]) => zoneText(name, those, paint))
  const told = findings.map((each) => findingText(each, paint)).join('')
  return [...blocks, ...(told === '' ? [] : [told]), `${dnsCountsText(records)}\n`].join('\n')
}

function zoneText(name: string, records: readonly PlannedRecord[], paint: Colours): string {
  const [{ zone }] = records as readonly [PlannedRecord, ...PlannedRecord[]]
  const servers =
    zone === undefined
      ? ''
      : `  ${zone.servers.map(shownServer).join(', ')}${zone.primary !== undefined && !zone.servers.includes(zone.primary) ? `; updates go to ${shownServer(zone.primary)}` : ''}`
  return `${paint.strong(name === '' ? 'no zone is known for' : name)}${paint.faint(servers)}\n${records.map((each) => recordText(each, paint)).join('')}`
}

function recordText(planned: PlannedRecord, paint: Colours): string {
  const { record } = planned
  const head = `${record.name} ${record.type}`
  const why = paint.faint(`      ${harmlessLine(record.why.join('; '))}\n`)
  switch (planned.kind) {
    case 'served': {
      return laggingViews(planned)
        .map(
          ({ server, answer }) =>
            `  ${paint.doubtful('!')} ${head}: ${shownServer(server)} ${answer.kind === 'failed' ? `gives no answer that counts: ${answer.why}` : 'does not serve it yet'}\n`,
        )
        .join('')
    }
    case 'others':
      return planned.served
        ? ''
        : `  ${paint.doubtful('?')} ${head}: ask whoever runs that zone for it\n      ${harmlessLine(record.value)}\n${why}`
    case 'blocked':
      return `  ${paint.bad('x')} ${head}: cannot be put there: ${harmlessLine(planned.why)}\n      ${harmlessLine(record.value)}\n`
    case 'unanswered':
      return `  ${paint.bad('x')} ${head}: left alone: ${harmlessLine(planned.why)}\n`
    case 'change': {
      const { before, remove, add, kept, ttl } = planned.change
      const sign = before === undefined ? paint.good('+') : paint.changed('~')
      const ttlText = before !== undefined && before.ttl !== ttl ? `ttl ${before.ttl} -> ${ttl}` : `ttl ${ttl}`
      return [
        `  ${sign} ${head}  ${paint.faint(ttlText)}\n`,
        ...remove.map(({ text }) => `    ${paint.bad(`- ${text}`)}\n`),
        ...add
          .filter(({ text }) => !before?.rdata.some((each) => each.text === text))
          .map(({ text }) => `    ${paint.good(`+ ${text}`)}\n`),
        ...kept.map(({ text }) => paint.faint(`      ${text} (of others, stays)\n`)),
        why,
      ].join('')
    }
  }
}

const findingText = ({ id, severity, message, remedy }: RecordFinding, paint: Colours): string =>
  `${(severity === 'error' ? paint.bad : severity === 'warning' ? paint.doubtful : paint.faint)(severity)} ${id}: ${harmlessLine(message)}; ${harmlessLine(remedy)}\n`

/** `2 to add, 0 to change, 6 as they are to be` */
export function dnsCountsText(records: readonly PlannedRecord[]): string {
  const of = (kind: PlannedRecord['kind']): number => records.filter((each) => each.kind === kind).length
  const changes = records.flatMap((each) => (each.kind === 'change' ? [each.change] : []))
  const fresh = changes.filter(({ before }) => before === undefined).length
  const open = records.filter((each) => each.kind === 'others' && !each.served).length
  return [
    `${fresh} to add`,
    `${changes.length - fresh} to change`,
    `${of('served') + of('others') - open} as they are to be`,
    ...(open > 0 ? [`${open} for others to publish`] : []),
    ...(of('blocked') > 0 ? [`${of('blocked')} that cannot be put there`] : []),
    ...(of('unanswered') > 0 ? [`${of('unanswered')} left alone, for nobody tells what is there`] : []),
  ].join(', ')
}

/** A line for each update; what failed in the same way is told together. */
export function pushedText(pushed: readonly Pushed[], paint: Colours): string {
  const titleOf = ({ change: { record } }: Pushed): string => `${record.name} ${record.type}`
  const done = pushed
    .filter(({ outcome }) => outcome.kind === 'done')
    .map((each) => `${paint.changed('pushed')}  ${titleOf(each)}\n`)
  const faults = new Map<string, string[]>()
  for (const each of pushed) {
    if (each.outcome.kind === 'done') continue
    const head = `${each.outcome.kind === 'outdated' ? 'outdated' : 'failed'}  ${each.zone}: ${harmlessLine(each.outcome.why)}`
    faults.set(head, [...(faults.get(head) ?? []), titleOf(each)])
  }
  return `${done.join('')}${[...faults].map(([head, titles]) => `${paint.bad(head)}\n${titles.map((title) => `    ${title}\n`).join('')}`).join('')}`
}

/** Servers that lag, with what they serve. */
export function notServedText(missing: readonly NotServed[], asked: number, paint: Colours): string {
  if (missing.length === 0) return `${paint.good('served')}  all ${asked} records, by every name server\n`
  const lines = missing.map(
    ({ record, server, why, serial }) =>
      `${paint.bad('not served')}  ${record.name} ${record.type}: ${server === undefined ? '' : `${shownServer(server)} `}${harmlessLine(why)}${serial === undefined ? '' : paint.faint(`  (its SOA serial is ${serial})`)}\n`,
  )
  return `${lines.join('')}${asked - new Set(missing.map(({ record }) => record)).size} of ${asked} records are served by every name server\n`
}
