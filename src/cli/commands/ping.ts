// `mailrun ping`: its flags, and what each host is, for people and as JSON.
import { ping } from '../../commands/ping.ts'
import type { CliCommand } from '../command.ts'
import { exitStatus } from '../exit-status.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { fleetRequest } from '../flags/fleet-request.ts'
import { pingReporterOf } from '../terminal/reporter.ts'

export const command: CliCommand = {
  grammar: (pinging) => fleetOptions(pinging),
  async act({ flags, signals }) {
    const request = await fleetRequest(flags, signals)
    return exitStatus(await ping({ ...request, onEvent: pingReporterOf(flags) }))
  },
}
