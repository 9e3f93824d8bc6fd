// `mailrun adopt`: its flags, the inventory and what a run with it would change, and the exit status.
import { adopt, type Adopted, type AdoptEvent } from '../../commands/adopt/adopt.ts'
import type { AdoptedHost } from '../../model/adoption.ts'
import type { Reporter } from '../../model/run-event.ts'
import { adoptionJson } from '../../report/adoption.ts'
import { jsonDocument } from '../../report/json-text.ts'
import { runDocument } from '../../report/json.ts'
import type { CliCommand } from '../command.ts'
import { EXIT, exitStatus } from '../exit-status.ts'
import { exitStatusHelp } from '../exit-status-help.ts'
import type { FleetFlags } from '../flags/fleet-flags.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { reachRequest } from '../flags/fleet-request.ts'
import { checkReporter, tellInventory, tellWrong } from '../terminal/adoption-text.ts'
import { stdout } from '../terminal/output.ts'

interface AdoptFlags extends FleetFlags {
  /** The file of the inventory. */
  readonly write?: string
  readonly diff?: boolean
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
      .option('-D, --diff', "show the changes to files' texts that a run would make")
      .addHelpText('after', AFTER)
    fleetOptions(adopting, ['text', 'json'])
  },
  async act({ flags, operands: hosts, signals }) {
    const { inventory, write } = flags
    const onEvent = flags.format === 'text' ? telling(flags.diff === true) : undefined
    const adopted = await adopt({ ...(await reachRequest(flags, signals)), inventory, hosts, write, onEvent })
    if (flags.format === 'json') tellJson(adopted)
    else if (adopted.wrong !== undefined) tellWrong(adopted.wrong)
    return statusOf(adopted)
  },
}

function telling(diff: boolean): (event: AdoptEvent) => void {
  let check: Reporter = () => {}
  return (event) => {
    if (event.kind === 'found') tellInventory(event.adoption, event.inventory, event.file)
    else if (event.kind === 'checking') check = checkReporter(diff)
    else check(event.event)
  }
}

function tellJson({ adoption, inventory, checked, wrong }: Adopted): void {
  const check = checked === undefined ? null : runDocument(checked, undefined, 0)
  stdout.write(jsonDocument(adoptionJson(adoption, inventory, wrong === undefined ? check : { error: wrong.message })))
}

/** The first that applies, as for a run. */
function statusOf({ adoption: { hosts }, checked, wrong }: Adopted): number {
  const some = (...words: readonly AdoptedHost['status'][]): boolean =>
    hosts.some(({ status }) => words.includes(status))
  const ofCheck = checked === undefined ? EXIT.satisfied : exitStatus(checked)
  if (some('interrupted', 'not-reached') || ofCheck === EXIT.interrupted) return EXIT.interrupted
  if (some('failed', 'refused') || wrong !== undefined || ofCheck === EXIT.failed) return EXIT.failed
  return some('unreachable') ? EXIT.unreachable : ofCheck
}
