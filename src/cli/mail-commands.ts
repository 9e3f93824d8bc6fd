// The grammar of the commands on mail: adopt, verify, audit, dns and rotate.
import { Option, type Command } from 'commander'
import { ADOPTION_FORMATS } from '../report/adoption/formats.ts'
import { AUDIT_FORMATS } from '../report/audit/formats.ts'
import { DNS_PLAN_FORMATS } from '../report/dns/plan/formats.ts'
import { DNS_PUSH_FORMATS } from '../report/dns/push/formats.ts'
import { DNS_VERIFY_FORMATS } from '../report/dns/verify/formats.ts'
import { PROOF_FORMATS } from '../report/proof/formats.ts'
import type { About, Formats } from '../report/registry.ts'
import { ROTATION_FORMATS } from '../report/rotation/formats.ts'
import type { Actions } from './actions.ts'
import type { AdoptFlags } from './flags/adopt-flags.ts'
import { FAIL_ON, type AuditFlags } from './flags/audit-flags.ts'
import { fleetOptions, merged } from './flags/fleet-options.ts'
import type { DnsAction, DnsFlags } from './flags/dns-flags.ts'
import { exitStatusHelp } from './exit-status-help.ts'
import { address, gather, mailboxPlace, serial, waitSeconds } from './flags/values.ts'
import { noDnsAction } from './flags/given.ts'
import type { VerifyFlags } from './flags/fleet-flags.ts'
import type { RotateFlags } from './flags/rotate-flags.ts'

export function mailCommands(mailrun: Command, actions: Actions): void {
  adoptCommand(mailrun, actions)
  verifyCommand(mailrun, actions)
  auditCommand(mailrun, actions)
  dnsCommands(mailrun, actions)
  rotateCommand(mailrun, actions)
}

const ADOPT_AFTER = exitStatusHelp([
  130,
  1,
  [3, 'some host could not be asked, or is set up in a way that is not understood, or the check failed'],
  4,
  5,
  [2, 'a run would change something'],
  [0, 'a run would change nothing'],
])

function adoptCommand(mailrun: Command, actions: Actions): void {
  const adopt = mailrun
    .command('adopt')
    .usage('[user@]host[:port] … | -i <inventory> [options]')
    .description(
      'look at hosts that sign mail already: an inventory with the vars under which a run changes as little as ' +
        'possible, and what such a run would change; changes nothing on any host',
    )
    .argument('[hosts...]', 'hosts, as ssh takes them; or an inventory with -i')
    .option('--write <file>', 'write the inventory into this new file; where it is there, show what differs')
    .option('-D, --diff', "show the changes to files' texts that a run would make")
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', ADOPT_AFTER)
  fleetOptions(adopt, ADOPTION_FORMATS)
  adopt.action((hosts: readonly string[]) => actions.adopt(hosts, merged<AdoptFlags>(mailrun, adopt)))
}

const VERIFY_AFTER = exitStatusHelp([
  130,
  1,
  [3, 'something is not as it must be, or could not be found out'],
  4,
  5,
  [0, 'all is proved'],
])

function verifyCommand(mailrun: Command, actions: Actions): void {
  const verify = mailrun
    .command('verify')
    .usage('-i <inventory> [options]')
    .description(
      "ask each host's milters to sign, and verify it, SPF, DMARC and names by DNS; " +
        'changes nothing, and sends no mail but with --deliver',
    )
    .option(
      '--deliver <address>',
      'really send messages to this address, from each host for each domain on each path, ' +
        'and tell what becomes of them',
      address,
    )
    .option(
      '--read-from <host[:mailbox]>',
      'with --deliver: read there, on a host of the inventory, what the receiver found; ' +
        "a Maildir or mbox (default: the user's)",
      mailboxPlace,
    )
    .option('--wait <seconds>', 'with --deliver: for messages to arrive (default: 60)', waitSeconds)
    .option('-C, --check', 'with --deliver: tell which messages would be sent; send none')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', VERIFY_AFTER)
  fleetOptions(verify, PROOF_FORMATS)
  verify.action(() => actions.verify(merged<VerifyFlags>(mailrun, verify)))
}

const AUDIT_AFTER = exitStatusHelp([
  130,
  1,
  [3, 'some host could not be asked, or something could not be found out'],
  4,
  5,
  [2, 'there are findings, of --fail-on or graver, that the baseline does not accept'],
  [0, 'none'],
])

function auditCommand(mailrun: Command, actions: Actions): void {
  const audit = mailrun
    .command('audit')
    .usage('-i <inventory> [options]')
    .description(
      'look at hosts, live signatures and every name server: a matrix of hosts and domains, ' +
        'and findings with what to do; sends no mail and changes nothing',
    )
    .option('--baseline <file>', 'findings that are accepted, each with a reason: they are shown, and do not count')
    .option('--write-baseline <file>', 'write a baseline of all that is found into this new file, and end with 0')
    .addOption(
      new Option('--fail-on <severity>', 'the least severity that ends with status 2')
        .choices(FAIL_ON)
        .default('warning'),
    )
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', AUDIT_AFTER)
  fleetOptions(audit, AUDIT_FORMATS)
  audit.action(() => actions.audit(merged<AuditFlags>(mailrun, audit)))
}

/** `mailrun dns …` */
function dnsCommands(mailrun: Command, actions: Actions): void {
  const dns = mailrun
    .command('dns')
    .usage('plan|push|verify -i <inventory> [options]')
    .description(
      "the records that the fleet's mail needs in DNS: " +
        'what to change, pushing it, whether every name server serves them',
    )
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
  dns
    .allowUnknownOption()
    .allowExcessArguments()
    .action((_flags: object, command: Command) => {
      throw noDnsAction(command.args)
    })
  const one = (action: DnsAction, description: string, formats: Formats<About>): Command => {
    const command = dns
      .command(action)
      .usage('-i <inventory> [options]')
      .description(description)
      .helpOption('-h, --help', 'print this help')
    fleetOptions(command, formats)
    command.option('--from <file>', 'take the records of an earlier plan (--format records) and ask no host')
    command.action(() => actions.dns(action, merged<DnsFlags>(mailrun, command)))
    return command
  }
  one('plan', 'compare with what every authoritative name server answers; changes nothing', DNS_PLAN_FORMATS)
  const [push, verify] = [
    one('push', 'make the changes of the plan, then ask every name server until it serves them', DNS_PUSH_FORMATS),
    one('verify', 'ask every authoritative name server whether it serves the records', DNS_VERIFY_FORMATS),
  ]
  push
    .option('--yes', 'ask nobody whether to push')
    .option(
      '--replace <name>',
      "let this record of a host's key, such as mx1._domainkey.example.org, take the place of another key " +
        'that DNS serves there; mail signed with that one then fails (repeatable)',
      gather,
    )
    .option('--wait <seconds>', 'for name servers to serve what was pushed (default: 60; 0: ask once)', waitSeconds)
  verify.option('--wait <seconds>', 'for name servers to serve the records (default: 0: ask once)', waitSeconds)
}

const ROTATE_AFTER = exitStatusHelp([
  130,
  [1, 'could not start: nothing was changed'],
  [3, 'something failed, or must be mended before it goes on'],
  4,
  5,
  [2, '--check found something to do'],
  [6, 'something is waited for: run it again, it says when'],
  [0, 'every key is as it is to be'],
])

function rotateCommand(mailrun: Command, actions: Actions): void {
  const rotate = mailrun
    .command('rotate')
    .usage('-i <inventory> [options]')
    .description(
      'replace DKIM keys that are due, as far as time and proof allow: ' +
        'a new key is published, seen at every name server, and signs; ' +
        'the former one stays until its mail is delivered, is revoked, then removed. Run it again to go on',
    )
    .option('-C, --check', 'change nothing; tell where each key is, and what would be done')
    .option('--domain <name>', 'only keys of this domain (repeatable)', gather)
    .option('--start', 'begin now, however old the keys are')
    .option(
      '--compromised <host>',
      "others know this host's keys: new ones, and the former revoked at once; " +
        'mail that they signed and is not delivered yet will fail (repeatable; no other host is worked on)',
      gather,
    )
    .option(
      '--serial <sizes>',
      'hosts that take up new keys at once: 1, 25%, or 1,25%,100% (default: 1,25%,100%)',
      serial,
    )
    .option(
      '--wait <seconds>',
      'to wait in all, for name servers and for times that end that soon (default: 60; 0: not at all)',
      waitSeconds,
    )
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', ROTATE_AFTER)
  fleetOptions(rotate, ROTATION_FORMATS)
  rotate.action(() => actions.rotate(merged<RotateFlags>(mailrun, rotate)))
}
