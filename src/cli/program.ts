// The command line's grammar and its help.
import { Command, Option } from 'commander'
import type { Actions } from './actions.ts'
import { fleetOptions, merged, sourceOptions } from './flags/fleet-options.ts'
import { exitStatusHelp } from './exit-status-help.ts'
import { gather, gatherNames, maxFail, serial, waitSeconds } from './flags/values.ts'
import { INVENTORY_FORMATS } from '../report/inventory/formats.ts'
import { PING_FORMATS } from '../report/ping/formats.ts'
import { RUN_FORMATS } from '../report/run/formats.ts'
import { documentText } from '../report/write/terminal.ts'
import { mailCommands } from './mail-commands.ts'
import { stdout } from './terminal/output.ts'
import type { EncryptFlags, FleetFlags, InventoryFlags, RunFlags, SchemaFlags } from './flags/fleet-flags.ts'

const HELP_COLUMNS = 100

/** @throws CommanderError for a wrong command line, for `--help` and `--version` */
export function program(version: string, actions: Actions): Command {
  const mailrun = new Command('mailrun')
  // Set before any subcommand is made: those inherit it.
  mailrun
    .exitOverride()
    .configureOutput({
      writeErr: () => {},
      writeOut: (text) => stdout.write(documentText(text)),
      getOutHelpWidth: () => HELP_COLUMNS,
    })
    .enablePositionalOptions()
  runCommand(mailrun, version, actions)
  pingCommand(mailrun, actions)
  inventoryCommand(mailrun, actions)
  encryptCommand(mailrun, actions)
  schemaCommand(mailrun, actions)
  mailCommands(mailrun, actions)
  return mailrun
}

/** As the help shows them. */
const USAGES = [
  '<playbook.ts> -i <inventory> [options]',
  'mailrun ping -i <inventory> [options]',
  'mailrun inventory -i <inventory> --list|--graph|--list-hosts|--host NAME [options]',
  'mailrun encrypt -r <age1…> [options] < value',
  'mailrun schema [playbook.ts …] [--for inventory|vars]',
  'mailrun adopt [user@]host … | -i <inventory> [options]',
  'mailrun verify -i <inventory> [options]',
  'mailrun audit -i <inventory> [options]',
  'mailrun dns plan|push|verify -i <inventory> [options]',
  'mailrun rotate -i <inventory> [options]',
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
function runCommand(mailrun: Command, version: string, actions: Actions): void {
  mailrun
    .usage(USAGES)
    .description('Brings a fleet of hosts to the state that a playbook describes.')
    .argument('[playbook]', 'a playbook: a .ts, .mts, .js or .mjs file (one that is named like a command: ./ping)')
    .option('-C, --check', 'change nothing; tell what would be changed')
    .option('-D, --diff', "show the changes to files' texts")
    .option('-t, --tags <names>', 'only tasks with one of these tags (a,b; repeatable)', gatherNames)
    .option('--skip-tags <names>', 'no tasks with one of these tags', gatherNames)
    .option('--serial <sizes>', 'hosts per batch: 1, 25%, or 1,25%,100% (default: all in one batch)', serial)
    .option(
      '--max-fail <number>',
      'start no more hosts once more than this many (N or N%) failed (default: the others always go on)',
      maxFail,
    )
    .option(
      '--wait <seconds>',
      'for name servers to serve what a playbook publishes (default: 60; 0: ask once)',
      waitSeconds,
    )
    .option('--list-hosts', 'tell which hosts would be worked on; connect to none')
    .option('--list-tasks', "tell each host's tasks; connect to none")
    .option(
      '-v, --verbose',
      'also the tasks that are ok, the shell text of changes, and each change as it starts and ends',
    )
  fleetOptions(mailrun, RUN_FORMATS)
  mailrun
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help', 'print this help')
    .addHelpText('after', AFTER)
    .action((playbook: string | undefined, flags: RunFlags) => actions.run(playbook, flags))
}

function pingCommand(mailrun: Command, actions: Actions): void {
  const ping = mailrun
    .command('ping')
    .usage('-i <inventory> [options]')
    .description('connect to each host, become root where it says so, ask one question; changes nothing')
    .helpOption('-h, --help', 'print this help')
  fleetOptions(ping, PING_FORMATS)
  ping.action(() => actions.ping(merged<FleetFlags>(mailrun, ping)))
}

function inventoryCommand(mailrun: Command, actions: Actions): void {
  const inventory = mailrun
    .command('inventory')
    .usage('-i <inventory> --list|--graph|--list-hosts|--host NAME [options]')
    .description('what the inventories say: hosts, groups, vars and where each was said; connects to none')
    .option(
      '--list',
      'every host with its groups and vars (with --format json in the shape of ansible-inventory --list)',
    )
    .option('--graph', 'the tree of groups')
    .option('--list-hosts', 'the names, one a line, in order')
    .option('--host <name>', 'one host')
    .option('--playbook-dir <folder>', 'count the group_vars and host_vars there, too')
    .helpOption('-h, --help', 'print this help')
  sourceOptions(inventory, INVENTORY_FORMATS)
  inventory.action(() => actions.inventory(merged<InventoryFlags>(mailrun, inventory)))
}

function encryptCommand(mailrun: Command, actions: Actions): void {
  const encrypt = mailrun
    .command('encrypt')
    .usage('-r <age1…> | -R <file> | -p')
    .description(
      'a secret value from standard input, or typed without echo, as an inventory takes it: encrypted with age',
    )
    .option('-r, --recipient <age1…>', 'who can open it (repeatable)', gather)
    .option('-R, --recipients-file <file>', 'recipients, one a line (repeatable)', gather)
    .option('-p, --passphrase', 'with a passphrase, which is asked for')
    .option('--age-passphrase-file <file>', 'with the passphrase that is the first line of this file')
    .helpOption('-h, --help', 'print this help')
  encrypt.action((flags: EncryptFlags) => actions.encrypt(flags))
}

function schemaCommand(mailrun: Command, actions: Actions): void {
  const schema = mailrun
    .command('schema')
    .usage('[playbook.ts …] [--for inventory|vars]')
    .description(
      "a JSON Schema of inventories and of these playbooks' vars, " +
        'by which editors complete and check; connects to none',
    )
    .argument('[playbooks...]', 'playbooks, whose vars it is to know')
    .addOption(
      new Option('--for <what>', 'what it describes: an inventory, or the files in group_vars and host_vars')
        .choices(['inventory', 'vars'])
        .default('inventory'),
    )
    .helpOption('-h, --help', 'print this help')
  schema.action((playbooks: readonly string[], flags: SchemaFlags) => actions.schema(playbooks, flags))
}
