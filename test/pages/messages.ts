// The page "it says X: what now": exit statuses, statuses, families of messages, and all ids.
import { CATALOGUE } from '../../src/audit/catalogue.ts'
import { EXIT } from '../../src/cli/exit-status.ts'
import type { HostStatus, TaskStatus } from '../../src/core/run-event.ts'
import { CHECKS, CHECK_NAMES } from '../../src/findings/checks.ts'
import { DELIVERY_VERDICTS } from '../../src/mail/proof/verdicts.ts'
import { FAMILIES, type Family } from './message-families.ts'

const EXITS: Readonly<Record<keyof typeof EXIT, string>> = {
  satisfied: 'Everything is as it is to be.',
  couldNotStart: 'It could not start: usage, inventory, vars or playbook. No host was touched. Correct what is named.',
  wouldChange: '`--check` found something to change; of an audit: there are findings that count.',
  failed: 'A host failed, or something was found that is wrong or could not be found out. See below.',
  unreachable: 'A host, or a name server, was unreachable. See below, and run again.',
  unreported: 'The work was done, and the output could not be written. Make room, and run again to see the state.',
  held: 'Something is held back until DNS serves what it needs. `--wait` waits longer; else run again later.',
  interrupted: 'You interrupted it. Run it again to go on.',
}

const HOSTS: Readonly<Record<HostStatus, string>> = {
  ok: 'Nothing was to be done.',
  changed: 'It is now as it is to be.',
  'would-change': 'Of a check: a run would change something.',
  held: 'All is done but what its tasks hold back: `why` says until when.',
  failed: 'A change or a question failed, or it cannot be done. Correct the cause, and run again.',
  unreachable: 'No shell could be had, or the connection was lost for good. See below, and run again.',
  interrupted: 'You interrupted the run, or it waits for something outside. Run again.',
  'not-reached': 'The run ended before it came to this host, for others failed (`--max-fail`).',
}

/** Those that a host does not have. */
const TASKS: Readonly<Record<Exclude<TaskStatus, HostStatus>, string>> = {
  assumed: 'Of a check: it cannot be known before an earlier task is really done. `--diff` shows what it assumes.',
  unknown: 'It began, and nobody can say whether it was done. Run again: the next run finds out.',
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/(\*@?|_)(?=\S)/g, '\\$1')
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
const code = (text: string): string => `\`${text}\``

const family = ({ says, cause, remedy }: Family): readonly string[] => [
  says.map((each) => code(each.trim())).join(', '),
  cause.replaceAll('|', '\\|'),
  remedy.replaceAll('|', '\\|'),
]

const statuses = (all: Readonly<Record<string, string>>): string =>
  table(
    ['status', 'what it means, and what to do'],
    Object.entries(all).map(([status, means]) => [code(status), means]),
  )

const idsOf = (check: string): string =>
  CATALOGUE.ids
    .filter((id) => CATALOGUE.kindOf(id).check === check)
    .map(code)
    .join(', ')

export const messagesPage = (): string => `# It says … : what now

On this page you find what a message, a status or an id means, and what to do. Search it for some words of the message.
\`npm run docs\` writes this page. [faults.md](faults.md) says how mailrun behaves when hosts, networks and name servers
fail.

## Exit statuses

${table(
  ['exit status', 'what it means, and what to do'],
  (Object.keys(EXIT) as readonly (keyof typeof EXIT)[]).map((name) => [String(EXIT[name]), EXITS[name]]),
)}

## Statuses of hosts and tasks

${statuses({ ...HOSTS, ...TASKS })}

${FAMILIES.map(
  ({ title, about, families }) => `## ${title}

${about}

${table(['it says', 'why', 'what to do'], families.map(family))}
`,
).join('\n')}
## Findings and verdicts

\`audit\`, \`verify\` and \`dns\` name what they find by an id. [mail/findings.md](mail/findings.md) has what each means
and what to do.

${table(
  ['about', 'ids'],
  [
    ...CHECK_NAMES.map((check) => [CHECKS[check].title, cell(idsOf(check))]),
    ['Messages that were really sent', Object.keys(DELIVERY_VERDICTS).map(code).join(', ')],
  ],
)}
`
