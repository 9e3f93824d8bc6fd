// `mailrun <playbook.ts>`: load, check, run, report.
import { affordableForks } from '../run/open-files.ts'
import { prepareRun } from '../run/prepare-run.ts'
import { exitStatus } from './exit-status.ts'
import { fleetSource } from './fleet.ts'
import { listHosts, listTasks } from './list.ts'
import type { Given, RunFlags } from './options.ts'
import { stdout } from './output.ts'
import type { Signals } from './signals.ts'

/** Resolves with the exit status. @throws MailrunError before any host is touched */
export async function runCommand(flags: Given<RunFlags> & { readonly playbook: string }, signals: Signals): Promise<number> {
  const source = await fleetSource(flags)
  const { playbook, hosts } = await prepareRun(source)
  if (flags.listHosts === true || flags.listTasks === true) {
    const list = flags.listTasks === true ? listTasks : listHosts
    stdout.write(list({ playbook: playbook.name, hosts }, flags.format))
    return 0
  }
  // A list pays for no run.
  const [{ connector }, { rollout }, { reporterOf }] = await Promise.all([import('../connection/connector.ts'), import('../engine/rollout.ts'), import('./reporter.ts')])
  const { connect, close } = await connector(hosts.map(({ host }) => host), source)
  signals.runBegins()
  const options = {
    playbook: playbook.name,
    check: flags.check === true,
    forks: affordableForks(flags.forks),
    serial: flags.serial ?? [],
    maxFail: flags.maxFail,
    interrupt: signals.interrupt,
    abandon: signals.abandon,
  }
  return exitStatus(await rollout(hosts, options, connect, reporterOf(flags)).finally(close))
}
