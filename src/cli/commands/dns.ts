// `mailrun dns plan|push|verify`: flags, the plan and what came of it, and the exit status.
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { dnsPlan } from '../../commands/dns/dns-plan.ts'
import { dnsPush, type DnsPushEvent } from '../../commands/dns/dns-push.ts'
import { dnsVerify } from '../../commands/dns/dns-verify.ts'
import type { DnsPlanned, DnsProgress, DnsRequest } from '../../commands/dns/planned.ts'
import { MailrunError } from '../../model/mailrun-error.ts'
import { colours, wantsColour } from '../../report/colour.ts'
import { dnsPlanJson, notServedJson, pushedJson } from '../../report/dns-json.ts'
import { dnsPlanText, notServedText, pushedText } from '../../report/dns-plan.ts'
import { jsonDocument } from '../../report/json-text.ts'
import { said, saidInLines, term } from '../../report/write/terminal.ts'
import { nearest } from '../../text/nearest.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../exit-status.ts'
import type { DnsFlags } from '../flags/dns-flags.ts'
import { fleetOptions } from '../flags/fleet-options.ts'
import { fleetRequest } from '../flags/fleet-request.ts'
import { gather, waitSeconds } from '../flags/values.ts'
import { writtenRecords } from '../terminal/dns-records.ts'
import { stderr, stdout } from '../terminal/output.ts'

const FORMATS = ['text', 'json', 'records', 'zone', 'octodns', 'dnscontrol', 'web-form'] as const

interface Action {
  grammar(command: Command): void
  act(request: DnsRequest, flags: DnsFlags): Promise<number>
}

const ACTIONS: Readonly<Record<string, Action>> = {
  plan: {
    grammar: (planning) => shared(planning, FORMATS),
    act: plan,
  },
  push: {
    grammar(pushing) {
      shared(pushing, ['text', 'json'])
      pushing
        .option('--yes', 'ask nobody whether to push')
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
      shared(verifying, ['text', 'json'])
      verifying.option('--wait <seconds>', 'for name servers to serve the records (default: 0: ask once)', waitSeconds)
    },
    act: verify,
  },
}

function shared(command: Command, formats: readonly string[]): void {
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
 * What is said where `mailrun dns` was told no action.
 * @param words - what stood there instead, flags and their values included
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

const paint = () => colours(wantsColour(process.env, process.stdout.isTTY === true))

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

function tellSilent({ silent }: DnsPlanned): void {
  for (const { name, status, error = '' } of silent) {
    const who = said(`${name} is ${status}`)
    stderr.write(term`mailrun: ${who}, so its keys are not among the records: ${saidInLines(error)}\n`)
  }
}

const planJson = ({ plan: planned, silent, unseen }: DnsPlanned) => ({
  ...dnsPlanJson(planned),
  silent: silent.map(({ name, status, error }) => ({ name, status, error: error ?? '' })),
  unseen,
})

async function plan(request: DnsRequest, { format }: DnsFlags): Promise<number> {
  const planned = await dnsPlan(request)
  if (format !== 'json') tellSilent(planned)
  if (format === 'text') stdout.write(dnsPlanText({ ...planned.plan, unseen: planned.unseen }, paint()))
  else if (format === 'json') stdout.write(jsonDocument(planJson(planned)))
  else {
    stdout.write(writtenRecords(planned.plan, format))
    tellFindings(planned)
  }
  return statusOf(planned, changesOf(planned) > 0)
}

/** Beside a format that has no place for them. */
function tellFindings({ plan: { findings } }: DnsPlanned): void {
  for (const { id, severity, message, remedy } of findings)
    stderr.write(term`mailrun: ${said(`${severity} ${id}: ${message}; ${remedy}`)}\n`)
}

async function push(request: DnsRequest, flags: DnsFlags): Promise<number> {
  const text = flags.format === 'text'
  const onEvent = (event: DnsPushEvent): void => {
    if (!text) return
    if (event.kind === 'pushed') stdout.write(pushedText(event.pushed, paint()))
    else if (event.kind === 'waiting') tellWaiting(event)
    else {
      tellSilent(event.planned)
      stdout.write(dnsPlanText({ ...event.planned.plan, unseen: event.planned.unseen }, paint()))
    }
  }
  const result = await dnsPush({
    ...request,
    replace: flags.replace,
    waitSeconds: flags.wait,
    agree: (changes) => agreed(changes, flags),
    onEvent,
  })
  const { pushed, notServed, interrupted } = result
  const done = pushed.filter(({ outcome }) => outcome.kind === 'done').length
  if (!text)
    stdout.write(jsonDocument({ ...planJson(result), pushed: pushedJson(pushed), notServed: notServedJson(notServed) }))
  else if (done > 0) stdout.write(notServedText(notServed, done, paint()))
  if (interrupted) return EXIT.interrupted
  // What is kept in other ways is still to be changed.
  return done < pushed.length || notServed.length > 0
    ? EXIT.failed
    : statusOf(result, pushed.length < changesOf(result))
}

/** Asked where there is a terminal; where there is none, `--yes` says it. */
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
  const text = flags.format === 'text'
  const onEvent = (event: DnsProgress): void => {
    if (!text) return
    if (event.kind === 'waiting') tellWaiting(event)
    else tellSilent(event.planned)
  }
  const result = await dnsVerify({ ...request, waitSeconds: flags.wait, onEvent })
  const { notServed, interrupted } = result
  if (text) {
    stdout.write(notServedText(notServed, result.plan.records.length, paint(), result.unseen))
    tellFindings(result)
  } else stdout.write(jsonDocument({ ...planJson(result), notServed: notServedJson(notServed) }))
  if (interrupted) return EXIT.interrupted
  if (notServed.some(({ kind }) => kind !== 'silent')) return EXIT.failed
  return notServed.length > 0 ? EXIT.unreachable : statusOf(result, false)
}

function tellWaiting({ missing }: Extract<DnsProgress, { kind: 'waiting' }>): void {
  if (process.stderr.isTTY === true)
    stderr.write(term`waiting for ${new Set(missing.map(({ server }) => server?.name)).size} name servers\n`)
}
