// `mailrun ping`: flags, and the facts about each host.
import { ping } from '../../commands/index.ts'
import { PING_FORMATS } from '../../report/ping/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import type { CliCommand } from '../command.ts'
import { exitStatus } from '../exit-status.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { fleetRequest } from '../flags/fleet-request.ts'
import { reporterOf } from '../terminal/reporter.ts'

export const command: CliCommand = {
  grammar: (pinging) => fleetOptions(pinging, PING_FORMATS),
  async act({ flags, signals }) {
    const format = await loadFormat(PING_FORMATS, flags.format)
    const request = await fleetRequest(flags, signals)
    return exitStatus(await ping({ ...request, onEvent: reporterOf(format, {}) }))
  },
}
