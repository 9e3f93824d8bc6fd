// `mailrun <playbook.ts>`: lists or runs a playbook, and reports in the wanted format. Its flags are declared in
// `run-options`.
import { listHosts, listTasks, type ListRequest } from '../../commands/run/list.ts'
import { prepareRun } from '../../commands/run/prepare-run.ts'
import { notCached } from '../../playbook/cache-folder.ts'
import { LIST_FORMATS } from '../../report/list/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import type { RunReport } from '../../report/run/format.ts'
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
  async act({ flags, operands: playbook, signals }) {
    const { tags, skipTags, check, serial, maxFail, wait: waitSeconds, heldOk } = flags
    const onNote: Note = (text) => flags.verbose === true && stderr.write(term`mailrun: ${said(text)}\n`)
    const source = { ...(await fleetRequest(flags, signals)), onNote, playbook, tags, skipTags }
    if (flags.listHosts === true || flags.listTasks === true) return list(source, flags)
    const run = await prepareRun(source)
    tellNotCached(onNote)
    // A list pays for no run.
    const [{ carryOut }, { reporterOf, shownOf }, format] = await Promise.all([
      import('../../commands/run/carry-out.ts'),
      import('../terminal/reporter.ts'),
      loadFormat(RUN_FORMATS, flags.format),
    ])
    const reports = [reporterOf(format, flags)]
    const events = flags.onEvent === undefined ? undefined : await eventsOf(flags.onEvent)
    if (events !== undefined)
      reports.push((await loadFormat(RUN_FORMATS, 'ndjson')).open(shownOf(flags), events.screen))
    try {
      const onEvent: RunReport = (event) => reports.forEach((report) => report(event))
      return exitStatus(await carryOut(run, { check, serial, maxFail, waitSeconds, onEvent }), heldOk)
    } finally {
      await events?.end()
    }
  },
}

const eventsOf = async (program: string) => (await import('../terminal/event-program.ts')).eventProgram(program)

async function list(source: ListRequest & { readonly onNote: Note }, flags: RunFlags): Promise<number> {
  const format = await loadFormat(LIST_FORMATS, flags.format)
  const text = flags.listTasks === true ? format.tasks(await listTasks(source)) : format.hosts(await listHosts(source))
  tellNotCached(source.onNote)
  stdout.write(text)
  return 0
}

type Note = (text: string) => unknown

function tellNotCached(note: Note): void {
  const why = notCached()
  if (why !== undefined) note(`compiled playbooks are not kept: ${why}`)
}
