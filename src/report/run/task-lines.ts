// Writes the results of tasks for people. Equal results of several hosts are one entry that names the hosts.
import type { HostResult, TaskResult, TaskStatus } from '../../core/run-event.ts'
import { paintOf, type Colours } from '../write/colour.ts'
import { diffLines } from './diff.ts'
import type { RunOptions } from './format.ts'
import { nameList } from '../write/name-list.ts'
import { wrappedLines } from '../write/wrap.ts'
import { EMPTY, indented, said, term, type TerminalText } from '../write/terminal.ts'

interface Entry {
  readonly task: TaskResult
  readonly hosts: string[]
  /** The position of the task in its host's list. */
  readonly place: number
}

export interface ShownOptions extends RunOptions {
  /** Of the terminal; `undefined`: there is none. */
  readonly columns: number | undefined
}

/** Lines about all tasks with one status, in the order of the playbook, below a heading. */
export function taskLines(
  hosts: readonly HostResult[],
  status: TaskStatus,
  options: ShownOptions,
  paint: Colours,
): readonly TerminalText[] {
  const entries = new Map<string, Entry>()
  for (const host of hosts) {
    for (const [place, task] of host.tasks.entries()) {
      if (task.status !== status) continue
      const key = JSON.stringify([
        task.type,
        task.name,
        task.changes,
        task.why,
        options.diff ? task.diffs : [],
        options.verbose ? task.commands : [],
      ])
      const entry = entries.get(key)
      if (entry) entry.hosts.push(host.name)
      else entries.set(key, { task, hosts: [host.name], place })
    }
  }
  return [...entries.values()]
    .sort((a, b) => a.place - b.place)
    .flatMap((entry) => entryLines(entry, hosts.length, options, paint))
}

function entryLines(
  { task, hosts }: Entry,
  all: number,
  { diff, verbose, columns }: ShownOptions,
  paint: Colours,
): readonly TerminalText[] {
  const where = all === 1 ? EMPTY : term`  ${paint.head(said(hostsText(hosts, all)))}`
  return [
    ...wrappedLines(
      [
        term`  ${paint.strong(said(task.type))} ${said(task.name)}${where}`,
        ...task.changes.map((summary) => term`    ${paintOf(paint, task.status)(said(summary))}`),
        ...(task.why === undefined ? [] : indented(task.why, term`    `)),
      ],
      columns,
    ),
    ...(verbose ? task.commands.flatMap((command) => indented(shortened(command), term`      `).map(paint.faint)) : []),
    ...(diff ? task.diffs.flatMap((each) => diffLines(each, paint).map((line) => term`      ${line}`)) : []),
  ]
}

function hostsText(hosts: readonly string[], all: number): string {
  if (hosts.length === all) return `all ${all} hosts`
  return hosts.length > 1 ? `${hosts.length} hosts: ${nameList(hosts)}` : nameList(hosts)
}

/** The text of commands contains the contents of files, so long lines are cut. */
const LINE_AT_MOST = 300
const shortened = (text: string): string =>
  text.replace(/[^\n]+/g, (line) =>
    line.length > LINE_AT_MOST ? `${line.slice(0, LINE_AT_MOST)}… (${line.length} characters)` : line,
  )
