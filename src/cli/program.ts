// The command line's grammar and its help.
import { Command, Option } from 'commander'
import { AUDIT_FORMATS, FAIL_ON, type AuditFlags } from './audit-flags.ts'
import { DNS_FORMATS, type DnsAction, type DnsFlags } from './dns-flags.ts'
import { address, forks, gather, gatherNames, mailboxPlace, maxFail, seconds, serial, waitSeconds } from './flags.ts'
import type { RotateFlags } from './rotate-flags.ts'
import { noDnsAction } from './given.ts'
import { DEFAULT_FORKS } from '../engine/run-options.ts'
import type { EncryptFlags, FleetFlags, InventoryFlags, RunFlags, SchemaFlags, VerifyFlags } from './options.ts'

export interface Actions {
  run(playbook: string | undefined, flags: RunFlags): Promise<void>
  ping(flags: FleetFlags): Promise<void>
  inventory(flags: InventoryFlags): Promise<void>
  encrypt(flags: EncryptFlags): Promise<void>
  schema(playbooks: readonly string[], flags: SchemaFlags): Promise<void>
  verify(flags: VerifyFlags): Promise<void>
  audit(flags: AuditFlags): Promise<void>
  dns(action: DnsAction, flags: DnsFlags): Promise<void>
  rotate(flags: RotateFlags): Promise<void>
}

const HELP_COLUMNS = 100

/** @throws CommanderError for a wrong command line, for `--help` and `--version` */
export function program(version: string, actions: Actions): Command {
  const mailrun = new Command('mailrun')
  // Set before any subcommand is made: those inherit it.
  mailrun.exitOverride().configureOutput({ writeErr: () => {}, getOutHelpWidth: () => HELP_COLUMNS }).enablePositionalOptions()
  mailrun
    .usage('<playbook.ts> -i <inventory> [options]\n       mailrun ping -i <inventory> [options]\n       mailrun inventory -i <inventory> --list|--graph|--list-hosts|--host NAME [options]\n       mailrun encrypt -r <age1…> [options] < value\n       mailrun schema [playbook.ts …] [--for inventory|vars]\n       mailrun verify -i <inventory> [options]\n       mailrun audit -i <inventory> [options]\n       mailrun dns plan|push|verify -i <inventory> [options]\n       mailrun rotate -i <inventory> [options]')
    .description('Brings a fleet of hosts to the state that a playbook describes.')
    .argument('[playbook]', 'a playbook: a .ts, .mts, .js or .mjs file (one that is named like a command: ./ping)')
    .option('-C, --check', 'change nothing; tell what would be changed')
    .option('-D, --diff', "show the changes to files' texts")
    .option('-t, --tags <names>', 'only tasks with one of these tags (a,b; repeatable)', gatherNames)
    .option('--skip-tags <names>', 'no tasks with one of these tags', gatherNames)
    .option('--serial <sizes>', 'hosts per batch: 1, 25%, or 1,25%,100% (default: all in one batch)', serial)
    .option('--max-fail <number>', 'start no more hosts once more than this many (N or N%) failed (default: the others always go on)', maxFail)
    .option('--wait <seconds>', 'for name servers to serve what a playbook publishes (default: 60; 0: ask once)', waitSeconds)
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
  ping.action(() => actions.ping(merged<FleetFlags>(mailrun, ping)))

  const inventory = mailrun
    .command('inventory')
    .usage('-i <inventory> --list|--graph|--list-hosts|--host NAME [options]')
    .description('what the inventories say: hosts, groups, vars and where each was said; connects to none')
    .option('--list', 'every host with its groups and vars (with --format json in the shape of ansible-inventory --list)')
    .option('--graph', 'the tree of groups')
    .option('--list-hosts', 'the names, one a line, in order')
    .option('--host <name>', 'one host')
    .option('--playbook-dir <folder>', 'count the group_vars and host_vars there, too')
    .helpOption('-h, --help', 'print this help')
  sourceOptions(inventory)
  inventory.action(() => actions.inventory(merged<InventoryFlags>(mailrun, inventory)))

  const encrypt = mailrun
    .command('encrypt')
    .usage('-r <age1…> | -R <file> | -p')
    .description('a secret value from standard input, or typed without echo, as an inventory takes it: encrypted with age')
    .option('-r, --recipient <age1…>', 'who can open it (repeatable)', gather)
    .option('-R, --recipients-file <file>', 'recipients, one a line (repeatable)', gather)
    .option('-p, --passphrase', 'with a passphrase, which is asked for')
    .option('--age-passphrase-file <file>', 'with the passphrase that is the first line of this file')
    .helpOption('-h, --help', 'print this help')
  encrypt.action((flags: EncryptFlags) => actions.encrypt(flags))

  const schema = mailrun
    .command('schema')
    .usage('[playbook.ts …] [--for inventory|vars]')
    .description("a JSON Schema of inventories and of these playbooks' vars, by which editors complete and check; connects to none")
    .argument('[playbooks...]', 'playbooks, whose vars it is to know')
    .addOption(new Option('--for <what>', 'what it describes: an inventory, or the files in group_vars and host_vars').choices(['inventory', 'vars']).default('inventory'))
    .helpOption('-h, --help', 'print this help')
  schema.action((playbooks: readonly string[], flags: SchemaFlags) => actions.schema(playbooks, flags))

  const verify = mailrun
    .command('verify')
    .usage('-i <inventory> [options]')
    .description("ask each host's milters to sign, and verify it, SPF, DMARC and names by DNS; changes nothing, and sends no mail but with --deliver")
    .option('--deliver <address>', 'really send messages to this address, from each host for each domain on each path, and tell what becomes of them', address)
    .option('--read-from <host[:mailbox]>', "with --deliver: read there, on a host of the inventory, what the receiver found; a Maildir or mbox (default: the user's)", mailboxPlace)
    .option('--wait <seconds>', 'with --deliver: for messages to arrive (default: 60)', waitSeconds)
    .option('-C, --check', 'with --deliver: tell which messages would be sent; send none')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', VERIFY_AFTER)
  fleetOptions(verify)
  verify.action(() => actions.verify(merged<VerifyFlags>(mailrun, verify)))
  auditCommand(mailrun, actions)
  dnsCommands(mailrun, actions)
  rotateCommand(mailrun, actions)
  return mailrun
}

/** Flags may stand before the command or after it. */
function merged<Flags extends { readonly inventory?: readonly string[]; readonly extraVars?: readonly string[]; readonly ageIdentity?: readonly string[] }>(parent: Command, child: Command): Flags {
  const given = (command: Command): Partial<Flags> =>
    Object.fromEntries(Object.entries(command.opts()).filter(([key]) => command.getOptionValueSource(key) !== 'default')) as Partial<Flags>
  const [above, below] = [given(parent), given(child)]
  const inventory = [...(above.inventory ?? []), ...(below.inventory ?? [])]
  const extraVars = [...(above.extraVars ?? []), ...(below.extraVars ?? [])]
  const ageIdentity = [...(above.ageIdentity ?? []), ...(below.ageIdentity ?? [])]
  return { ...child.opts<Flags>(), ...above, ...below, ...(inventory.length > 0 ? { inventory } : {}), extraVars, ageIdentity }
}

const FORMATS: readonly string[] = ['text', 'json', 'ndjson']

/** Which hosts, and what is said of them. */
function sourceOptions(command: Command, formats = FORMATS): void {
  command
    .option('-i, --inventory <source>', "an inventory of Ansible's: YAML, INI, a folder, a program, a list (mx1,mx2,); or TypeScript (repeatable: later ones win)", gather)
    .option('-l, --limit <pattern>', 'only these hosts: names, groups, globs, ~regex, group[0:2], @file; a,b for both, a:!b without, a:&b in both')
    .option('-e, --extra-vars <vars>', 'vars that win over the inventory: key=value, {json}, @file.yaml (repeatable)', gather)
    .option('--age-identity <file>', 'opens what is encrypted with age (repeatable; default: MAILRUN_AGE_IDENTITY, ~/.config/mailrun/age-identity.txt)', gather)
    .option('--age-passphrase-file <file>', 'the passphrase of what is encrypted with one is the first line of this file (default: it is asked for)')
    .addOption(new Option('--format <format>', 'how results are printed').choices(formats).default('text'))
}

function fleetOptions(command: Command, formats = FORMATS): void {
  sourceOptions(command, formats)
  command
    .option('-f, --forks <number>', 'hosts worked on at once', forks, DEFAULT_FORKS)
    .option('-u, --user <name>', 'login user where the inventory names none (default: who runs mailrun)')
    .option('--private-key <file>', 'key where the inventory names none (default: the agent and ~/.ssh/id_*)')
    .option('-k, --ask-pass', 'ask for the password to log in with, once for all hosts')
    .addOption(new Option('--connection-password-file <file>', 'the password to log in with is the first line of this file').conflicts('askPass'))
    .addOption(new Option('-c, --connection <kind>', "where the inventory names none: mailrun's own ssh, the system's, or this machine").choices(['ssh', 'openssh', 'local']))
    .option('--ssh-config <file>', 'the ssh_config in place of ~/.ssh/config and /etc/ssh/ssh_config; none: no file')
    .option('--known-hosts <file>', "the known_hosts file that host keys must be in (default: ssh_config's, else ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts)")
    .option('--accept-new', 'record the keys of hosts that have none known; a changed key is refused')
    .option('--ssh-common-args <options>', 'options for ssh where the inventory gives none: "-J bastion -o Keyword=value"')
    .option('--ssh-extra-args <options>', 'more of them')
    .option('-b, --become', 'do the work as another user where the inventory does not say')
    .addOption(new Option('--become-method <method>', 'how to become that user (default: sudo)').choices(['sudo', 'su', 'doas']))
    .option('--become-user <name>', 'that user (default: root)')
    .option('-K, --ask-become-pass', "ask for that method's password, once for all hosts")
    .addOption(new Option('--become-password-file <file>', 'that password is the first line of this file').conflicts('askBecomePass'))
    .option('-T, --timeout <seconds>', "for a connection to stand, where the inventory names none (default: ssh_config's ConnectTimeout, else 30)", seconds)
}

const AFTER = `
Exit status, the first that applies:
  130  interrupted
    1  could not start: no host was touched
    3  some host failed
    4  some host was unreachable
    5  what there was to tell could not be written
    6  something is held back until DNS serves what it needs
    2  --check found changes to make
    0  all satisfied`

const VERIFY_AFTER = `
Exit status, the first that applies:
  130  interrupted
    1  could not start: no host was touched
    3  something is not as it must be, or could not be found out
    4  some host was unreachable
    5  what there was to tell could not be written
    0  all is proved`

const AUDIT_AFTER = `
Exit status, the first that applies:
  130  interrupted
    1  could not start: no host was touched
    3  some host could not be asked, or something could not be found out
    4  some host was unreachable
    5  what there was to tell could not be written
    2  there are findings, of --fail-on or graver, that the baseline does not accept
    0  none`

function auditCommand(mailrun: Command, actions: Actions): void {
  const audit = mailrun
    .command('audit')
    .usage('-i <inventory> [options]')
    .description('look at hosts, live signatures and every name server: a matrix of hosts and domains, and findings with what to do; sends no mail and changes nothing')
    .option('--baseline <file>', 'findings that are accepted, each with a reason: they are shown, and do not count')
    .option('--write-baseline <file>', 'write a baseline of all that is found into this new file, and end with 0')
    .addOption(new Option('--fail-on <severity>', 'the least severity that ends with status 2').choices(FAIL_ON).default('warning'))
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', AUDIT_AFTER)
  fleetOptions(audit, AUDIT_FORMATS)
  audit.action(() => actions.audit(merged<AuditFlags>(mailrun, audit)))
}

/** `mailrun dns …` */
function dnsCommands(mailrun: Command, actions: Actions): void {
  const dns = mailrun.command('dns').usage('plan|push|verify -i <inventory> [options]').description("the records that the fleet's mail needs in DNS: what to change, pushing it, whether every name server serves them").helpOption('-h, --help', 'print this help').helpCommand(false)
  dns.allowUnknownOption().allowExcessArguments().action((_flags: object, command: Command) => {
    throw noDnsAction(command.args)
  })
  const one = (action: DnsAction, description: string, formats: readonly string[]): Command => {
    const command = dns.command(action).usage('-i <inventory> [options]').description(description).helpOption('-h, --help', 'print this help')
    fleetOptions(command, formats)
    command.option('--from <file>', 'take the records of an earlier plan (--format records) and ask no host')
    command.action(() => actions.dns(action, merged<DnsFlags>(mailrun, command)))
    return command
  }
  one('plan', 'compare with what every authoritative name server answers; changes nothing', DNS_FORMATS)
  const [push, verify] = [one('push', 'make the changes of the plan, then ask every name server until it serves them', ['text', 'json']), one('verify', 'ask every authoritative name server whether it serves the records', ['text', 'json'])]
  push.option('--yes', 'ask nobody whether to push').option('--wait <seconds>', 'for name servers to serve what was pushed (default: 60; 0: ask once)', waitSeconds)
  verify.option('--wait <seconds>', 'for name servers to serve the records (default: 0: ask once)', waitSeconds)
}

const ROTATE_AFTER = `
Exit status, the first that applies:
  130  interrupted
    1  could not start: nothing was changed
    3  something failed, or must be mended before it goes on
    4  some host was unreachable
    5  what there was to tell could not be written
    2  --check found something to do
    6  something is waited for: run it again, it says when
    0  every key is as it is to be`

function rotateCommand(mailrun: Command, actions: Actions): void {
  const rotate = mailrun
    .command('rotate')
    .usage('-i <inventory> [options]')
    .description("replace DKIM keys that are due, as far as time and proof allow: a new key is published, seen at every name server, and signs; the former one stays until its mail is delivered, is revoked, then removed. Run it again to go on")
    .option('-C, --check', 'change nothing; tell where each key is, and what would be done')
    .option('--domain <name>', 'only keys of this domain (repeatable)', gather)
    .option('--start', 'begin now, however old the keys are')
    .option('--compromised <host>', "others know this host's keys: new ones, and the former revoked at once; mail that they signed and is not delivered yet will fail (repeatable; no other host is worked on)", gather)
    .option('--serial <sizes>', 'hosts that take up new keys at once: 1, 25%, or 1,25%,100% (default: 1,25%,100%)', serial)
    .option('--wait <seconds>', 'to wait in all, for name servers and for times that end that soon (default: 60; 0: not at all)', waitSeconds)
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', ROTATE_AFTER)
  fleetOptions(rotate, ['text', 'json'])
  rotate.action(() => actions.rotate(merged<RotateFlags>(mailrun, rotate)))
}
