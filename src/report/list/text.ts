// Writes `--list-hosts` and `--list-tasks` for people.
import { nameList } from '../write/name-list.ts'
import { asLines, joined, said, term, type TerminalText } from '../write/terminal.ts'
import { hostNames, tasksByHost, type ListFormat, type Listing } from './listing.ts'

export const format: ListFormat = {
  language: 'terminal',
  about: 'people; names of hosts are one a line, for other programs too',
  hosts: (listing) => asLines(hostNames(listing).map(said)),
  tasks: tasksText,
}

/** Hosts with the same tasks are told together. */
function tasksText(listing: Listing): TerminalText {
  const groups = new Map<TerminalText, string[]>()
  for (const { name, tasks } of tasksByHost(listing)) {
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
