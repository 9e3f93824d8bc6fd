// `mailrun <playbook.ts>`: lists or runs a playbook, and prints the report. `run-options.ts` has its flags.
import { prepareRun } from '../../commands/run/prepare-run.ts'
import { notCached } from '../../playbook/cache-folder.ts'
import { LIST_FORMATS } from '../../report/list/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import { RUN_FORMATS } from '../../report/run/formats.ts'
import { said, term } from '../../report/write/terminal.ts'
import type { CliCommand } from '../command.ts'
import { exitStatus } from '../exit-status.ts'
import type { RunFlags } from '../flags/fleet-flags.ts'
import { fleetRequest } from '../flags/fleet-request.ts'
import { runOptions } from '../flags/run-options.ts'
import { stderr, stdout } from '../terminal/output.ts'

export const command: CliCommand<RunFlags> = {
  grammar: (mailrun) => runOptions(mailrun),
  async act({ flags, operands: [playbook], signals }) {
    const { tags, skipTags, check, serial, maxFail, wait: waitSeconds } = flags
    const run = await prepareRun({ ...(await fleetRequest(flags, signals)), playbook: playbook!, tags, skipTags })
    const why = flags.verbose === true ? notCached() : undefined
    if (why !== undefined) stderr.write(term`mailrun: compiled playbooks are not kept: ${said(why)}\n`)
    if (flags.listHosts === true || flags.listTasks === true) {
      const format = await loadFormat(LIST_FORMATS, flags.format)
      const list = flags.listTasks === true ? format.tasks : format.hosts
      stdout.write(list({ playbook: run.playbook.name, hosts: run.hosts }))
      return 0
    }
    // Loaded only here, so that lists start faster.
    const [{ carryOut }, { reporterOf }, format] = await Promise.all([
      import('../../commands/run/carry-out.ts'),
      import('../terminal/reporter.ts'),
      loadFormat(RUN_FORMATS, flags.format),
    ])
    return exitStatus(await carryOut(run, { check, serial, maxFail, waitSeconds, onEvent: reporterOf(format, flags) }))
  },
}
