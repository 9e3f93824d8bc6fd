// `mailrun schedule install|list|remove`: a timer of systemd that runs an audit, a rotation or a check.
import { realpathSync } from 'node:fs'
import type { Command } from 'commander'
import { refuseInlineSecrets } from '../../commands/schedule/inline-secrets.ts'
import { install, managerOf, remove, schedules } from '../../commands/schedule/manager.ts'
import { checkSchedule, type Schedule } from '../../commands/schedule/units.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { asLines, said, term } from '../../report/write/terminal.ts'
import type { CliCommand, Invocation } from '../command.ts'
import type { SourceFlags } from '../flags/fleet-flags.ts'
import { stdout } from '../terminal/output.ts'

interface ScheduleFlags extends SourceFlags {
  readonly every?: string
  readonly name?: string
  readonly user?: boolean
}

const JOBS = ['audit', 'rotate', 'check'] as const
const WANTED = `wanted: mailrun schedule install ${JOBS.join('|')} --every 6h -- <flags>, list, or remove <name>`

export const command: CliCommand<ScheduleFlags> = {
  grammar(scheduling, action) {
    if (action === undefined) {
      scheduling.allowUnknownOption().allowExcessArguments()
      return
    }
    scheduling.option('--user', 'units of the user who runs this, not of the system (default: unless that is root)')
    if (action === 'install')
      scheduling
        .usage('audit|rotate|check --every <time> [--name <name>] -- <the flags of the run>')
        .argument('<job>', 'audit, rotate; or check: a playbook with --check')
        .argument('[words...]', 'behind --: the flags of the run; of check, the playbook first')
        .requiredOption('--every <time>', 'how often: 30min, 6h, 1d, 1w')
        .option('--name <name>', 'of the units, mailrun-NAME.timer and .service (default: the job)')
    else if (action === 'list') scheduling.usage('[options]')
    else scheduling.usage('<name> [options]').argument('<name>', 'as mailrun schedule list shows it')
  },
  async act(invocation) {
    const { action, flags, operands } = invocation
    const manager = managerOf(flags.user === true)
    if (action === 'install') {
      const schedule = await scheduleOf(invocation)
      await install(manager, schedule, [process.execPath, realpathSync(process.argv[1]!)])
      const unit = `mailrun-${schedule.name}`
      stdout.write(
        asLines([
          term`every ${said(schedule.every)}: mailrun ${said(schedule.words.join(' '))}`,
          said(`what it prints: journalctl ${manager.flags.join(' ')} -u ${unit}`.replace('  ', ' ')),
        ]),
      )
    } else if (action === 'list') {
      const all = await schedules(manager)
      stdout.write(
        asLines(
          all.map(({ name, every, words, folder }) =>
            said(`${name}: every ${every}, mailrun ${words.join(' ')} in ${folder}`),
          ),
        ),
      )
    } else if (action === 'remove') {
      await remove(manager, operands[0]!)
      stdout.write(term`removed ${said(operands[0]!)}\n`)
    } else throw new MailrunError(WANTED)
    return 0
  },
}

/** @throws MailrunError for a command line that would not run */
async function scheduleOf({ flags, operands, lookUp }: Invocation<ScheduleFlags>): Promise<Schedule> {
  const [given, ...words] = operands
  const job = JOBS.find((each) => each === given)
  if (job === undefined) throw new MailrunError(WANTED)
  const schedule: Schedule = {
    name: flags.name ?? job,
    job,
    every: flags.every!,
    folder: process.cwd(),
    words: job === 'check' ? [...words, '--check'] : [job, ...words],
  }
  checkSchedule(schedule)
  const run = await lookUp(job === 'check' ? undefined : job)
  const [playbook] = refuseWrongWords(run, words, job)
  await refuseInlineSecrets((run.getOptionValue('extraVars') as readonly string[] | undefined) ?? [], playbook)
  return schedule
}

/**
 * @returns what stands beside the flags: the playbook of a check.
 * @throws MailrunError for flags that the job has not, and for those that ask somebody
 */
function refuseWrongWords(run: Command, words: readonly string[], job: Schedule['job']): readonly string[] {
  const { operands, unknown } = run.parseOptions([...words])
  if (unknown.length > 0) throw new MailrunError(`mailrun ${job} has no flag ${unknown[0]}`)
  if (operands.length !== (job === 'check' ? 1 : 0))
    throw new MailrunError(
      job === 'check' ? 'behind -- one playbook is wanted, and flags' : `behind -- flags are wanted`,
    )
  const asks = (['askPass', 'askBecomePass'] as const).find((key) => run.getOptionValue(key) === true)
  if (asks !== undefined) throw new MailrunError('nobody is there to be asked for a password: name a file of it')
  return operands
}
