// The table of commands, in the order of the help. A command is a line here and a file in `commands/`, which is loaded
// when the command is used.
import type { CliCommand } from './command.ts'
import type { SourceFlags } from './flags/fleet-flags.ts'

export interface CommandEntry {
  /** What follows `mailrun NAME` in the help. */
  readonly usage: string
  /** One line of help. */
  readonly about: string
  /** What it takes beside flags: `[hosts...]`, and what that is. */
  readonly operands?: readonly [syntax: string, about: string]
  /** Words that may follow the name, each with flags of its own, and a line of help for each. */
  readonly actions?: Readonly<Record<string, string>>
  load(): Promise<{ readonly command: CliCommand<SourceFlags> }>
}

export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  ping: {
    usage: '-i <inventory> [options]',
    about: 'connect to each host, become root where it says so, ask one question; changes nothing',
    load: () => import('./commands/ping.ts'),
  },
  inventory: {
    usage: '-i <inventory> --list|--graph|--list-hosts|--host NAME [options]',
    about: 'what the inventories say: hosts, groups, vars and where each was said; connects to none',
    load: () => import('./commands/inventory.ts'),
  },
  encrypt: {
    usage: '-r <age1…> [options] < value',
    about: 'a secret value from standard input, or typed without echo, as an inventory takes it: encrypted with age',
    load: () => import('./commands/encrypt.ts'),
  },
  schema: {
    usage: '[playbook.ts …] [--for inventory|vars]',
    about:
      "a JSON Schema of inventories and of these playbooks' vars, " +
      'by which editors complete and check; connects to none',
    operands: ['[playbooks...]', 'playbooks, whose vars it is to know'],
    load: () => import('./commands/schema.ts'),
  },
  adopt: {
    usage: '[user@]host … | -i <inventory> [options]',
    about:
      'look at hosts that sign mail already: an inventory with the vars under which a run changes as little as ' +
      'possible, and what such a run would change; changes nothing on any host',
    operands: ['[hosts...]', 'hosts, as ssh takes them; or an inventory with -i'],
    load: () => import('./commands/adopt.ts'),
  },
  verify: {
    usage: '-i <inventory> [options]',
    about:
      "ask each host's milters to sign, and verify it, SPF, DMARC and names by DNS; " +
      'changes nothing, and sends no mail but with --deliver',
    load: () => import('./commands/verify.ts'),
  },
  audit: {
    usage: '-i <inventory> [options]',
    about:
      'look at hosts, live signatures and every name server: a matrix of hosts and domains, ' +
      'and findings with what to do; sends no mail and changes nothing',
    load: () => import('./commands/audit.ts'),
  },
  dns: {
    usage: 'plan|push|verify -i <inventory> [options]',
    about:
      "the records that the fleet's mail needs in DNS: " +
      'what to change, pushing it, whether every name server serves them',
    actions: {
      plan: 'compare with what every authoritative name server answers; changes nothing',
      push: 'make the changes of the plan, then ask every name server until it serves them',
      verify: 'ask every authoritative name server whether it serves the records',
    },
    load: () => import('./commands/dns.ts'),
  },
  rotate: {
    usage: '-i <inventory> [options]',
    about:
      'replace DKIM keys that are due, as far as time and proof allow: ' +
      'a new key is published, seen at every name server, and signs; ' +
      'the former one stays until its mail is delivered, is revoked, then removed. Run it again to go on',
    load: () => import('./commands/rotate.ts'),
  },
}
