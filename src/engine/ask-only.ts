// Asks the hosts of a fleet questions and changes nothing: the basis of `mailrun audit`, `verify`, `dns` and others.
import type { PreparedHost } from '../core/fleet/prepared-host.ts'
import type { Reporter, RunResult } from '../core/run-event.ts'
import { groupedBy } from '../text/grouped-by.ts'
import type { Connect } from './session/connection.ts'
import { askNobody } from './outside.ts'
import { rollout } from './rollout.ts'
import type { RunOptions } from './run-options.ts'

export interface RunBounds extends Pick<RunOptions, 'forks' | 'interrupt' | 'abandon'> {
  /**
   * Is called after hosts were asked, once for each note about them, such as a release that mailrun does not know. Left
   * out: the notes are lost.
   */
  readonly onHostNote?: ((hosts: readonly string[], note: string) => void) | undefined
}

/**
 * The hosts' answers are their outputs. What goes wrong on a host is in its result.
 *
 * @param command - of mailrun, that asks.
 */
export async function askOnly(
  command: string,
  hosts: readonly PreparedHost[],
  connect: Connect,
  { forks, interrupt, abandon, onHostNote }: RunBounds,
): Promise<RunResult> {
  const notes: { readonly host: string; readonly note: string }[] = []
  const report: Reporter = (event) => {
    if (event.kind === 'host-note') notes.push(event)
  }
  const options = {
    playbook: command,
    check: true,
    forks,
    serial: [],
    maxFail: undefined,
    askOutside: askNobody,
    interrupt,
    abandon,
  }
  const result = await rollout(hosts, options, connect, report)
  // Hosts answer in any order; notes are given in the order of the inventory.
  const places = new Map(hosts.map(({ host }, place) => [host.name, place]))
  notes.sort((one, other) => places.get(one.host)! - places.get(other.host)!)
  for (const [note, noted] of groupedBy(notes, (each) => each.note))
    onHostNote?.([...new Set(noted.map((each) => each.host))], note)
  return result
}
