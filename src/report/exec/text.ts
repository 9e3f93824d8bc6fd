// Writes the result of `mailrun exec` for people: equal output is shown once, with the names of its hosts.
import type { ExecutedHost, Execution } from '../../resources/command/execution.ts'
import type { Executed, Printed } from '../../resources/command/executed.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { secondsText } from '../run/recap.ts'
import { count } from '../write/name-list.ts'
import { asLines, indented, joined, said, term, type Colours, type TerminalText } from '../write/terminal.ts'
import { alike, type Alike, type ExecFormat } from './format.ts'

export const format: ExecFormat = {
  language: 'terminal',
  about: 'people: equal output once, with the names of the hosts; then how many hosts ended how',
  write: (execution, { paint }) =>
    asLines([...alike(execution.hosts).flatMap((group) => groupLines(group, paint)), sumLine(execution, paint)]),
}

function groupLines({ names, host }: Alike, paint: Colours): readonly TerminalText[] {
  const who = paint.strong(said(names.join(', ')))
  const how = howItEnded(host)
  const head = how === 'exit status 0' ? term`${who}:` : term`${who}: ${paint.bad(said(how))}`
  if (host.ran === undefined) return [head, ...indented(host.error ?? '', term`  `)]
  const { stdout, stderr } = host.ran
  const errors = printedLines(stderr, term`    `)
  return [
    head,
    ...printedLines(stdout, term`  `),
    ...(errors.length === 0 ? [] : [paint.faint(term`  on standard error:`), ...errors]),
  ]
}

/** Behind blanks, so that none of it passes for a line of ours. */
function printedLines({ text, bytes, isCut }: Printed, by: TerminalText): readonly TerminalText[] {
  const lines = text.trim() === '' ? [] : indented(text, by)
  return isCut ? [...lines, term`${by}… (it printed ${bytes} bytes; this is the beginning)`] : lines
}

function howItEnded({ status, ran }: Omit<ExecutedHost, 'name'>): string {
  if (ran === undefined) return status === 'not-reached' ? 'not reached' : status
  return ran.timedOut ? 'killed, for it did not end in time' : endOf(ran)
}

const endOf = ({ code }: Executed): string => `exit status ${code}`

/** `4 hosts: 3 exit status 0, 1 unreachable, in 0.4 s` */
function sumLine({ hosts, seconds }: Execution, paint: Colours): TerminalText {
  const parts = [...groupedBy(hosts, howItEnded)].map(([how, { length }]) => {
    const words = said(`${length} ${how}`)
    return how === 'exit status 0' ? paint.good(words) : paint.bad(words)
  })
  const who = paint.strong(said(count(hosts.length, 'host')))
  return term`${who}: ${joined(parts, term`, `)}, in ${secondsText(seconds)}`
}
