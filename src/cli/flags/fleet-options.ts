// Declares the flags that several commands have.
import { Option, type Command } from 'commander'
import type { About, Formats } from '../../report/registry.ts'
import { DEFAULT_FORKS } from '../../engine/run-options.ts'
import { forks, gather, seconds } from './values.ts'

/** Flags may stand before the command or after it. */
export function merged<
  Flags extends {
    readonly inventory?: readonly string[]
    readonly extraVars?: readonly string[]
    readonly ageIdentity?: readonly string[]
  },
>(parent: Command, child: Command): Flags {
  const given = (command: Command): Partial<Flags> =>
    Object.fromEntries(
      Object.entries(command.opts()).filter(([key]) => command.getOptionValueSource(key) !== 'default'),
    ) as Partial<Flags>
  const [above, below] = [given(parent), given(child)]
  const inventory = [...(above.inventory ?? []), ...(below.inventory ?? [])]
  const extraVars = [...(above.extraVars ?? []), ...(below.extraVars ?? [])]
  const ageIdentity = [...(above.ageIdentity ?? []), ...(below.ageIdentity ?? [])]
  return {
    ...child.opts<Flags>(),
    ...above,
    ...below,
    ...(inventory.length > 0 ? { inventory } : {}),
    extraVars,
    ageIdentity,
  }
}

/** Which hosts, and what is said of them. @param formats - those that the command has. */
export function sourceOptions(command: Command, formats: Formats<About>): void {
  command
    .option(
      '-i, --inventory <source>',
      "an inventory of Ansible's: YAML, INI, a folder, a program, a list (mx1,mx2,); " +
        'or TypeScript (repeatable: later ones win)',
      gather,
    )
    .option(
      '-l, --limit <pattern>',
      'only these hosts: names, groups, globs, ~regex, group[0:2], @file; a,b for both, a:!b without, a:&b in both',
    )
    .option(
      '-e, --extra-vars <vars>',
      'vars that win over the inventory: key=value, {json}, @file.yaml (repeatable)',
      gather,
    )
    .option(
      '--age-identity <file>',
      'opens what is encrypted with age ' +
        '(repeatable; default: MAILRUN_AGE_IDENTITY, ~/.config/mailrun/age-identity.txt)',
      gather,
    )
    .option(
      '--age-passphrase-file <file>',
      'the passphrase of what is encrypted with one is the first line of this file (default: it is asked for)',
    )
    .addOption(new Option('--format <format>', 'how results are printed').choices(Object.keys(formats)).default('text'))
}

/** And how they are reached. @param formats - those that the command has. */
export function fleetOptions(command: Command, formats: Formats<About>): void {
  sourceOptions(command, formats)
  command
    .option('-f, --forks <number>', 'hosts worked on at once', forks, DEFAULT_FORKS)
    .option('-u, --user <name>', 'login user where the inventory names none (default: who runs mailrun)')
    .option('--private-key <file>', 'key where the inventory names none (default: the agent and ~/.ssh/id_*)')
    .option('-k, --ask-pass', 'ask for the password to log in with, once for all hosts')
    .addOption(
      new Option(
        '--connection-password-file <file>',
        'the password to log in with is the first line of this file',
      ).conflicts('askPass'),
    )
    .addOption(
      new Option(
        '-c, --connection <kind>',
        "where the inventory names none: mailrun's own ssh, the system's, or this machine",
      ).choices(['ssh', 'openssh', 'local']),
    )
    .option('--ssh-config <file>', 'the ssh_config in place of ~/.ssh/config and /etc/ssh/ssh_config; none: no file')
    .option(
      '--known-hosts <file>',
      'the known_hosts file that host keys must be in ' +
        "(default: ssh_config's, else ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts)",
    )
    .option('--accept-new', 'record the keys of hosts that have none known; a changed key is refused')
    .option(
      '--ssh-common-args <options>',
      'options for ssh where the inventory gives none: "-J bastion -o Keyword=value"',
    )
    .option('--ssh-extra-args <options>', 'more of them')
    .option('-b, --become', 'do the work as another user where the inventory does not say')
    .addOption(
      new Option('--become-method <method>', 'how to become that user (default: sudo)').choices(['sudo', 'su', 'doas']),
    )
    .option('--become-user <name>', 'that user (default: root)')
    .option('-K, --ask-become-pass', "ask for that method's password, once for all hosts")
    .addOption(
      new Option('--become-password-file <file>', 'that password is the first line of this file').conflicts(
        'askBecomePass',
      ),
    )
    .option(
      '-T, --timeout <seconds>',
      "for a connection to stand, where the inventory names none (default: ssh_config's ConnectTimeout, else 30)",
      seconds,
    )
}
