// Asks the hosts of a fleet questions and changes nothing: the basis of `mailrun audit`, `verify`, `dns` and others.
import type { PreparedHost } from '../core/fleet/prepared-host.ts'
import type { RunResult } from '../core/run-event.ts'
import type { Connect } from './session/connection.ts'
import { askNobody } from './outside.ts'
import { rollout } from './rollout.ts'
import type { RunOptions } from './run-options.ts'

export type RunBounds = Pick<RunOptions, 'forks' | 'interrupt' | 'abandon'>

/**
 * The hosts' answers are their outputs. What goes wrong on a host is in its result.
 *
 * @param command - of mailrun, that asks.
 */
export const askOnly = (
  command: string,
  hosts: readonly PreparedHost[],
  connect: Connect,
  { forks, interrupt, abandon }: RunBounds,
): Promise<RunResult> =>
  rollout(
    hosts,
    {
      playbook: command,
      check: true,
      forks,
      serial: [],
      maxFail: undefined,
      askOutside: askNobody,
      interrupt,
      abandon,
    },
    connect,
    () => {},
  )
