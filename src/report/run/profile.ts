// Where the time of a run went, as a table: mailrun's start, then what a host spent, in the middle and at most.
import type { HostResult, TimeKind, TimeSpent } from '../../core/run-event.ts'
import type { Colours } from '../write/colour.ts'
import { EMPTY, said, term, type TerminalText } from '../write/terminal.ts'
import { pad, padStart, width } from '../write/width.ts'

const WORDS: Readonly<Record<TimeKind, string>> = {
  connecting: 'connecting',
  shell: 'network and shell',
  lock: 'waiting for another run',
  questions: 'questions',
  change: 'changes',
  'name-servers': 'asking name servers',
  planning: 'planning',
}

/** Tasks and families of questions that a table names, of each kind: those that took longest. */
const NAMED_AT_MOST = 10

interface Row {
  readonly what: string
  readonly median: number
  readonly most: number
  readonly slowest: string
}

/** A host, and the seconds that it spent on something. */
type Spent = readonly [host: string, seconds: number]

/** @param start - seconds from the start of the process until the first host could be connected to. */
export function profileLines(hosts: readonly HostResult[], start: number, paint: Colours): readonly TerminalText[] {
  const first: Row = { what: 'start of mailrun', median: start, most: start, slowest: '' }
  const rows = [first, ...(Object.keys(WORDS) as TimeKind[]).flatMap((kind) => rowsOf(kind, hosts))]
  const columns = {
    what: Math.max(...rows.map(({ what }) => width(said(what)))),
    median: Math.max('median'.length, ...rows.map(({ median }) => seconds(median).length)),
    most: Math.max('slowest'.length, ...rows.map(({ most }) => seconds(most).length)),
  }
  const heads = term`${padStart(term`median`, columns.median)}  ${padStart(term`slowest`, columns.most)}`
  return [
    paint.faint(term`  ${pad(EMPTY, columns.what)}  ${heads}`),
    ...rows.map(({ what, median, most, slowest }) => {
      const times = term`${padStart(seconds(median), columns.median)}  ${padStart(seconds(most), columns.most)}`
      const who = slowest === '' ? EMPTY : term`  ${paint.faint(said(slowest))}`
      return term`  ${pad(said(what), columns.what)}  ${times}${who}`
    }),
  ]
}

/** The kind, and below it what it is made of, the longest first. */
function rowsOf(kind: TimeKind, hosts: readonly HostResult[]): readonly Row[] {
  const spent = hosts.flatMap(({ name, time }) => {
    const parts = time.filter((each) => each.kind === kind)
    return parts.length === 0 ? [] : [[name, sum(parts)] as const]
  })
  if (spent.length === 0) return []
  const names = new Set(
    hosts.flatMap(({ time }) => time.flatMap((each) => (each.kind === kind ? (each.of ?? []) : []))),
  )
  const parts = [...names]
    .map((of) =>
      row(
        `  ${of}`,
        hosts.flatMap((host) => spentOn(host, kind, of)),
      ),
    )
    .sort((a, b) => b.most - a.most)
  return [row(WORDS[kind], spent), ...parts.slice(0, NAMED_AT_MOST)]
}

function spentOn({ name, time }: HostResult, kind: TimeKind, of: string): readonly Spent[] {
  const parts = time.filter((each) => each.kind === kind && each.of === of)
  return parts.length === 0 ? [] : [[name, sum(parts)]]
}

const sum = (parts: readonly TimeSpent[]): number => parts.reduce((total, part) => total + part.seconds, 0)

function row(what: string, spent: readonly Spent[]): Row {
  const sorted = [...spent].sort(([, a], [, b]) => a - b)
  const [, median] = sorted[Math.floor((sorted.length - 1) / 2)]!
  const [slowest, most] = sorted.at(-1)!
  return { what, median, most, slowest }
}

const seconds = (value: number): TerminalText => said(`${value.toFixed(value < 10 ? 2 : 1)} s`)
