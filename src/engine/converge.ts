// Runs a playbook on one host: asks, plans, changes, and asks again, until every task is satisfied.
import type { PreparedHost } from '../core/fleet/prepared-host.ts'
import type { HostResult, Reporter } from '../core/run-event.ts'
import type { Connect } from './session/connection.ts'
import { hostRun } from './host-run.ts'
import type { RunOptions } from './run-options.ts'

/**
 * Runs all tasks of one host to their end; where they wait for something outside, what is done by then is the result.
 */
export async function converge(
  prepared: PreparedHost,
  options: RunOptions,
  connect: Connect,
  report: Reporter,
): Promise<HostResult> {
  return (await hostRun(prepared, options, connect, report).go(options.askOutside)).result
}
