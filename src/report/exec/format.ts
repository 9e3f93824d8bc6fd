// The type of an output format of `mailrun exec`, and the groups of hosts with equal results.
import type { ExecutedHost, Execution } from '../../resources/command/execution.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import type { About } from '../registry.ts'
import type { Look } from '../screen.ts'
import type { Printable } from '../write/checked.ts'

export interface ExecFormat extends About {
  readonly write: (execution: Execution, look: Look) => Printable
}

/** Hosts on which the very same came of it: equal output, equal exit status; or an equal error. */
export interface Alike {
  readonly names: readonly string[]
  readonly host: Omit<ExecutedHost, 'name'>
}

/** Most hosts first; what did not end with 0 last, where the eye is. */
export const alike = (hosts: readonly ExecutedHost[]): readonly Alike[] =>
  [...groupedBy(hosts, ({ status, ran, error }) => JSON.stringify([status, ran, error])).values()]
    .map((group) => ({ names: group.map(({ name }) => name), host: group[0]! }))
    .sort((one, other) => severity(one.host) - severity(other.host) || other.names.length - one.names.length)

function severity({ status, ran }: Alike['host']): number {
  if (status === 'ran') return ran?.code === 0 && !ran.timedOut ? 0 : 2
  return status === 'not-reached' ? 1 : 3
}
