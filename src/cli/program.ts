// Builds the grammar of the command line and its help from the table of commands.
import { Command, type Help } from 'commander'
import { documentText } from '../report/write/terminal.ts'
import type { CliCommand, Invocation } from './command.ts'
import { COMMANDS, type CommandEntry } from './commands.ts'
import { exitStatusHelp } from './exit-status-help.ts'
import type { RunFlags, SourceFlags } from './flags/fleet-flags.ts'
import { merged } from './flags/fleet-options.ts'
import { givenPlaybooks } from './flags/given.ts'
import { runOptions } from './flags/run-options.ts'
import { withDefaults } from './flags/with-defaults.ts'
import { stdout } from './terminal/output.ts'
import type { Signals } from './terminal/signals.ts'

const HELP_COLUMNS = 100

/** In the order of the help. */
export const COMMAND_NAMES: readonly string[] = [...Object.keys(COMMANDS), 'help']

/**
 * @param end - is called with the exit status.
 * @throws CommanderError for a wrong command line, for `--help` and `--version`
 */
export function program(version: string, signals: Signals, end: (status: number) => void): Command {
  const mailrun = new Command('mailrun')
  // Set before any subcommand is made, because subcommands inherit it.
  mailrun
    .exitOverride()
    .configureOutput({
      writeErr: () => {},
      writeOut: (text) => stdout.write(documentText(text)),
      getOutHelpWidth: () => HELP_COLUMNS,
    })
    .configureHelp({ subcommandTerm })
    .enablePositionalOptions()
  playbookCommand(mailrun, version, { signals, end, lookUp: () => Promise.resolve(mailrun) })
  for (const [name, entry] of Object.entries(COMMANDS)) {
    const child = mailrun
      .command(name)
      .usage(entry.usage)
      .description(entry.about)
      .helpOption(...HELP)
    if (entry.operands !== undefined) child.argument(...entry.operands)
  }
  const known = new Set<Command>()
  const filled = async (child: Command): Promise<void> => {
    const entry = known.has(child) ? undefined : COMMANDS[child.name()]
    known.add(child)
    if (entry !== undefined) fill(child, entry, (await entry.load()).command, { mailrun, signals, end, lookUp })
  }
  const lookUp: Filling['lookUp'] = async (name, action) => {
    const child = mailrun.commands.find((each) => each.name() === name)
    if (child === undefined) return mailrun
    await filled(child)
    return child.commands.find((each) => each.name() === action) ?? child
  }
  helpCommand(mailrun, filled)
  return mailrun.hook('preSubcommand', (_, child) => filled(child))
}

const HELP = ['-h, --help', 'print this help'] as const

/** The usage lines of all commands, for the help. */
const USAGES = [
  '<playbook.ts> … -i <inventory> [options]',
  ...Object.entries(COMMANDS).map(([name, { usage }]) => `mailrun ${name} ${usage}`),
].join('\n       ')

const AFTER = exitStatusHelp([
  130,
  1,
  [3, 'some host failed'],
  4,
  5,
  [6, 'something is held back until DNS serves what it needs'],
  [2, '--check found changes to make'],
  [0, 'all satisfied'],
])

/** What `mailrun` does without the name of a command: it runs a playbook. */
function playbookCommand(mailrun: Command, version: string, { signals, end, lookUp }: Omit<Filling, 'mailrun'>): void {
  mailrun
    .usage(USAGES)
    .description('Brings a fleet of hosts to the state that a playbook describes.')
    .argument(
      '[playbooks...]',
      'a playbook, or several, which each host is given in this order: a .ts, .mts, .js or .mjs file (one that is named like a command: ./ping), or the name of one: ' +
        'site is playbooks/site.ts, and dkim, mail-auth and mail-host are in the package',
    )
  runOptions(mailrun)
  mailrun
    .version(version, '--version', 'print the version')
    .helpOption(...HELP)
    .addHelpText('after', AFTER)
    .action(async (playbooks: readonly string[], flags: RunFlags) => {
      const operands = await givenPlaybooks(playbooks, COMMAND_NAMES)
      const filled = await withDefaults(flags, [mailrun], [])
      const { command } = await import('./commands/run.ts')
      end(await command.act({ flags: filled, operands, action: undefined, signals, lookUp }))
    })
}

interface Filling {
  readonly mailrun: Command
  readonly signals: Signals
  readonly end: (status: number) => void
  readonly lookUp: Invocation['lookUp']
}

/** Adds the flags and the action of a command, when its file is loaded. */
function fill(
  child: Command,
  { actions = {} }: CommandEntry,
  command: CliCommand<SourceFlags>,
  filling: Filling,
): void {
  const { mailrun, signals, end, lookUp } = filling
  const give = (to: Command, action: string | undefined): void => {
    to.action(async () => {
      const operands = to.processedArgs.flat() as readonly string[]
      const flags = await withDefaults(merged<SourceFlags>(mailrun, to), [mailrun, to], operands)
      end(await command.act({ flags, operands, action, signals, lookUp }))
    })
    command.grammar(to, action)
  }
  give(child, undefined)
  if (Object.keys(actions).length > 0) child.helpCommand(false)
  for (const [action, about] of Object.entries(actions)) {
    give(
      child
        .command(action)
        .usage('-i <inventory> [options]')
        .description(about)
        .helpOption(...HELP),
      action,
    )
  }
}

/** Replaces commander's own `help`, which would show a command without its flags, because they are not loaded yet. */
function helpCommand(mailrun: Command, filled: (child: Command) => Promise<void>): void {
  mailrun
    .helpCommand(false)
    .command('help')
    .description(HELP[1])
    .helpOption(...HELP)
    .argument('[command]')
    .action(async (name: string | undefined) => {
      if (name === undefined) mailrun.help()
      const child = mailrun.commands.find((each) => each.name() === name)
      if (child === undefined) mailrun.help({ error: true })
      await filled(child)
      child.help()
    })
}

/** The entry of a command in the list of commands. Its flags are not loaded yet. */
function subcommandTerm(this: Help, child: Command): string {
  const entry = COMMANDS[child.name()]
  const hasFlags = child.options.length > 0 || (entry !== undefined && entry.actions === undefined)
  return [child.name(), ...(hasFlags ? ['[options]'] : []), ...(entry?.operands?.slice(0, 1) ?? [])].join(' ')
}
