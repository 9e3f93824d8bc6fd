// `--list-hosts` and `--list-tasks`: what a run would be about, with no connection made.
import { secretsOf } from '../engine/secrets-of.ts'
import type { PreparedHost } from '../model/prepared-host.ts'
import { harmlessLine } from '../report/harmless.ts'
import { jsonDocument, jsonLine } from '../report/json-text.ts'
import { nameList } from '../report/name-list.ts'
import { maskOf } from '../shell/mask.ts'
import type { Format } from './options.ts'

export interface Listing {
  readonly playbook: string
  readonly hosts: readonly PreparedHost[]
}

/** Text: a name a line, ready for other programs. */
export function listHosts({ playbook, hosts }: Listing, format: Format): string {
  const names = hosts.map(({ host }) => host.name)
  return format === 'text' ? names.map((name) => `${name}\n`).join('') : jsonOf(format, { playbook, hosts: names })
}

/** Text: hosts with the same tasks are told together. */
export function listTasks({ playbook, hosts }: Listing, format: Format): string {
  const lists = hosts.map((prepared) => {
    const mask = maskOf(secretsOf(prepared))
    return {
      name: prepared.host.name,
      tasks: prepared.tasks.map(({ name, type, tags }) => ({ name: mask(name), type, tags: tags.map(mask) })),
    }
  })
  if (format !== 'text') return jsonOf(format, { playbook, hosts: lists })
  const groups = new Map<string, string[]>()
  for (const { name, tasks } of lists) {
    const lines = tasks.map((task) => {
      const tags = task.tags.length > 0 ? `  [${task.tags.map(harmlessLine).join(', ')}]` : ''
      return `  ${task.type} ${harmlessLine(task.name)}${tags}\n`
    })
    const text = lines.join('')
    groups.set(text, [...(groups.get(text) ?? []), name])
  }
  return [...groups].map(([text, names]) => `${nameList(names)}:\n${text || '  no tasks\n'}`).join('\n')
}

const jsonOf = (format: 'json' | 'ndjson', value: unknown): string =>
  format === 'json' ? jsonDocument(value) : jsonLine(value)
