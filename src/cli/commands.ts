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
  init: {
    usage: '[folder] [--hosts mx1,mx2] [--domains a.example,b.example]',
    about: 'write the first files of a project: package.json, an inventory, a playbook; changes no file that is there',
    operands: ['[folder]', 'where (default: the current folder)'],
    load: () => import('./commands/init.ts'),
  },
  ping: {
    usage: '-i <inventory> [options]',
    about: 'connect to each host, become root if the inventory says so, ask one question; changes nothing',
    load: () => import('./commands/ping.ts'),
  },
  exec: {
    usage: "-i <inventory> -l <hosts> [options] -- 'command'",
    about:
      'run one command on hosts, at once, and show equal output once; it runs whatever it does: ' +
      'it takes no lock, and has no check mode',
    operands: ['[command...]', 'shell text as one word, or a program with its arguments'],
    load: () => import('./commands/exec.ts'),
  },
  facts: {
    usage: '-i <inventory> [options]',
    about: 'what hosts are: release, kernel, memory, disks, addresses, versions; changes nothing',
    load: () => import('./commands/facts.ts'),
  },
  'self-test': {
    usage: '-i <inventory> [options]',
    about:
      'try every task module on each host, in a scratch copy of its files that is gone afterwards; ' +
      'says first what it touches, and asks',
    load: () => import('./commands/self-test.ts'),
  },
  inventory: {
    usage: '-i <inventory> --list|--graph|--list-hosts|--host NAME [options]',
    about: 'show the hosts, groups and vars of inventories, and where each var comes from; connects to no host',
    load: () => import('./commands/inventory.ts'),
  },
  encrypt: {
    usage: '-r <age1…> [options] < value',
    about: 'encrypt a secret value for an inventory, from standard input or typed without echo',
    load: () => import('./commands/encrypt.ts'),
  },
  schema: {
    usage: '[playbook.ts …] [--for inventory|vars]',
    about:
      "print a JSON Schema of inventories and of these playbooks' vars, " +
      'with which editors complete and check; connects to no host',
    operands: ['[playbooks...]', 'playbooks whose vars the schema describes'],
    load: () => import('./commands/schema.ts'),
  },
  adopt: {
    usage: '[user@]host … | -i <inventory> [options]',
    about:
      'read hosts that sign mail already: print an inventory under which a run changes as little as possible, ' +
      'and what such a run would change; changes nothing on any host',
    operands: ['[hosts...]', 'hosts, as ssh takes them; or an inventory with -i'],
    load: () => import('./commands/adopt.ts'),
  },
  verify: {
    usage: '-i <inventory> [options]',
    about:
      "ask each host's milters to sign; verify signatures, SPF, DMARC and names with DNS; " +
      'changes nothing, and sends mail only with --deliver',
    load: () => import('./commands/verify.ts'),
  },
  audit: {
    usage: '-i <inventory> [options]',
    about:
      'check hosts, live signatures and every name server: print a matrix of hosts and domains, ' +
      'and findings with what to do; sends no mail and changes nothing',
    load: () => import('./commands/audit.ts'),
  },
  dns: {
    usage: 'plan|push|verify -i <inventory> [options]',
    about:
      "plan the DNS records that the fleet's mail needs, push them, " + 'and verify that every name server serves them',
    actions: {
      plan: 'compare the records with the answers of every authoritative name server; changes nothing',
      push: 'make the changes of the plan, then wait until every name server serves them',
      verify: 'ask every authoritative name server whether it serves the records',
    },
    load: () => import('./commands/dns.ts'),
  },
  rotate: {
    usage: '-i <inventory> [options]',
    about:
      'replace old DKIM keys, as far as possible now: a new key is published, and signs when every name server ' +
      'serves it; the former one stays until its mail is delivered, then it is revoked and removed. ' +
      'Run it again to continue',
    load: () => import('./commands/rotate.ts'),
  },
  schedule: {
    usage: 'install audit|rotate|check --every 6h -- <flags> | list | remove <name>',
    about: 'run an audit, a rotation or a check of a playbook again and again, by a timer of systemd on this machine',
    actions: {
      install: 'write the units of a schedule and start its timer',
      list: 'the schedules of this machine',
      remove: 'stop the timer of a schedule, and remove its units',
    },
    load: () => import('./commands/schedule.ts'),
  },
  completion: {
    usage: 'bash|zsh|fish',
    about: 'the script by which a shell completes commands, flags, hosts, groups and tags',
    operands: ['[words...]', 'the shell'],
    load: () => import('./commands/completion.ts'),
  },
}
