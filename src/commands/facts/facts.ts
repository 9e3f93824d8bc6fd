// `facts`: asks each host for all facts that can be gathered, in one trip. Nothing is changed.
import { askOnly } from '../../engine/ask-only.ts'
import { selectHosts } from '../../inventory/select-hosts.ts'
import type { Host } from '../../core/fleet/host.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { HostResult } from '../../core/run-event.ts'
import { FACT_NAMES, GATHERED, type FactsOfHost, type KnownFacts } from '../../playbook/gathered-facts.ts'
import { openFleet, type FleetRequest } from '../fleet/open-fleet.ts'

export interface FactsResult {
  readonly hosts: readonly FactsOfHost[]
  /** By `signal`. */
  readonly interrupted: boolean
}

/** @throws MailrunError before any host is touched */
export async function facts(request: FleetRequest): Promise<FactsResult> {
  const fleet = await openFleet(request)
  const { limit } = fleet
  const hosts = selectHosts(fleet.inventory, limit ?? 'all', limit === undefined ? 'mailrun facts' : '--limit')
  const connect = await fleet.reach(hosts)
  const run = await askOnly('facts', hosts.map(asked), connect, fleet.bounds).finally(fleet.close)
  return { hosts: run.hosts.map(reported), interrupted: run.interrupted }
}

const asked = (host: Host): PreparedHost => ({
  host,
  tasks: [],
  outputs: Object.fromEntries(FACT_NAMES.map((name) => [name, GATHERED[name].probe])),
  secrets: [],
  source: () => {
    throw new Error('facts names no source')
  },
})

function reported({ name, status, outputs, error }: HostResult): FactsOfHost {
  // A run of no tasks ends as none of the others.
  if (status === 'ok') return { name, status, facts: outputs as unknown as KnownFacts }
  const why = error ?? (status === 'not-reached' ? 'not asked' : '')
  return { name, status: status as FactsOfHost['status'], error: why }
}
