// `mailrun ping`: a run of no tasks, whose one output is what each host is.
import { connector } from '../../connection/connector.ts'
import { askNobody } from '../../engine/outside.ts'
import { rollout } from '../../engine/rollout.ts'
import { selectHosts } from '../../inventory/select-hosts.ts'
import { readExtraVars } from '../../playbook/extra-vars.ts'
import type { PreparedHost } from '../../model/prepared-host.ts'
import { hostFacts } from '../../probes/host-facts.ts'
import { exitStatus } from '../exit-status.ts'
import { keyringFor } from '../../commands/fleet/keyring-for.ts'
import { affordableForks } from '../../commands/fleet/open-files.ts'
import { readFleet } from '../../commands/fleet/read-fleet.ts'
import { fleetSource } from '../flags/fleet-request.ts'
import type { FleetFlags, Given } from '../flags/fleet-flags.ts'
import { PING_FORMATS } from '../../report/ping/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import { reporterOf } from '../terminal/reporter.ts'
import type { Signals } from '../terminal/signals.ts'

/** Resolves with the exit status. @throws MailrunError before any host is touched */
export async function pingCommand(flags: Given<FleetFlags>, signals: Signals): Promise<number> {
  const format = await loadFormat(PING_FORMATS, flags.format)
  const source = await fleetSource(flags)
  const keyring = keyringFor(source)
  const inventory = await readFleet(source, await readExtraVars(source.extraVars ?? [], keyring), undefined, keyring)
  const hosts = selectHosts(inventory, flags.limit ?? 'all', flags.limit === undefined ? 'mailrun ping' : '--limit')
  const prepared = hosts.map((host): PreparedHost => ({
    host,
    tasks: [],
    outputs: { facts: hostFacts },
    secrets: [],
    source: () => {
      throw new Error('ping names no source')
    },
  }))
  const { connect, close } = await connector(hosts, source)
  signals.runBegins()
  const options = {
    playbook: 'ping',
    check: true,
    forks: affordableForks(flags.forks),
    serial: [],
    maxFail: undefined,
    askOutside: askNobody,
    interrupt: signals.interrupt,
    abandon: signals.abandon,
  }
  return exitStatus(await rollout(prepared, options, connect, reporterOf(format, {})).finally(close))
}
