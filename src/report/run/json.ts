// `--format json` of a run: one document at its end, as docs/run.schema.json describes it.
import type { DnsEvent, Publication } from '../../dns/push/publication.ts'
import type { HostResult, RunEvent, RunResult } from '../../core/run-event.ts'
import { publicationJson } from '../dns/json.ts'
import { jsonDocument } from '../write/json.ts'
import type { Out } from '../screen.ts'
import type { RunFormat } from './format.ts'
import { totals, type Totals } from './totals.ts'

export interface RunDocument {
  readonly playbook: string
  readonly check: boolean
  readonly hosts: readonly HostDocument[]
  /** Of a playbook that publishes. */
  readonly dns?: ReturnType<typeof publicationJson>
  readonly totals: Totals
}

export type HostDocument = Pick<HostResult, 'name' | 'status' | 'trips' | 'outputs' | 'error'> & {
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
  open: (_, { out }) => jsonReporter(out),
}

/** @example const report = jsonReporter(process.stdout) */
export function jsonReporter(out: Out): (event: RunEvent | DnsEvent) => void {
  const began = performance.now()
  let dns: Publication | undefined
  return (event) => {
    if (event.kind === 'dns-end') dns = event.publication
    if (event.kind === 'run-end')
      out.write(jsonDocument(runDocument(event.result, dns, (performance.now() - began) / 1000)))
  }
}

/** @param seconds - that the run took. */
export const runDocument = (
  { playbook, check, hosts }: RunResult,
  dns: Publication | undefined,
  seconds: number,
): RunDocument => ({
  playbook,
  check,
  hosts: hosts.map(({ name, status, trips, tasks, outputs, error }) => ({
    name,
    status,
    trips,
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
  totals: totals(hosts, seconds),
})

/** With a line for each record. */
const heldText = (why: string, awaits: HostResult['tasks'][number]['awaits'] = []): string =>
  [why, ...awaits.map((each) => `${each.name}: ${each.why}`)].join('\n')
