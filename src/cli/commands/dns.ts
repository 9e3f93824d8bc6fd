// `mailrun dns plan|push|verify`: flags, output and exit status.
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { dnsPlan, dnsPush, dnsVerify, type DnsPlanned, type DnsRequest } from '../../commands/index.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { DNS_PLAN_FORMATS } from '../../report/dns/plan/formats.ts'
import type { DnsPushReport } from '../../report/dns/push/format.ts'
import { DNS_PUSH_FORMATS } from '../../report/dns/push/formats.ts'
import type { DnsVerifyReport } from '../../report/dns/verify/format.ts'
import { DNS_VERIFY_FORMATS } from '../../report/dns/verify/formats.ts'
import { loadFormat, type About, type Formats } from '../../report/registry.ts'
import { term } from '../../report/write/terminal.ts'
import { nearest } from '../../text/nearest.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../exit-status.ts'
import type { FleetFlags } from '../flags/fleet-flags.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { fleetRequest } from '../flags/fleet-request.ts'
import { gather, waitSeconds } from '../flags/values.ts'
import { SCREEN } from '../terminal/output.ts'

interface DnsFlags extends FleetFlags {
  /** The file with the records of an earlier plan. */
  readonly from?: string
  /** Seconds. */
  readonly wait?: number
  readonly yes?: boolean
  /** Names of records of DKIM keys that may replace keys of others. */
  readonly replace?: readonly string[]
}

interface Action {
  grammar(command: Command): void
  act(request: DnsRequest, flags: DnsFlags): Promise<number>
}

const ACTIONS: Readonly<Record<string, Action>> = {
  plan: {
    grammar: (planning) => shared(planning, DNS_PLAN_FORMATS),
    act: plan,
  },
  push: {
    grammar(pushing) {
      shared(pushing, DNS_PUSH_FORMATS)
      pushing
        .option('--yes', 'push without asking')
        .option(
          '--replace <name>',
          "let this record of a host's key, such as mx1._domainkey.example.org, take the place of another key " +
            'that DNS serves there; mail signed with that one then fails (repeatable)',
          gather,
        )
        .option('--wait <seconds>', 'for name servers to serve what was pushed (default: 60; 0: ask once)', waitSeconds)
    },
    act: push,
  },
  verify: {
    grammar(verifying) {
      shared(verifying, DNS_VERIFY_FORMATS)
      verifying.option('--wait <seconds>', 'for name servers to serve the records (default: 0: ask once)', waitSeconds)
    },
    act: verify,
  },
}

function shared(command: Command, formats: Formats<About>): void {
  fleetOptions(command, formats)
  command.option('--from <file>', 'take the records of an earlier plan (--format records) and ask no host')
}

export const command: CliCommand<DnsFlags> = {
  grammar(dns, action) {
    if (action !== undefined) ACTIONS[action]!.grammar(dns)
    else
      dns
        .allowUnknownOption()
        .allowExcessArguments()
        .action((_flags: object, { args }: Command) => {
          throw noAction(args)
        })
  },
  async act({ flags, action, signals }) {
    const request = { ...(await fleetRequest(flags, signals)), from: flags.from }
    return ACTIONS[action!]!.act(request, flags)
  },
}

/**
 * The error if `mailrun dns` gets no action.
 * @param words - what is there instead, flags and their values included
 */
function noAction(words: readonly string[]): MailrunError {
  const actions = Object.keys(ACTIONS)
  const wanted = `wanted: mailrun dns ${actions.join('|')} -i <inventory>`
  const given = words.find((word) => actions.includes(word))
  if (given !== undefined) return new MailrunError(`${given} goes before the flags; ${wanted}`)
  const [first] = words
  if (first === undefined || first.startsWith('-'))
    return new MailrunError(`nothing says what is to be done; ${wanted}`)
  const meant = nearest(first, actions)
  return new MailrunError(
    `there is no mailrun dns ${first}${meant === undefined ? `; ${wanted}` : `: did you mean mailrun dns ${meant}?`}`,
  )
}

/** The first that applies, as for a run. */
function statusOf({ plan: { records, findings }, silent }: DnsPlanned, changes: boolean): number {
  if (silent.some(({ status }) => status === 'interrupted' || status === 'not-reached')) return EXIT.interrupted
  if (
    silent.some(({ status }) => status === 'failed') ||
    records.some(({ kind }) => kind === 'blocked') ||
    findings.some(({ severity }) => severity === 'error')
  )
    return EXIT.failed
  if (silent.length > 0 || records.some(({ kind }) => kind === 'unanswered')) return EXIT.unreachable
  return changes ? EXIT.wouldChange : EXIT.satisfied
}

const changesOf = ({ plan: { records } }: DnsPlanned): number => records.filter(({ kind }) => kind === 'change').length

async function plan(request: DnsRequest, { format: name }: DnsFlags): Promise<number> {
  const format = await loadFormat(DNS_PLAN_FORMATS, name)
  const planned = await dnsPlan(request)
  format.tell(planned, SCREEN)
  return statusOf(planned, changesOf(planned) > 0)
}

async function push(request: DnsRequest, flags: DnsFlags): Promise<number> {
  const format = await loadFormat(DNS_PUSH_FORMATS, flags.format)
  let report: DnsPushReport | undefined
  const result = await dnsPush({
    ...request,
    replace: flags.replace,
    waitSeconds: flags.wait,
    agree: (changes) => agreed(changes, flags),
    onEvent(event) {
      if (event.kind === 'planned') report = format.open(event.planned, SCREEN)
      else if (event.kind === 'pushed') report?.pushed(event.pushed)
      else report?.waiting(event.missing)
    },
  })
  const { pushed, notServed, interrupted } = result
  const done = pushed.filter(({ outcome }) => outcome.kind === 'done').length
  report?.ended(notServed, done)
  if (interrupted) return EXIT.interrupted
  // Records of zones with `via: none` are still to be changed.
  return done < pushed.length || notServed.length > 0
    ? EXIT.failed
    : statusOf(result, pushed.length < changesOf(result))
}

/** Asks on the terminal. Without a terminal, `--yes` is required. */
async function agreed(changes: number, { yes }: DnsFlags): Promise<boolean> {
  if (yes === true) return true
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    const records = `${changes} ${changes === 1 ? 'record is' : 'records are'}`
    throw new MailrunError(
      `${records} to be changed, and nobody is there to be asked: nothing was pushed; --yes agrees beforehand`,
    )
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal
    .question(term`Push ${changes === 1 ? term`this change` : term`these ${changes} changes`}? [y/N] `)
    .finally(() => terminal.close())
  return /^y(?:es)?$/i.test(answer.trim())
}

async function verify(request: DnsRequest, flags: DnsFlags): Promise<number> {
  const format = await loadFormat(DNS_VERIFY_FORMATS, flags.format)
  let report: DnsVerifyReport | undefined
  const result = await dnsVerify({
    ...request,
    waitSeconds: flags.wait,
    onEvent(event) {
      if (event.kind === 'planned') report = format.open(event.planned, SCREEN)
      else report?.waiting(event.missing)
    },
  })
  const { notServed, interrupted } = result
  report?.ended(notServed)
  if (interrupted) return EXIT.interrupted
  if (notServed.some(({ kind }) => kind !== 'silent')) return EXIT.failed
  return notServed.length > 0 ? EXIT.unreachable : statusOf(result, false)
}
