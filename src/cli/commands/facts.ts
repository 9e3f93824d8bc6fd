// `mailrun facts`: flags, the facts about each host, and exit status.
import { facts } from '../../commands/index.ts'
import { FACTS_FORMATS } from '../../report/facts/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import { lookOf } from '../../report/screen.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../exit-status.ts'
import { exitStatusHelp } from '../exit-status-help.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { fleetRequest } from '../flags/fleet-request.ts'
import { stdout } from '../terminal/output.ts'

const AFTER = exitStatusHelp([130, 1, [3, 'some host could not be asked'], 4, 5, [0, 'all hosts answered']])

export const command: CliCommand = {
  grammar(gathering) {
    gathering.addHelpText('after', AFTER)
    fleetOptions(gathering, FACTS_FORMATS)
  },
  async act({ flags, signals }) {
    const format = await loadFormat(FACTS_FORMATS, flags.format)
    const { hosts, interrupted } = await facts(await fleetRequest(flags, signals))
    stdout.write(format.write(hosts, lookOf(stdout)))
    const some = (status: (typeof hosts)[number]['status']): boolean => hosts.some((host) => host.status === status)
    if (interrupted || some('interrupted')) return EXIT.interrupted
    if (some('failed')) return EXIT.failed
    return some('unreachable') ? EXIT.unreachable : EXIT.satisfied
  },
}
