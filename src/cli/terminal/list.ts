// `--list-hosts` and `--list-tasks`: what a run would be about, with no connection made.
import { secretsOf } from '../../engine/secrets-of.ts'
import type { PreparedHost } from '../../model/prepared-host.ts'
import { jsonDocument, jsonLine, type JsonText } from '../../report/json-text.ts'
import { nameList } from '../../report/name-list.ts'
import type { Printable } from '../../report/write/checked.ts'
import { asLines, joined, said, term, type TerminalText } from '../../report/write/terminal.ts'
import { maskOf } from '../../shell/mask.ts'
import type { Format } from '../flags/fleet-flags.ts'

export interface Listing {
  readonly playbook: string
  readonly hosts: readonly PreparedHost[]
}

/** Text: a name a line, ready for other programs. */
export function listHosts({ playbook, hosts }: Listing, format: Format): Printable {
  const names = hosts.map(({ host }) => host.name)
  return format === 'text' ? asLines(names.map(said)) : jsonOf(format, { playbook, hosts: names })
}

/** Text: hosts with the same tasks are told together. */
export function listTasks({ playbook, hosts }: Listing, format: Format): Printable {
  const lists = hosts.map((prepared) => {
    const mask = maskOf(secretsOf(prepared))
    return {
      name: prepared.host.name,
      tasks: prepared.tasks.map(({ name, type, tags }) => ({ name: mask(name), type, tags: tags.map(mask) })),
    }
  })
  if (format !== 'text') return jsonOf(format, { playbook, hosts: lists })
  const groups = new Map<TerminalText, string[]>()
  for (const { name, tasks } of lists) {
    const lines = tasks.map((task) => {
      const tags = task.tags.length > 0 ? `  [${task.tags.join(', ')}]` : ''
      return said(`  ${task.type} ${task.name}${tags}`)
    })
    const text = asLines(lines)
    groups.set(text, [...(groups.get(text) ?? []), name])
  }
  const blocks = [...groups].map(([text, names]) => {
    const tasks = text.length === 0 ? term`  no tasks\n` : text
    return term`${said(nameList(names))}:\n${tasks}`
  })
  return joined(blocks, term`\n`)
}

const jsonOf = (format: 'json' | 'ndjson', value: unknown): JsonText =>
  format === 'json' ? jsonDocument(value) : jsonLine(value)
