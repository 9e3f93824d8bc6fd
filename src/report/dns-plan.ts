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
  const title = paint.strong(name === '' ? 'no zone is known for' : name)
  const servers = paint.faint(zone === undefined ? '' : `  ${zoneServers(zone)}`)
  return `${title}${servers}\n${records.map((each) => recordText(each, paint)).join('')}`
}

/** Those that serve the zone; the primary too where it is none of them. */
function zoneServers({ servers, primary }: NonNullable<PlannedRecord['zone']>): string {
  const served = servers.map(shownServer).join(', ')
  const isHidden = primary !== undefined && !servers.includes(primary)
  return isHidden ? `${served}; updates go to ${shownServer(primary)}` : served
}

function recordText(planned: PlannedRecord, paint: Colours): string {
  const { record } = planned
  const head = headOf(planned)
  const value = `      ${harmlessLine(record.value)}\n`
  switch (planned.kind) {
    case 'served':
      return laggingText(planned, paint)
    case 'others':
      if (planned.served) return ''
      return `  ${paint.doubtful('?')} ${head}: ask whoever runs that zone for it\n${value}${whyText(planned, paint)}`
    case 'blocked':
      return `  ${paint.bad('x')} ${head}: cannot be put there: ${harmlessLine(planned.why)}\n${value}`
    case 'unanswered':
      return `  ${paint.bad('x')} ${head}: left alone: ${harmlessLine(planned.why)}\n`
    case 'change':
      return changeText(planned, paint)
  }
}

type Planned<Kind extends PlannedRecord['kind']> = Extract<PlannedRecord, { readonly kind: Kind }>

const headOf = ({ record }: PlannedRecord): string => `${record.name} ${record.type}`

const whyText = ({ record }: PlannedRecord, paint: Colours): string =>
  paint.faint(`      ${harmlessLine(record.why.join('; '))}\n`)

function laggingText(planned: Planned<'served'>, paint: Colours): string {
  const lines = laggingViews(planned).map(({ server, answer }) => {
    const what = answer.kind === 'failed' ? `gives no answer that counts: ${answer.why}` : 'does not serve it yet'
    return `  ${paint.doubtful('!')} ${headOf(planned)}: ${shownServer(server)} ${what}\n`
  })
  return lines.join('')
}

function changeText(planned: Planned<'change'>, paint: Colours): string {
  const { before, remove, add, kept, ttl } = planned.change
  const sign = before === undefined ? paint.good('+') : paint.changed('~')
  const ttlText = before !== undefined && before.ttl !== ttl ? `ttl ${before.ttl} -> ${ttl}` : `ttl ${ttl}`
  const fresh = add.filter(({ text }) => !before?.rdata.some((each) => each.text === text))
  return [
    `  ${sign} ${headOf(planned)}  ${paint.faint(ttlText)}\n`,
    ...remove.map(({ text }) => `    ${paint.bad(`- ${text}`)}\n`),
    ...fresh.map(({ text }) => `    ${paint.good(`+ ${text}`)}\n`),
    ...kept.map(({ text }) => paint.faint(`      ${text} (of others, stays)\n`)),
    whyText(planned, paint),
  ].join('')
}

function findingText({ id, severity, message, remedy }: RecordFinding, paint: Colours): string {
  const colour = { error: paint.bad, warning: paint.doubtful, note: paint.faint }[severity]
  return `${colour(severity)} ${id}: ${harmlessLine(message)}; ${harmlessLine(remedy)}\n`
}

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
    const { outcome, zone } = each
    if (outcome.kind === 'done') continue
    const word = outcome.kind === 'outdated' ? 'outdated' : 'failed'
    const head = `${word}  ${zone}: ${harmlessLine(outcome.why)}`
    faults.set(head, [...(faults.get(head) ?? []), titleOf(each)])
  }
  const failed = [...faults].map(([head, titles]) =>
    [`${paint.bad(head)}\n`, ...titles.map((title) => `    ${title}\n`)].join(''),
  )
  return [...done, ...failed].join('')
}

/** Servers that lag, with what they serve. */
export function notServedText(missing: readonly NotServed[], asked: number, paint: Colours): string {
  if (missing.length === 0) return `${paint.good('served')}  all ${asked} records, by every name server\n`
  const lines = missing.map(({ record, server, why, serial }) => {
    const who = server === undefined ? '' : `${shownServer(server)} `
    const version = serial === undefined ? '' : paint.faint(`  (its SOA serial is ${serial})`)
    return `${paint.bad('not served')}  ${record.name} ${record.type}: ${who}${harmlessLine(why)}${version}\n`
  })
  const served = asked - new Set(missing.map(({ record }) => record)).size
  return `${lines.join('')}${served} of ${asked} records are served by every name server\n`
}
