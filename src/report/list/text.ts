// Writes `--list-hosts` and `--list-tasks` for people.
import { nameList } from '../write/name-list.ts'
import { asLines, joined, said, term, type TerminalText } from '../write/terminal.ts'
import type { ListedTasks, ListFormat } from './listing.ts'

export const format: ListFormat = {
  language: 'terminal',
  about: 'people; names of hosts are one a line, for other programs too',
  hosts: ({ hosts }) => asLines(hosts.map(said)),
  tasks: tasksText,
}

const madeOfFacts = (facts: readonly string[]): TerminalText =>
  said(`  tasks are made of what the host says of ${facts.join(', ')}: --check lists what they would change`)

/** Hosts with the same tasks are reported together. */
function tasksText({ hosts }: ListedTasks): TerminalText {
  const groups = new Map<TerminalText, string[]>()
  for (const { name, tasks, facts } of hosts) {
    const lines = tasks.map((task) => {
      const tags = task.tags.length > 0 ? `  [${task.tags.join(', ')}]` : ''
      return said(`  ${task.type} ${task.name}${tags}`)
    })
    const text = asLines(facts === undefined ? lines : [madeOfFacts(facts)])
    groups.set(text, [...(groups.get(text) ?? []), name])
  }
  const blocks = [...groups].map(([text, names]) => {
    const tasks = text.length === 0 ? term`  no tasks\n` : text
    return term`${said(nameList(names))}:\n${tasks}`
  })
  return joined(blocks, term`\n`)
}
