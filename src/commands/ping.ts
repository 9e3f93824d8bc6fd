// `ping`: connects to each host, becomes the user that it says, and asks what host it is. Nothing is changed.
import { askNobody } from '../engine/outside.ts'
import { rollout } from '../engine/rollout.ts'
import { selectHosts } from '../inventory/select-hosts.ts'
import type { Host } from '../core/fleet/host.ts'
import type { PreparedHost } from '../core/fleet/prepared-host.ts'
import type { RunEvent, RunResult } from '../core/run-event.ts'
import { hostFacts } from '../resources/host/host-facts.ts'
import { openFleet, type FleetRequest } from './fleet/open-fleet.ts'

export interface PingRequest extends FleetRequest {
  /** Is called with everything as it happens. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined
}

/** A run of no tasks, whose one output is `facts`. @throws MailrunError before any host is touched */
export async function ping(request: PingRequest): Promise<RunResult> {
  const fleet = await openFleet(request)
  const { limit } = fleet
  const hosts = selectHosts(fleet.inventory, limit ?? 'all', limit === undefined ? 'mailrun ping' : '--limit')
  const connect = await fleet.reach(hosts)
  const options = {
    playbook: 'ping',
    check: true,
    serial: [],
    maxFail: undefined,
    askOutside: askNobody,
    ...fleet.bounds,
  }
  return rollout(hosts.map(preparedHost), options, connect, request.onEvent ?? (() => {})).finally(fleet.close)
}

const preparedHost = (host: Host): PreparedHost => ({
  host,
  tasks: [],
  outputs: { facts: hostFacts },
  secrets: [],
  source: () => {
    throw new Error('ping names no source')
  },
})
