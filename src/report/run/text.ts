// `--format text` of a run, for people: what changed where, and why something failed.
import type { DnsEvent, Publication } from '../../dns/push/publication.ts'
import type { HostResult, HostStatus, RunEvent, RunResult } from '../../core/run-event.ts'
import { paintOf, type Colours } from '../write/colour.ts'
import { isDnsEvent, type RunFormat, type RunOptions } from './format.ts'
import { live } from './live.ts'
import { tellLongChanges } from './long-changes.ts'
import { count, nameList } from '../write/name-list.ts'
import type { Out, Terminal } from '../screen.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { profileLines } from './profile.ts'
import { recap, sum, wordOf } from './recap.ts'
import { taskLines } from './task-lines.ts'
import { dnsLines, publicationLines } from './publication.ts'
import { asLines, EMPTY, indented, printed, said, term, type TerminalText } from '../write/terminal.ts'
import { wrappedLines } from '../write/wrap.ts'
import { recordsIn, zoneLines, type ShownRecord } from './zone-lines.ts'

export const format: RunFormat = {
  language: 'terminal',
  about: 'people: what changed where, and why something failed',
  open: (options, { out }) =>
    textReporter({ ...options, paint: out.paint, terminal: out.canRedraw ? out : undefined }, out),
}

export interface TextOptions extends RunOptions {
  readonly paint: Colours
  /** Live lines are drawn there; `undefined` in a pipe. */
  readonly terminal: Terminal | undefined
}

/**
 * @example
 * const paint = colours(false)
 * const report = textReporter({ diff: true, verbose: false, paint, terminal: undefined }, process.stdout)
 */
export function textReporter(options: TextOptions, out: Out): (event: RunEvent | DnsEvent) => void {
  const { paint } = options
  const foot = options.terminal ? live(options.terminal, paint) : undefined
  const long = foot ? undefined : tellLongChanges((line) => print([paint.faint(line)]))
  const began = performance.now()
  const fleet = { hosts: 0, left: 0 }
  let start = 0
  let dns: Publication | undefined
  const print = (lines: readonly TerminalText[]): void => {
    if (lines.length === 0) return
    const text = asLines(lines)
    if (foot) foot.print(text)
    else out.write(text)
  }
  return (event) => {
    if (event.kind === 'run-start') {
      fleet.hosts = fleet.left = event.hosts.length
      start = performance.now() / 1000
    }
    if (event.kind === 'host-end') fleet.left -= 1
    if (event.kind === 'dns-end') dns = event.publication
    if (event.kind === 'run-end') {
      foot?.close()
      long?.stop()
      const profile = options.verbose || options.profile === true ? profileLines(event.result.hosts, start, paint) : []
      out.write(asLines(endLines(event.result, dns, profile, (performance.now() - began) / 1000, options, paint)))
      return
    }
    const look = { columns: options.terminal?.columns, paint }
    if (isDnsEvent(event)) return print(dnsLines(event, look))
    foot?.see(event)
    long?.see(event)
    const lines = eventLines(event, fleet, options, paint)
    // What a change prints is not ours to break.
    print(event.kind === 'change-output' ? lines : wrappedLines(lines, look.columns))
  }
}

interface FleetCount {
  readonly hosts: number
  /** Of them, those that are still at work, or to come. */
  readonly left: number
}

/** What is reported the moment it happens. */
function eventLines(event: RunEvent, fleet: FleetCount, options: TextOptions, paint: Colours): readonly TerminalText[] {
  switch (event.kind) {
    case 'run-start': {
      const what = `${event.playbook}${event.check ? ', check only,' : ''}`
      return [paint.strong(said(`${what} on ${count(event.hosts.length, 'host')}`))]
    }
    case 'host-waiting':
      return [paint.doubtful(said(`${event.host}: waits for another run: ${event.holder}`))]
    case 'host-parked':
      return [paint.doubtful(said(`${event.host}: ${event.why}`))]
    case 'host-facts':
      return options.verbose ? [paint.faint(said(`${event.host}: facts: ${JSON.stringify(event.facts)}`))] : []
    case 'host-note':
      return [paint.doubtful(said(`${event.host}: ${event.note}`))]
    case 'change-start':
      return options.verbose ? [term`${changeText(event)} …`] : []
    case 'change-end': {
      const outcome = event.code === 0 ? paint.good(term`done`) : paint.bad(term`exit status ${event.code}`)
      return options.verbose ? [term`${changeText(event)}: ${outcome}`] : []
    }
    case 'change-output':
      return options.verbose ? [paint.faint(term`${said(event.host)} | ${printed(event.line)}`)] : []
    case 'host-end':
      return hostEndLines(event, fleet, options, paint)
    case 'interrupted': {
      const hosts =
        event.busy.length === 0 ? 'nothing is at work' : `the change in hand is finished on ${nameList(event.busy)}`
      return [paint.doubtful(said(`interrupted: nothing more starts; ${hosts}. Ctrl-C again leaves at once.`))]
    }
    default:
      return []
  }
}

type EventOf<Kind extends RunEvent['kind']> = Extract<RunEvent, { readonly kind: Kind }>

const changeText = ({ host, type, task, summary }: EventOf<'change-start'> | EventOf<'change-end'>): TerminalText =>
  said(`${host}: ${type} ${task}: ${summary}`)

/** Hosts that are as they are to be. */
const DONE: readonly HostStatus[] = ['ok', 'changed', 'would-change', 'held']

function hostEndLines(
  { host, result: { status, error } }: EventOf<'host-end'>,
  { hosts, left }: FleetCount,
  { verbose, terminal }: TextOptions,
  paint: Colours,
): readonly TerminalText[] {
  const line = term`${said(host)}: ${paintOf(paint, status)(wordOf(status))}`
  // In a pipe these lines are all that tells of progress; on a terminal the live lines do.
  if (DONE.includes(status)) return verbose || (terminal === undefined && hosts > 1) ? [line] : []
  // In full at the end; this tells early while other hosts are still at work.
  if (left === 0) return []
  const why = error && error !== status ? term`: ${said(error.split('\n')[0]!)}` : EMPTY
  return [term`${line}${why}`]
}

function endLines(
  result: RunResult,
  dns: Publication | undefined,
  profile: readonly TerminalText[],
  seconds: number,
  options: TextOptions,
  paint: Colours,
): readonly TerminalText[] {
  const { hosts } = result
  const columns = options.terminal?.columns
  const prose = (lines: readonly TerminalText[]): readonly TerminalText[] => wrappedLines(lines, columns)
  const section = (head: TerminalText, lines: readonly TerminalText[]): readonly TerminalText[] =>
    lines.length === 0 ? [] : [EMPTY, ...prose([head]), ...lines]
  const tasks = (
    status: 'ok' | 'changed' | 'would-change' | 'held' | 'assumed' | 'unknown',
    head: string,
  ): readonly TerminalText[] =>
    section(paintOf(paint, status)(said(head)), taskLines(hosts, status, { ...options, columns }, paint))
  return [
    ...(options.verbose ? tasks('ok', 'ok') : []),
    ...tasks('changed', 'changed'),
    ...tasks('would-change', 'would change'),
    ...tasks('held', 'held back'),
    ...section(paint.doubtful(term`waits for DNS`), awaitedLines(hosts, paint)),
    ...tasks('assumed', 'cannot be known before what it waits for is done'),
    ...tasks('unknown', 'unknown: begun, and not known whether it was done; the next run finds out'),
    ...section(paint.doubtful(term`warnings`), prose(warningLines(hosts, paint))),
    ...(dns === undefined ? section(paint.head(term`DNS records`), recordLines(hosts, options.verbose)) : []),
    ...section(paint.head(term`outputs`), otherOutputs(hosts)),
    ...(dns === undefined ? [] : publicationLines(dns, paint)),
    ...(['interrupted', 'unreachable', 'failed'] as const).flatMap((status) =>
      section(paintOf(paint, status)(wordOf(status)), prose(troubleLines(hosts, status, paint))),
    ),
    ...section(
      paint.doubtful(wordOf('not-reached')),
      troubleLines(
        hosts.filter(({ error }) => error !== undefined),
        'not-reached',
        paint,
      ),
    ),
    ...section(paint.head(term`where the time of a host went`), profile),
    EMPTY,
    ...prose([...recap(hosts, paint), sum(hosts, seconds, paint), ...advice(result, dns !== undefined).map(said)]),
  ]
}

/** Equal ones of several hosts are reported once. */
function warningLines(hosts: readonly HostResult[], paint: Colours): readonly TerminalText[] {
  const all = hosts.flatMap(({ name, tasks }) =>
    tasks.flatMap(({ type, name: task, warning }) =>
      warning === undefined ? [] : [{ name, text: `${type} ${task}: ${warning}` }],
    ),
  )
  return [...new Set(all.map(({ text }) => text))].flatMap((text) => {
    const names = all.filter((each) => each.text === text).map(({ name }) => name)
    const [first, ...more] = indented(text, EMPTY)
    return [term`  ${paint.strong(said(nameList(names)))}: ${first!}`, ...more.map((line) => term`    ${line}`)]
  })
}

/** Equal troubles of several hosts are reported once. */
function troubleLines(
  hosts: readonly HostResult[],
  status: HostResult['status'],
  paint: Colours,
): readonly TerminalText[] {
  const troubles = new Map<string, string[]>()
  for (const host of hosts) {
    if (host.status !== status || host.error === status) continue
    const why = host.error ?? 'no reason given'
    const names = troubles.get(why)
    if (names) names.push(host.name)
    else troubles.set(why, [host.name])
  }
  return [...troubles].flatMap(([why, names]) => {
    const [first, ...more] = indented(why, EMPTY)
    return [term`  ${paint.strong(said(nameList(names)))}: ${first!}`, ...more.map((line) => term`    ${line}`)]
  })
}

/** Reasons that records of several hosts have in common are reported once. */
function awaitedLines(hosts: readonly HostResult[], paint: Colours): readonly TerminalText[] {
  const all = hosts.flatMap(({ tasks }) => tasks.flatMap(({ awaits = [] }) => awaits))
  return [...groupedBy(all, ({ why }) => why)].map(([why, records]) => {
    const names = [...new Set(records.map(({ name }) => name))]
    return term`  ${paint.strong(said(nameList(names)))}: ${said(why)}`
  })
}

/**
 * Those that are new or changed, or waited for; of the others how many there are, for with many hosts they would bury
 * all else.
 */
function recordLines(hosts: readonly HostResult[], all: boolean): readonly TerminalText[] {
  const reported = hosts.flatMap((host) => recordsIn(host.outputs['dns']).map((record) => ({ record, host })))
  const asksForReports = ({ record, host }: (typeof reported)[number]): boolean =>
    all || !isAsBefore(record, host) || isAwaited(record, host)
  const shown = zoneLines(reported.filter(asksForReports).map(({ record }) => record))
  const others = reported.filter((each) => !asksForReports(each)).length
  const rest = `${count(others, 'record')} as before: mailrun dns plan -i … --format zone prints them`
  return [...new Set(shown.map(said)), ...(others === 0 ? [] : [said(rest)])]
}

/** Whether the task that makes what the record tells, and has its name, found it as it is to be. */
const isAsBefore = ({ name, value }: ShownRecord, { tasks }: HostResult): boolean =>
  value !== null && tasks.some((task) => task.name === name && task.status === 'ok')

const isAwaited = ({ name }: ShownRecord, { tasks }: HostResult): boolean =>
  tasks.some(({ awaits = [] }) => awaits.some((each) => each.name === name))

/** Whether a record that is waited for is known, and so can be published. */
const isToPublish = (host: HostResult): boolean =>
  recordsIn(host.outputs['dns']).some((record) => record.value !== null && isAwaited(record, host))

function otherOutputs(hosts: readonly HostResult[]): readonly TerminalText[] {
  return hosts.flatMap(({ name, outputs }) =>
    Object.entries(outputs)
      .filter(([key, value]) => !(key === 'dns' && isOfRecords(value)))
      .map(([key, value]) => term`  ${said(`${name}  ${key}: ${JSON.stringify(value)}`)}`),
  )
}

/** Whether an output `dns` holds records, or none. */
function isOfRecords(value: unknown): boolean {
  if (value === null) return true
  return recordsIn(value).length > 0 || (Array.isArray(value) && value.length === 0)
}

/** Characters of a `--limit` that one would still copy. */
const LIMIT_AT_MOST = 500

const TO_PUBLISH =
  'Publish the DNS records above: by hand, or with mailrun dns push -i …; ' +
  'mailrun dns verify -i … --wait 600 waits until every name server serves them.'

const NOT_DONE: readonly HostStatus[] = ['failed', 'unreachable', 'interrupted', 'not-reached']

/** What to do now. */
function advice({ hosts, check }: RunResult, publishes: boolean): readonly string[] {
  const isHeld = hosts.some(({ status }) => status === 'held')
  const isForPeople = !publishes && hosts.some(isToPublish)
  const held = [
    ...(isHeld && isForPeople ? [TO_PUBLISH] : []),
    ...(isHeld ? ['What is held back is done by the next run after DNS serves it.'] : []),
  ]
  const again = hosts.filter(({ status }) => NOT_DONE.includes(status)).map(({ name }) => name)
  if (again.length === 0) return held
  const what = check ? 'Check' : 'Run'
  const mended = hosts.some(({ status }) => status === 'failed' || status === 'unreachable')
    ? ' once that is corrected'
    : ' to finish'
  const limit = again.join(',')
  if (again.length === hosts.length || limit.length > LIMIT_AT_MOST) return [...held, `${what} again${mended}.`]
  return [...held, `${what} again${mended}, for these: --limit ${limit}`]
}
