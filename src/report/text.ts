// `--format text`: what a person reads. One glance tells what changed where, and why something failed.
import type { DnsEvent, Publication } from '../dns/publication.ts'
import type { HostResult, HostStatus, RunEvent, RunResult } from '../model/run-event.ts'
import { colours, paintOf, type Colours } from './colour.ts'
import { harmless, harmlessLine } from './harmless.ts'
import { live, type Terminal } from './live.ts'
import { count, nameList } from './name-list.ts'
import type { Out } from './out.ts'
import { recap, sum, wordOf } from './recap.ts'
import { indented, taskLines } from './task-lines.ts'
import { dnsLines, isDnsEvent, publicationLines } from './publication.ts'
import { recordsIn, zoneLines } from './zone-lines.ts'

export interface TextOptions {
  readonly diff: boolean
  readonly verbose: boolean
  readonly colour: boolean
  /** Live lines are drawn there; `undefined` in a pipe. */
  readonly terminal: Terminal | undefined
}

/**
 * @example
 * const report = textReporter({ diff: true, verbose: false, colour: false, terminal: undefined }, process.stdout)
 */
export function textReporter(options: TextOptions, out: Out): (event: RunEvent | DnsEvent) => void {
  const paint = colours(options.colour)
  const foot = options.terminal ? live(options.terminal, paint) : undefined
  const began = performance.now()
  const left = { hosts: 0 }
  let dns: Publication | undefined
  const print = (lines: readonly string[]): void => {
    if (lines.length === 0) return
    const text = lines.map((line) => `${line}\n`).join('')
    if (foot) foot.print(text)
    else out.write(text)
  }
  return (event) => {
    if (event.kind === 'run-start') left.hosts = event.hosts.length
    if (event.kind === 'host-end') left.hosts -= 1
    if (event.kind === 'dns-end') dns = event.publication
    if (event.kind === 'run-end') {
      foot?.close()
      out.write(
        endLines(event.result, dns, (performance.now() - began) / 1000, options, paint)
          .map((line) => `${line}\n`)
          .join(''),
      )
      return
    }
    if (isDnsEvent(event)) return print(dnsLines(event, paint))
    foot?.see(event)
    print(passingLines(event, left.hosts > 0, options, paint))
  }
}

/** What is told the moment it happens. */
function passingLines(event: RunEvent, othersToCome: boolean, options: TextOptions, paint: Colours): readonly string[] {
  switch (event.kind) {
    case 'run-start': {
      const what = `${harmlessLine(event.playbook)}${event.check ? ', check only,' : ''}`
      return [paint.strong(`${what} on ${count(event.hosts.length, 'host')}`)]
    }
    case 'host-waiting':
      return [paint.doubtful(`${event.host}: waits for another run: ${harmlessLine(event.holder)}`)]
    case 'host-parked':
      return [paint.doubtful(`${event.host}: ${harmlessLine(event.why)}`)]
    case 'host-note':
      return [paint.doubtful(`${event.host}: ${harmlessLine(event.note)}`)]
    case 'change-start':
      return options.verbose ? [`${changeText(event)} …`] : []
    case 'change-end': {
      const outcome = event.code === 0 ? paint.good('done') : paint.bad(`exit status ${event.code}`)
      return options.verbose ? [`${changeText(event)}: ${outcome}`] : []
    }
    case 'host-end':
      return hostEndLines(event, othersToCome, options, paint)
    case 'interrupted': {
      const hosts =
        event.busy.length === 0 ? 'nothing is at work' : `the change in hand is finished on ${nameList(event.busy)}`
      return [paint.doubtful(`interrupted: nothing more starts; ${hosts}. Ctrl-C again leaves at once.`)]
    }
    default:
      return []
  }
}

type EventOf<Kind extends RunEvent['kind']> = Extract<RunEvent, { readonly kind: Kind }>

const changeText = ({ host, type, task, summary }: EventOf<'change-start'> | EventOf<'change-end'>): string =>
  `${host}: ${harmlessLine(`${type} ${task}: ${summary}`)}`

/** Hosts that are as they are to be. */
const DONE: readonly HostStatus[] = ['ok', 'changed', 'would-change', 'held']

function hostEndLines(
  { host, result: { status, error } }: EventOf<'host-end'>,
  othersToCome: boolean,
  { verbose, terminal }: TextOptions,
  paint: Colours,
): readonly string[] {
  const line = `${host}: ${paintOf(paint, status)(wordOf(status))}`
  // In a pipe these lines are all that tells of progress; on a terminal the live lines do.
  if (DONE.includes(status)) return verbose || (terminal === undefined && othersToCome) ? [line] : []
  // In full at the end; this tells early while other hosts are still at work.
  if (!othersToCome) return []
  const why = error && error !== status ? `: ${harmlessLine(error.split('\n')[0]!)}` : ''
  return [`${line}${why}`]
}

function endLines(
  result: RunResult,
  dns: Publication | undefined,
  seconds: number,
  options: TextOptions,
  paint: Colours,
): readonly string[] {
  const { hosts } = result
  const section = (head: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', head, ...lines]
  const tasks = (
    status: 'ok' | 'changed' | 'would-change' | 'held' | 'assumed' | 'unknown',
    head: string,
  ): readonly string[] => section(paintOf(paint, status)(head), taskLines(hosts, status, options, paint))
  return [
    ...(options.verbose ? tasks('ok', 'ok') : []),
    ...tasks('changed', 'changed'),
    ...tasks('would-change', 'would change'),
    ...tasks('held', 'held back'),
    ...tasks('assumed', 'cannot be told before what it waits for is done'),
    ...tasks('unknown', 'unknown: begun, and not known whether it was done; the next run finds out'),
    ...section(paint.doubtful('warnings'), warningLines(hosts, paint)),
    ...(dns === undefined ? section(paint.head('DNS records'), recordLines(hosts)) : []),
    ...section(paint.head('outputs'), otherOutputs(hosts)),
    ...(dns === undefined ? [] : publicationLines(dns, paint)),
    ...(['interrupted', 'unreachable', 'failed'] as const).flatMap((status) =>
      section(paintOf(paint, status)(wordOf(status)), troubleLines(hosts, status, paint)),
    ),
    '',
    ...recap(hosts, paint),
    sum(hosts, seconds, paint),
    ...advice(result),
  ]
}

/** Equal ones of several hosts are told once. */
function warningLines(hosts: readonly HostResult[], paint: Colours): readonly string[] {
  const all = hosts.flatMap(({ name, tasks }) =>
    tasks.flatMap(({ type, name: task, warning }) =>
      warning === undefined ? [] : [{ name, text: harmless(`${type} ${task}: ${warning}`) }],
    ),
  )
  return [...new Set(all.map(({ text }) => text))].map(
    (text) => `  ${paint.strong(nameList(all.filter((each) => each.text === text).map(({ name }) => name)))}: ${text}`,
  )
}

/** Equal troubles of several hosts are told once. */
function troubleLines(hosts: readonly HostResult[], status: HostResult['status'], paint: Colours): readonly string[] {
  const troubles = new Map<string, string[]>()
  for (const host of hosts) {
    if (host.status !== status || host.error === status) continue
    const why = harmless(host.error ?? 'no reason given')
    const names = troubles.get(why)
    if (names) names.push(host.name)
    else troubles.set(why, [host.name])
  }
  return [...troubles].flatMap(([why, names]) => {
    const [first, ...more] = why.trimEnd().split('\n')
    return [
      `  ${paint.strong(nameList(names))}: ${first}`,
      ...(more.length > 0 ? indented(more.join('\n'), '    ') : []),
    ]
  })
}

function recordLines(hosts: readonly HostResult[]): readonly string[] {
  return [...new Set(hosts.flatMap(({ outputs }) => zoneLines(recordsIn(outputs['dns'])).map(harmlessLine)))]
}

function otherOutputs(hosts: readonly HostResult[]): readonly string[] {
  return hosts.flatMap(({ name, outputs }) =>
    Object.entries(outputs)
      .filter(([key, value]) => !(key === 'dns' && isOfRecords(value)))
      .map(([key, value]) => `  ${name}  ${harmlessLine(key)}: ${harmlessLine(JSON.stringify(value))}`),
  )
}

/** Whether an output `dns` holds records, or none. */
function isOfRecords(value: unknown): boolean {
  if (value === null) return true
  return recordsIn(value).length > 0 || (Array.isArray(value) && value.length === 0)
}

/** Characters of a `--limit` that one would still copy. */
const LIMIT_AT_MOST = 500

const NOT_DONE: readonly HostStatus[] = ['failed', 'unreachable', 'interrupted', 'not-reached']

/** What to do now. */
function advice({ hosts, check }: RunResult): readonly string[] {
  const held = hosts.some(({ status }) => status === 'held')
    ? ['What is held back is done by the next run after DNS serves it.']
    : []
  const again = hosts.filter(({ status }) => NOT_DONE.includes(status)).map(({ name }) => name)
  if (again.length === 0) return held
  const what = check ? 'Check' : 'Run'
  const mended = hosts.some(({ status }) => status === 'failed' || status === 'unreachable')
    ? ' once that is mended'
    : ' to finish'
  const limit = again.join(',')
  if (again.length === hosts.length || limit.length > LIMIT_AT_MOST) return [...held, `${what} again${mended}.`]
  return [...held, `${what} again${mended}, for these: --limit ${limit}`]
}
