// `mailrun adopt`: flags, output and exit status. It prints an inventory, and what a run with it would change.
import { adopt, type Adopted, type AdoptEvent } from '../../commands/index.ts'
import type { AdoptedHost } from '../../mail/adoption.ts'
import type { AdoptionReport } from '../../report/adoption/format.ts'
import { ADOPTION_FORMATS } from '../../report/adoption/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import type { RunReport } from '../../report/run/format.ts'
import type { CliCommand } from '../command.ts'
import { EXIT, exitStatus } from '../exit-status.ts'
import { exitStatusHelp } from '../exit-status-help.ts'
import type { FleetFlags } from '../flags/fleet-flags.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { reachRequest } from '../flags/fleet-request.ts'
import { SCREEN } from '../terminal/output.ts'

interface AdoptFlags extends FleetFlags {
  /** The file to which the inventory is written. */
  readonly write?: string
  readonly diff?: boolean
  /** The playbook of the check. Absent: mailrun chooses one. */
  readonly playbook?: string
}

const AFTER = exitStatusHelp([
  130,
  1,
  [3, 'some host could not be asked, or is set up in a way that is not understood, or the check failed'],
  4,
  5,
  [2, 'a run would change something'],
  [0, 'a run would change nothing'],
])

export const command: CliCommand<AdoptFlags> = {
  grammar(adopting) {
    adopting
      .usage('[user@]host[:port] … | -i <inventory> [options]')
      .option('--write <file>', 'write the inventory into this new file; where it is there, show what differs')
      .option(
        '--playbook <file>',
        'whose check is shown (default: playbooks/dkim.ts; ' +
          'playbooks/mail-auth.ts where the inventory says aliases and dmarc)',
      )
      .option('-D, --diff', "show the changes to files' texts that a run would make")
      .addHelpText('after', AFTER)
    fleetOptions(adopting, ADOPTION_FORMATS)
  },
  async act({ flags, operands: hosts, signals }) {
    const report = (await loadFormat(ADOPTION_FORMATS, flags.format)).open(SCREEN)
    const { inventory, write, playbook } = flags
    const onEvent = telling(report, flags.diff === true)
    const adopted = await adopt({ ...(await reachRequest(flags, signals)), inventory, hosts, write, playbook, onEvent })
    report.ended(adopted)
    return statusOf(adopted)
  },
}

function telling(report: AdoptionReport, diff: boolean): (event: AdoptEvent) => void {
  let check: RunReport = () => {}
  return (event) => {
    if (event.kind === 'found') report.found(event.adoption, event.inventory, event.file)
    else if (event.kind === 'checking') check = report.checks(event.playbook, diff)
    else check(event.event)
  }
}

/** The first that applies, as for a run. */
function statusOf({ adoption: { hosts }, checked, wrong }: Adopted): number {
  const some = (...words: readonly AdoptedHost['status'][]): boolean =>
    hosts.some(({ status }) => words.includes(status))
  const ofCheck = checked === undefined ? EXIT.satisfied : exitStatus(checked)
  if (some('interrupted', 'not-reached') || ofCheck === EXIT.interrupted) return EXIT.interrupted
  if (some('failed', 'refused') || wrong !== undefined || ofCheck === EXIT.failed) return EXIT.failed
  if (some('unreachable')) return EXIT.unreachable
  return some('adopted') ? ofCheck : EXIT.failed
}
