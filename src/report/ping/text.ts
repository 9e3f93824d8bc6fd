// Writes the result of `mailrun ping` for people: which hosts answer, with which system, and how fast.
import type { HostFacts } from '../../core/fleet/host-facts.ts'
import type { HostResult } from '../../core/run-event.ts'
import { paintOf, type Colours } from '../write/colour.ts'
import type { RunFormat, RunReport } from '../run/format.ts'
import type { Out } from '../screen.ts'
import { secondsText, sum, wordOf } from '../run/recap.ts'
import { pad, padStart, width } from '../write/width.ts'
import { asLines, indented, said, term, type TerminalText } from '../write/terminal.ts'

export const format: RunFormat = {
  language: 'terminal',
  about: 'people: a line for each host, as it answers',
  open: (_, { out }) => pingReporter(out.paint, out),
}

/** A line per host as it answers; the hosts' `outputs.facts` are {@link HostFacts}. */
export function pingReporter(paint: Colours, out: Out): RunReport {
  const began = performance.now()
  let nameColumns = 0
  return (event) => {
    if (event.kind === 'run-start') nameColumns = Math.max(0, ...event.hosts.map((name) => width(said(name))))
    if (event.kind === 'host-note') out.write(term`${paint.doubtful(said(`${event.host}: ${event.note}`))}\n`)
    if (event.kind === 'host-end') out.write(asLines(hostLines(event.result, nameColumns, paint)))
    if (event.kind === 'run-end')
      out.write(term`${sum(event.result.hosts, (performance.now() - began) / 1000, paint)}\n`)
  }
}

function hostLines(host: HostResult, nameColumns: number, paint: Colours): readonly TerminalText[] {
  const { name, status, seconds, error } = host
  const word = paintOf(paint, status)(pad(wordOf(status), 11))
  const head = term`${pad(said(name), nameColumns)}  ${word}  ${padStart(secondsText(seconds), 7)}`
  return status === 'ok' ? [term`${head}  ${said(systemOf(host))}`] : [head, ...indented(error ?? '', term`    `)]
}

function systemOf({ outputs }: HostResult): string {
  const facts = outputs['facts'] as HostFacts | null | undefined
  if (!facts) return ''
  const { id, versionId, codename } = facts.os
  return `${id} ${versionId}${codename ? ` (${codename})` : ''}`
}
