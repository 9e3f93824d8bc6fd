// `--format ndjson` of a run: every event as a line of JSON, when it happens.
import type { DnsEvent } from '../../dns/push/publication.ts'
import type { HostResult, RunEvent } from '../../core/run-event.ts'
import { dnsPlanJson, notServedJson, publicationJson, pushedJson } from '../dns/json.ts'
import { jsonLine } from '../write/json.ts'
import type { Out } from '../screen.ts'
import type { RunFormat, RunOptions } from './format.ts'
import { milliseconds, timeJson, totals } from './totals.ts'

export const format: RunFormat = {
  language: 'ndjson',
  about: 'programs: each event as a line of JSON, the moment it happens',
  open: (options, { out }) => ndjsonReporter(options, out),
}

/** @example const report = ndjsonReporter({ diff: false, verbose: false }, process.stdout) */
export function ndjsonReporter(options: RunOptions, out: Out): (event: RunEvent | DnsEvent) => void {
  const began = performance.now()
  return (event) => out.write(jsonLine(lineOf(event, options, (performance.now() - began) / 1000)))
}

function lineOf(event: RunEvent | DnsEvent, options: RunOptions, seconds: number): unknown {
  switch (event.kind) {
    case 'host-end':
      return { kind: event.kind, ...hostOf(event.result, options) }
    case 'run-end': {
      const { playbook, check, interrupted, hosts } = event.result
      return { kind: event.kind, playbook, check, interrupted, totals: totals(hosts, seconds) }
    }
    case 'dns-plan':
      return { kind: event.kind, ...dnsPlanJson(event.plan) }
    case 'dns-pushed':
      return { kind: event.kind, pushed: pushedJson(event.pushed) }
    case 'dns-waiting':
      return { kind: event.kind, seconds: event.seconds, notServed: notServedJson(event.missing) }
    case 'dns-served':
      return { kind: event.kind, records: event.records, notServed: notServedJson(event.missing) }
    case 'dns-end':
      return { kind: event.kind, ...publicationJson(event.publication) }
    default:
      return event
  }
}

/** Absent members are absent in the line too. */
function hostOf(
  { name, time, ...result }: HostResult,
  { diff, verbose, profile }: RunOptions,
): Readonly<Record<string, unknown>> {
  return {
    host: name,
    ...result,
    seconds: milliseconds(result.seconds),
    ...(profile ? { time: timeJson(time) } : {}),
    tasks: result.tasks.map(({ diffs, commands, ...task }) => ({
      ...task,
      ...(diff ? { diffs } : {}),
      ...(verbose ? { commands } : {}),
    })),
  }
}
