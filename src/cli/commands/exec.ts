// `mailrun exec`: flags, the command's result on each host, and exit status.
import { Option } from 'commander'
import { exec } from '../../commands/index.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { EXEC_FORMATS } from '../../report/exec/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import { live } from '../../report/run/live.ts'
import { lookOf } from '../../report/screen.ts'
import type { Execution } from '../../resources/command/execution.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../exit-status.ts'
import { exitStatusHelp } from '../exit-status-help.ts'
import type { FleetFlags } from '../flags/fleet-flags.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { fleetRequest } from '../flags/fleet-request.ts'
import { seconds } from '../flags/values.ts'
import { SCREEN, stdout } from '../terminal/output.ts'

interface ExecFlags extends FleetFlags {
  /** Seconds. */
  readonly timeLimit?: number
  readonly check?: boolean
}

const NOTES = `
The command runs once on each host, whatever it does: there is no check mode, and no lock is taken, so that it may run
beside a playbook. One word is shell text, for sh(1); several are a program with its arguments, which no shell reads.
Its input is empty, its folder is /, and its locale is C.`

const AFTER = exitStatusHelp([
  130,
  1,
  [3, 'on some host it did not end with 0, or what became of it is unknown'],
  4,
  5,
  [0, 'it ended with 0 on every host'],
])

export const command: CliCommand<ExecFlags> = {
  grammar(executing) {
    executing
      .option('--time-limit <seconds>', 'for the command to end, before it is killed (default: 300)', seconds)
      .addOption(new Option('-C, --check').hideHelp())
      .addHelpText('after', `${NOTES}\n${AFTER}`)
    fleetOptions(executing, EXEC_FORMATS)
  },
  async act({ flags, operands, signals }) {
    if (flags.check === true) throw new MailrunError(NO_CHECK)
    const format = await loadFormat(EXEC_FORMATS, flags.format)
    const { limit, ...request } = await fleetRequest(flags, signals)
    const foot = SCREEN.notes.canRedraw ? live(SCREEN.notes, SCREEN.notes.paint) : undefined
    const execution = await exec({
      ...request,
      // Without -l it is refused.
      limit: limit as string,
      command: operands.length === 1 ? operands[0]! : operands,
      timeLimitSeconds: flags.timeLimit,
      onEvent: (event) => foot?.see(event),
    }).finally(() => foot?.close())
    stdout.write(format.write(execution, lookOf(stdout)))
    return statusOf(execution)
  },
}

const NO_CHECK = 'exec has no check mode: the command runs, whatever it does; a playbook has --check'

/** The first that applies, as for a run. */
function statusOf({ hosts, interrupted }: Execution): number {
  const some = (status: Execution['hosts'][number]['status']): boolean => hosts.some((host) => host.status === status)
  if (interrupted || some('interrupted')) return EXIT.interrupted
  const isBad = hosts.some(({ ran }) => ran !== undefined && (ran.code !== 0 || ran.timedOut))
  if (isBad || some('failed')) return EXIT.failed
  return some('unreachable') ? EXIT.unreachable : EXIT.satisfied
}
