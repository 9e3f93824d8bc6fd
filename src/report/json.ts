// `--format json`: one document at the end of the run, as docs/run.schema.json describes it.
import type { HostResult, Reporter, RunResult } from '../model/run-event.ts'
import { jsonDocument } from './json-text.ts'
import type { Out } from './out.ts'
import { totals, type Totals } from './totals.ts'

export interface RunDocument {
  readonly playbook: string
  readonly check: boolean
  readonly hosts: readonly HostDocument[]
  readonly totals: Totals
}

export type HostDocument = Pick<HostResult, 'name' | 'status' | 'trips' | 'outputs' | 'error'> & {
  readonly tasks: readonly Pick<HostResult['tasks'][number], 'name' | 'type' | 'status' | 'changes'>[]
}

/** @example const report = jsonReporter(process.stdout) */
export function jsonReporter(out: Out): Reporter {
  const began = performance.now()
  return (event) => {
    if (event.kind === 'run-end') out.write(jsonDocument(runDocument(event.result, (performance.now() - began) / 1000)))
  }
}

export const runDocument = ({ playbook, check, hosts }: RunResult, seconds: number): RunDocument => ({
  playbook,
  check,
  hosts: hosts.map(({ name, status, trips, tasks, outputs, error }) => ({
    name,
    status,
    trips,
    tasks: tasks.map((task) => ({ name: task.name, type: task.type, status: task.status, changes: task.changes })),
    outputs,
    ...(error === undefined ? {} : { error }),
  })),
  totals: totals(hosts, seconds),
})
