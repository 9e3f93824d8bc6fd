// Writes a plan for DNS for people: what is added and removed by zone and name, why, and which servers are late.
import type { Look } from '../screen.ts'
import { wrappedText } from '../write/wrap.ts'
import type { DnsPlan, PlannedRecord } from '../../dns/plan/plan-dns.ts'
import type { NotServed } from '../../dns/served/served-everywhere.ts'
import { shownServer } from '../../dns/lookup/name-server.ts'
import type { Pushed } from '../../dns/push/push-dns.ts'
import { laggingViews } from '../../dns/plan/lagging-views.ts'
import type { Finding } from '../../findings/finding.ts'
import type { Colours } from '../write/colour.ts'
import { count, placeList } from '../write/name-list.ts'
import { asLines, EMPTY, joined, said, term, type TerminalText } from '../write/terminal.ts'
import type { Stream } from '../screen.ts'

export interface ShownPlan extends Pick<DnsPlan, 'records' | 'findings'> {
  /** What is not among the records, for hosts did not tell: in words. Left out: nothing. */
  readonly unseen?: readonly string[]
}

/** Served records are only counted. */
export function dnsPlanText({ records, findings, unseen = [] }: ShownPlan, { columns, paint }: Look): TerminalText {
  const zones = new Map<string, PlannedRecord[]>()
  for (const each of records) zones.set(each.zone?.zone ?? '', [...(zones.get(each.zone?.zone ?? '') ?? []), each])
  const blocks = [...zones].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, those]) => zoneText(name, those, paint))
  const reported = joined(findings.map((each) => wrappedText(findingText(each, paint), columns)))
  return joined(
    [
      ...blocks,
      ...(findings.length === 0 ? [] : [reported]),
      wrappedText(term`${dnsCountsText(records, unseen)}\n`, columns),
    ],
    term`\n`,
  )
}

function zoneText(name: string, records: readonly PlannedRecord[], paint: Colours): TerminalText {
  const [{ zone }] = records as readonly [PlannedRecord, ...PlannedRecord[]]
  const title = paint.strong(name === '' ? term`no zone is known for` : said(name))
  const servers = paint.faint(zone === undefined ? EMPTY : term`  ${said(zoneServers(zone))}`)
  return term`${title}${servers}\n${joined(records.map((each) => recordText(each, paint)))}`
}

/** Those that serve the zone; the primary too where it is none of them. */
function zoneServers({ servers, primary }: NonNullable<PlannedRecord['zone']>): string {
  const served = servers.map(shownServer).join(', ')
  const isHidden = primary !== undefined && !servers.includes(primary)
  return isHidden ? `${served}; updates go to ${shownServer(primary)}` : served
}

function recordText(planned: PlannedRecord, paint: Colours): TerminalText {
  const { record } = planned
  const head = headOf(planned)
  const value = term`      ${said(record.value)}\n`
  const why = whyText(planned, paint)
  switch (planned.kind) {
    case 'served':
      return laggingText(planned, paint)
    case 'others':
      if (planned.served) return EMPTY
      return term`  ${paint.doubtful(term`?`)} ${head}: ask whoever runs that zone for it\n${value}${why}`
    case 'blocked':
      if (planned.unreadable === true) return term`  ${paint.bad(term`x`)} ${head}: left alone: ${said(planned.why)}\n`
      return term`  ${paint.bad(term`x`)} ${head}: cannot be put there: ${said(planned.why)}\n${value}`
    case 'unanswered':
      return term`  ${paint.bad(term`x`)} ${head}: left alone: ${said(planned.why)}\n`
    case 'change':
      return changeText(planned, paint)
  }
}

type Planned<Kind extends PlannedRecord['kind']> = Extract<PlannedRecord, { readonly kind: Kind }>

const titleOf = ({ name, type }: PlannedRecord['record']): TerminalText => said(`${name} ${type}`)
const headOf = ({ record }: PlannedRecord): TerminalText => titleOf(record)

const whyText = ({ record }: PlannedRecord, paint: Colours): TerminalText =>
  paint.faint(term`      ${said(record.why.join('; '))}\n`)

function laggingText(planned: Planned<'served'>, paint: Colours): TerminalText {
  const lines = laggingViews(planned).map(({ server, answer }) => {
    const what = answer.kind === 'failed' ? `gives no usable answer: ${answer.why}` : 'does not serve it yet'
    return term`  ${paint.doubtful(term`!`)} ${headOf(planned)}: ${said(`${shownServer(server)} ${what}`)}\n`
  })
  return joined(lines)
}

function changeText(planned: Planned<'change'>, paint: Colours): TerminalText {
  const { before, remove, add, kept, ttl } = planned.change
  const sign = before === undefined ? paint.good(term`+`) : paint.changed(term`~`)
  const ttlText = before !== undefined && before.ttl !== ttl ? term`ttl ${before.ttl} -> ${ttl}` : term`ttl ${ttl}`
  const fresh = add.filter(({ text }) => !before?.rdata.some((each) => each.text === text))
  return joined([
    term`  ${sign} ${headOf(planned)}  ${paint.faint(ttlText)}\n`,
    ...remove.map(({ text }) => term`    ${paint.bad(term`- ${said(text)}`)}\n`),
    ...fresh.map(({ text }) => term`    ${paint.good(term`+ ${said(text)}`)}\n`),
    ...kept.map(({ text }) => paint.faint(term`      ${said(text)} (of others, stays)\n`)),
    whyText(planned, paint),
  ])
}

function findingText({ id, severity, message, remedy }: Finding, paint: Colours): TerminalText {
  const colour = { error: paint.bad, unknown: paint.doubtful, warning: paint.doubtful, note: paint.faint }[severity]
  return term`${colour(said(severity))} ${said(id)}: ${said(message)}; ${said(remedy)}\n`
}

/**
 * `2 to add, 0 to change, 6 as they are to be`; what was not seen is counted as none of these.
 *
 * @param unseen - as {@link ShownPlan} has it
 */
export function dnsCountsText(records: readonly PlannedRecord[], unseen: readonly string[] = []): TerminalText {
  if (records.every(({ kind }) => kind === 'unanswered') && records.length + unseen.length > 0) {
    const left = records.length === 0 ? [] : [`${count(records.length, 'record')}, for nobody tells what is there`]
    return said(`nothing could be seen: ${placeList([...left, ...unseen])}`)
  }
  return joined([countsText(records), ...unseenText(unseen)], term`; `)
}

const unseenText = (unseen: readonly string[]): readonly TerminalText[] =>
  unseen.length === 0 ? [] : [said(`not seen: ${placeList(unseen)}`)]

function countsText(records: readonly PlannedRecord[]): TerminalText {
  const of = (kind: PlannedRecord['kind']): number => records.filter((each) => each.kind === kind).length
  const changes = records.flatMap((each) => (each.kind === 'change' ? [each.change] : []))
  const fresh = changes.filter(({ before }) => before === undefined).length
  const open = records.filter((each) => each.kind === 'others' && !each.served).length
  const counts = [
    term`${fresh} to add`,
    term`${changes.length - fresh} to change`,
    term`${of('served') + of('others') - open} as they are to be`,
    ...(open > 0 ? [term`${open} for others to publish`] : []),
    ...(of('blocked') > 0 ? [term`${of('blocked')} that cannot be put there`] : []),
    ...(of('unanswered') > 0 ? [term`${of('unanswered')} left alone, for nobody tells what is there`] : []),
  ]
  return joined(counts, term`, `)
}

/** A line for each update; what failed in the same way is reported together. */
export function pushedText(pushed: readonly Pushed[], paint: Colours): TerminalText {
  const done = pushed
    .filter(({ outcome }) => outcome.kind === 'done')
    .map(({ change: { record } }) => term`${paint.changed(term`pushed`)}  ${titleOf(record)}\n`)
  const faults = new Map<TerminalText, TerminalText[]>()
  for (const each of pushed) {
    const { outcome, zone } = each
    if (outcome.kind === 'done') continue
    const word = outcome.kind === 'outdated' ? 'outdated' : 'failed'
    const head = said(`${word}  ${zone}: ${outcome.why}`)
    faults.set(head, [...(faults.get(head) ?? []), titleOf(each.change.record)])
  }
  const failed = [...faults].map(([head, titles]) =>
    asLines([paint.bad(head), ...titles.map((title) => term`    ${title}`)]),
  )
  return joined([...done, ...failed])
}

/** Servers that lag, with what they serve. @param unseen - as {@link ShownPlan} has it */
export function notServedText(
  missing: readonly NotServed[],
  asked: number,
  paint: Colours,
  unseen: readonly string[] = [],
): TerminalText {
  if (asked === 0 && unseen.length > 0) return term`${said(`nothing could be seen: ${placeList(unseen)}`)}\n`
  const more = joined(unseenText(unseen).map((text) => term`${text}\n`))
  if (missing.length === 0)
    return term`${paint.good(term`served`)}  all ${asked} records, by every name server\n${more}`
  const lines = missing.map(({ record, server, why, serial }) => {
    const who = server === undefined ? EMPTY : term`${said(shownServer(server))} `
    const version = serial === undefined ? EMPTY : paint.faint(term`  (its SOA serial is ${serial})`)
    return term`${paint.bad(term`not served`)}  ${titleOf(record)}: ${who}${said(why)}${version}\n`
  })
  const served = asked - new Set(missing.map(({ record }) => record)).size
  return term`${joined(lines)}${served} of ${asked} records are served by every name server\n${more}`
}

/** A line for each look, where somebody waits at a terminal. */
export function tellWaiting(missing: readonly NotServed[], notes: Stream<TerminalText>): void {
  if (notes.isTerminal)
    notes.write(term`waiting for ${new Set(missing.map(({ server }) => server?.name)).size} name servers\n`)
}
