// Declares the flags that several commands have.
import { Option, type Command } from 'commander'
import type { About, Formats } from '../../report/registry.ts'
import { DEFAULT_FORKS } from '../../engine/run-options.ts'
import { forks, gather, seconds } from './values.ts'

/** Merges the flags before the name of the command with those after it. */
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

/** Adds the flags that select hosts and set vars. @param formats - those of the command. */
export function sourceOptions(command: Command, formats: Formats<About>): void {
  command
    .option(
      '-i, --inventory <source>',
      "an inventory of Ansible's: YAML, INI, a folder, a program, a list (mx1,mx2,); " +
        'or TypeScript (repeatable: later ones win; default: MAILRUN_INVENTORY, mailrun.config.ts, package.json)',
      gather,
    )
    .option(
      '-l, --limit <pattern>',
      'only these hosts: names, groups, globs, ~regex, group[0:2], @file; a,b for both, a:!b without, a:&b in both',
    )
    .option(
      '-e, --extra-vars <vars>',
      'vars that override the inventory: key=value, {json}, @file.yaml (repeatable)',
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
      'a file whose first line is the passphrase of encrypted values (default: mailrun asks for it)',
    )
    .addOption(new Option('--format <format>', 'how results are printed').choices(Object.keys(formats)).default('text'))
}

/** Adds these, and the flags that say how to reach hosts. @param formats - those of the command. */
export function fleetOptions(command: Command, formats: Formats<About>): void {
  sourceOptions(command, formats)
  command
    .option('-f, --forks <number>', 'how many hosts to work on at once', forks, DEFAULT_FORKS)
    .option('-u, --user <name>', 'login user, if the inventory names none (default: the user who runs mailrun)')
    .option('--private-key <file>', 'key, if the inventory names none (default: the agent and ~/.ssh/id_*)')
    .option('-k, --ask-pass', 'ask for the login password, once for all hosts')
    .addOption(
      new Option('--connection-password-file <file>', 'a file whose first line is the login password').conflicts(
        'askPass',
      ),
    )
    .addOption(
      new Option(
        '-c, --connection <kind>',
        "the system's ssh where a master connection stands, else mailrun's own (auto, ssh; the default); " +
          "the system's (openssh); or this machine (local); if the inventory does not say",
      ).choices(['auto', 'ssh', 'openssh', 'local']),
    )
    .option('--ssh-config <file>', 'a file to use in place of ~/.ssh/config and /etc/ssh/ssh_config; none: no file')
    .option(
      '--known-hosts <file>',
      'a file that must have the host keys ' +
        "(default: ssh_config's, else ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts)",
    )
    .option('--accept-new', 'record the keys of hosts without a known key; a changed key is refused')
    .option(
      '--ssh-common-args <options>',
      'options for ssh, if the inventory gives none: "-J bastion -o Keyword=value"',
    )
    .option('--ssh-extra-args <options>', 'more options for ssh')
    .option('-b, --become', 'do the work as another user, if the inventory does not say')
    .addOption(
      new Option('--become-method <method>', 'how to become that user (default: sudo)').choices(['sudo', 'su', 'doas']),
    )
    .option('--become-user <name>', 'that user (default: root)')
    .option('-K, --ask-become-pass', "ask for the method's password, once for all hosts")
    .addOption(
      new Option('--become-password-file <file>', 'a file whose first line is that password').conflicts(
        'askBecomePass',
      ),
    )
    .option(
      '-T, --timeout <seconds>',
      "how long a connection may take, if the inventory does not say (default: ssh_config's ConnectTimeout, else 30)",
      seconds,
    )
}
