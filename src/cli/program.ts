// The command line's grammar and its help.
import { Command, Option } from 'commander'
import { forks, gather, gatherNames, maxFail, seconds, serial } from './flags.ts'
import { DEFAULT_FORKS, DEFAULT_TIMEOUT_SECONDS } from '../engine/run-options.ts'
import type { FleetFlags, RunFlags } from './options.ts'

export interface Actions {
  run(playbook: string | undefined, flags: RunFlags): Promise<void>
  ping(flags: FleetFlags): Promise<void>
}

const HELP_COLUMNS = 100

/** @throws CommanderError for a wrong command line, for `--help` and `--version` */
export function program(version: string, actions: Actions): Command {
  const mailrun = new Command('mailrun')
  // Set before any subcommand is made: those inherit it.
  mailrun.exitOverride().configureOutput({ writeErr: () => {}, getOutHelpWidth: () => HELP_COLUMNS }).enablePositionalOptions()
  mailrun
    .usage('<playbook.ts> -i <inventory> [options]\n       mailrun ping -i <inventory> [options]')
    .description('Brings a fleet of hosts to the state that a playbook describes.')
    .argument('[playbook]', 'a playbook: a .ts, .mts, .js or .mjs file (one that is named like a command: ./ping)')
    .option('-C, --check', 'change nothing; tell what would be changed')
    .option('-D, --diff', "show the changes to files' texts")
    .option('-t, --tags <names>', 'only tasks with one of these tags (a,b; repeatable)', gatherNames)
    .option('--skip-tags <names>', 'no tasks with one of these tags', gatherNames)
    .option('--serial <sizes>', 'hosts per batch: 1, 25%, or 1,25%,100% (default: all in one batch)', serial)
    .option('--max-fail <number>', 'start no more hosts once more than this many (N or N%) failed (default: the others always go on)', maxFail)
    .option('--list-hosts', 'tell which hosts would be worked on; connect to none')
    .option('--list-tasks', 'tell each host\'s tasks; connect to none')
    .option('-v, --verbose', 'also the tasks that are ok, the shell text of changes, and each change as it starts and ends')
  fleetOptions(mailrun)
  mailrun
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help', 'print this help')
    .addHelpText('after', AFTER)
    .action((playbook: string | undefined, flags: RunFlags) => actions.run(playbook, flags))

  const ping = mailrun
    .command('ping')
    .usage('-i <inventory> [options]')
    .description('connect to each host, become root where it says so, ask one question; changes nothing')
    .helpOption('-h, --help', 'print this help')
  fleetOptions(ping)
  ping.action(() => actions.ping(merged(mailrun, ping)))
  return mailrun
}

/** Flags of the fleet may stand before `ping` or after it. */
function merged(parent: Command, child: Command): FleetFlags {
  const given = (command: Command): Partial<FleetFlags> =>
    Object.fromEntries(Object.entries(command.opts()).filter(([key]) => command.getOptionValueSource(key) !== 'default'))
  const [above, below] = [given(parent), given(child)]
  const inventory = [...(above.inventory ?? []), ...(below.inventory ?? [])]
  const extraVars = [...(above.extraVars ?? []), ...(below.extraVars ?? [])]
  return { ...child.opts<FleetFlags>(), ...above, ...below, ...(inventory.length > 0 ? { inventory } : {}), extraVars }
}

function fleetOptions(command: Command): void {
  command
    .option('-i, --inventory <file>', "an inventory in Ansible's YAML form (repeatable: later files win)", gather)
    .option('-l, --limit <pattern>', 'only these hosts: names, groups, globs; a,b for both, a:!b without, a:&b in both')
    .option('-e, --extra-vars <vars>', 'vars that win over the inventory: key=value, {json}, @file.yaml (repeatable)', gather)
    .option('-f, --forks <number>', 'hosts worked on at once', forks, DEFAULT_FORKS)
    .addOption(new Option('--format <format>', 'how results are printed').choices(['text', 'json', 'ndjson']).default('text'))
    .option('-u, --user <name>', 'login user where the inventory names none (default: who runs mailrun)')
    .option('--private-key <file>', 'key where the inventory names none (default: the agent and ~/.ssh/id_*)')
    .option('--known-hosts <file>', 'the known_hosts file that host keys must be in (default: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts)')
    .option('-K, --ask-become-pass', 'ask for the sudo password, once for all hosts')
    .addOption(new Option('--become-password-file <file>', 'the sudo password is the first line of this file').conflicts('askBecomePass'))
    .option('-T, --timeout <seconds>', 'for a connection to stand', seconds, DEFAULT_TIMEOUT_SECONDS)
}

const AFTER = `
Exit status, the first that applies:
  130  interrupted
    1  could not start: no host was touched
    3  some host failed
    4  some host was unreachable
    2  --check found changes to make
    0  all satisfied`
