// `--format json` of a run: one document at its end, as docs/run.schema.json describes it.
import type { DnsEvent, Publication } from '../../dns/push/publication.ts'
import type { HostResult, RunEvent, RunResult } from '../../core/run-event.ts'
import { publicationJson } from '../dns/json.ts'
import { jsonDocument } from '../write/json.ts'
import type { Out } from '../screen.ts'
import type { RunFormat } from './format.ts'
import { milliseconds, timeJson, totals, type Totals } from './totals.ts'

export interface RunDocument {
  readonly playbook: string
  readonly check: boolean
  readonly hosts: readonly HostDocument[]
  /** Of a playbook that publishes. */
  readonly dns?: ReturnType<typeof publicationJson>
  /** With `--profile`. */
  readonly startSeconds?: number
  readonly totals: Totals
}

export type HostDocument = Pick<HostResult, 'name' | 'status' | 'trips' | 'outputs' | 'error'> & {
  readonly time?: HostResult['time']
  readonly tasks: readonly (Pick<HostResult['tasks'][number], 'name' | 'type' | 'status' | 'changes' | 'warning'> & {
    /** What is held back, why, and what to do. */
    readonly held?: string
    /** DNS records that it waits for. */
    readonly awaits?: HostResult['tasks'][number]['awaits']
  })[]
}

export const format: RunFormat = {
  language: 'json',
  about: 'programs: one document at the end',
  schema: 'run',
  late: true,
  open: ({ profile }, { out }) => jsonReporter(out, profile),
}

/**
 * @param profile - with what the time of each host went into
 * @example const report = jsonReporter(process.stdout)
 */
export function jsonReporter(out: Out, profile = false): (event: RunEvent | DnsEvent) => void {
  const began = performance.now()
  let start = 0
  let dns: Publication | undefined
  return (event) => {
    if (event.kind === 'run-start') start = performance.now() / 1000
    if (event.kind === 'dns-end') dns = event.publication
    if (event.kind === 'run-end') {
      const seconds = (performance.now() - began) / 1000
      out.write(jsonDocument(runDocument(event.result, dns, seconds, profile ? { start } : undefined)))
    }
  }
}

/**
 * @param seconds - that the run took.
 * @param profile - where the time went is said, too. `start`: seconds of the process before the first host.
 */
export const runDocument = (
  { playbook, check, hosts }: RunResult,
  dns: Publication | undefined,
  seconds: number,
  profile?: { readonly start: number },
): RunDocument => ({
  playbook,
  check,
  hosts: hosts.map(({ name, status, trips, time, tasks, outputs, error }) => ({
    name,
    status,
    trips,
    ...(profile === undefined ? {} : { time: timeJson(time) }),
    tasks: tasks.map(({ name: which, type, status: how, changes, why, awaits, warning }) => ({
      name: which,
      type,
      status: how,
      changes,
      ...(how === 'held' && why !== undefined ? { held: heldText(why, awaits) } : {}),
      ...(awaits === undefined ? {} : { awaits }),
      ...(warning === undefined ? {} : { warning }),
    })),
    outputs,
    ...(error === undefined ? {} : { error }),
  })),
  ...(dns === undefined ? {} : { dns: publicationJson(dns) }),
  ...(profile === undefined ? {} : { startSeconds: milliseconds(profile.start) }),
  totals: totals(hosts, seconds),
})

/** With a line for each record. */
const heldText = (why: string, awaits: HostResult['tasks'][number]['awaits'] = []): string =>
  [why, ...awaits.map((each) => `${each.name}: ${each.why}`)].join('\n')
