// `mailrun ping` for people: who answers, with which system, how fast.
import type { HostFacts } from '../model/host-facts.ts'
import type { HostResult, Reporter } from '../model/run-event.ts'
import { colours, paintOf, type Colours } from './colour.ts'
import { harmless, harmlessLine } from './harmless.ts'
import type { Out } from './out.ts'
import { secondsText, sum, wordOf } from './recap.ts'
import { indented } from './task-lines.ts'

/** A line per host as it answers; the hosts' `outputs.facts` are {@link HostFacts}. */
export function pingReporter({ colour }: { readonly colour: boolean }, out: Out): Reporter {
  const paint = colours(colour)
  const began = performance.now()
  let nameColumns = 0
  return (event) => {
    if (event.kind === 'run-start') nameColumns = Math.max(0, ...event.hosts.map((name) => name.length))
    if (event.kind === 'host-note') out.write(`${paint.doubtful(`${event.host}: ${harmlessLine(event.note)}`)}\n`)
    if (event.kind === 'host-end') out.write(`${hostLines(event.result, nameColumns, paint).join('\n')}\n`)
    if (event.kind === 'run-end') out.write(`${sum(event.result.hosts, (performance.now() - began) / 1000, paint)}\n`)
  }
}

function hostLines(host: HostResult, nameColumns: number, paint: Colours): readonly string[] {
  const { name, status, seconds, error } = host
  const word = paintOf(paint, status)(wordOf(status).padEnd(11))
  const head = `${name.padEnd(nameColumns)}  ${word}  ${secondsText(seconds).padStart(7)}`
  return status === 'ok' ? [`${head}  ${systemOf(host)}`] : [head, ...indented(harmless(error ?? ''), '    ')]
}

function systemOf({ outputs }: HostResult): string {
  const facts = outputs['facts'] as HostFacts | null | undefined
  if (!facts) return ''
  const { id, versionId, codename } = facts.os
  return harmlessLine(`${id} ${versionId}${codename ? ` (${codename})` : ''}`)
}
