// `mailrun <playbook.ts>`: load, check, run, report.
import { notCached } from '../../playbook/cache-folder.ts'
import { said, term } from '../../report/write/terminal.ts'
import { prepareRun } from '../../commands/run/prepare-run.ts'
import { exitStatus } from '../exit-status.ts'
import { fleetSource } from '../flags/fleet-request.ts'
import { LIST_FORMATS } from '../../report/list/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import { RUN_FORMATS } from '../../report/run/formats.ts'
import type { Given, RunFlags } from '../flags/fleet-flags.ts'
import { stderr, stdout } from '../terminal/output.ts'
import type { Signals } from '../terminal/signals.ts'

/** Resolves with the exit status. @throws MailrunError before any host is touched */
export async function runCommand(
  flags: Given<RunFlags> & { readonly playbook: string },
  signals: Signals,
): Promise<number> {
  const source = await fleetSource(flags)
  const run = await prepareRun(source)
  const why = flags.verbose === true ? notCached() : undefined
  if (why !== undefined) stderr.write(term`mailrun: compiled playbooks are not kept: ${said(why)}\n`)
  if (flags.listHosts === true || flags.listTasks === true) {
    const format = await loadFormat(LIST_FORMATS, flags.format)
    const list = flags.listTasks === true ? format.tasks : format.hosts
    stdout.write(list({ playbook: run.playbook.name, hosts: run.hosts }))
    return 0
  }
  // A list pays for no run.
  const [{ carryOut, DEFAULT_WAIT }, { reporterOf }, format] = await Promise.all([
    import('../../commands/run/carry-out.ts'),
    import('../terminal/reporter.ts'),
    loadFormat(RUN_FORMATS, flags.format),
  ])
  const outcome = await carryOut(run, source, {
    check: flags.check === true,
    forks: flags.forks,
    serial: flags.serial ?? [],
    maxFail: flags.maxFail,
    waitSeconds: flags.wait ?? DEFAULT_WAIT,
    interrupt: signals.interrupt,
    abandon: signals.abandon,
    begins: () => signals.runBegins(),
    report: reporterOf(format, flags),
  })
  return exitStatus(outcome)
}
