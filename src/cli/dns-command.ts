// `mailrun dns plan|push|verify`: compares, pushes and verifies the records that a fleet's mail needs.
import { createInterface } from 'node:readline/promises'
import { connector } from '../connection/connector.ts'
import { authoritative } from '../dns/lookup/authoritative.ts'
import type { DnsVars } from '../dns/dns-vars.ts'
import type { VarsOf } from '../dns/lookup/finder-by.ts'
import type { Looking } from '../dns/lookup/look.ts'
import { planDns, planRecords, type DnsPlan, type Replacing } from '../dns/plan/plan-dns.ts'
import { hostsOf, pushDns, zonePushes, type ZonePush } from '../dns/push/push-dns.ts'
import { servedEverywhere, type NotServed } from '../dns/served/served-everywhere.ts'
import type { RecordFinding } from '../mail/record-finding.ts'
import type { Inventory } from '../model/inventory.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import type { HostResult } from '../model/run-event.ts'
import { readExtraVars } from '../playbook/extra-vars.ts'
import { colours, wantsColour } from '../report/colour.ts'
import { dnsPlanJson, notServedJson, pushedJson } from '../report/dns-json.ts'
import { dnsPlanText, notServedText, pushedText } from '../report/dns-plan.ts'
import { jsonDocument } from '../report/json-text.ts'
import { said, saidInLines, term } from '../report/write/terminal.ts'
import { askMailFleet, mailHosts } from '../run/mail-fleet-of.ts'
import { keyringFor } from '../run/keyring-for.ts'
import { affordableForks } from '../run/open-files.ts'
import { readFleet } from '../run/read-fleet.ts'
import type { DnsAction, DnsFlags } from './dns-flags.ts'
import { recordsFrom, writtenRecords } from './dns-records.ts'
import { EXIT } from './exit-status.ts'
import { fleetSource } from './fleet.ts'
import type { Given } from './options.ts'
import { stderr, stdout } from './output.ts'
import type { Signals } from './signals.ts'

type Flags = Given<DnsFlags>
type Source = Awaited<ReturnType<typeof fleetSource>>

/** What there is to do, and all that is needed to do it. */
interface Work {
  readonly inventory: Inventory
  readonly dns: VarsOf<DnsVars>
  readonly looking: Looking
  readonly plan: DnsPlan
  readonly silent: readonly HostResult[]
  /** What is not among the records, for hosts did not tell. */
  readonly unseen: readonly string[]
}

const WAIT_AFTER_PUSH = 60

/** Resolves with the exit status. @throws MailrunError before anything is changed */
export async function dnsCommand(action: DnsAction, flags: Flags, signals: Signals): Promise<number> {
  if (action !== 'plan' && flags.format !== 'text' && flags.format !== 'json')
    throw new MailrunError(`--format ${flags.format} is for dns plan; text or json is wanted`)
  const source = await fleetSource(flags)
  const work = await workOf(flags, source, signals)
  switch (action) {
    case 'plan':
      return tellPlan(work, flags)
    case 'push':
      return push(work, flags, source, signals)
    case 'verify':
      return verify(work, flags, signals)
  }
}

async function workOf(flags: Flags, source: Source, signals: Signals): Promise<Work> {
  const keyring = keyringFor(source)
  const extraVars = await readExtraVars(source.extraVars ?? [], keyring)
  const inventory = await readFleet(source, extraVars, undefined, keyring)
  const members = await mailHosts({ inventory, limit: flags.limit, extraVars, keyring })
  const looking = authoritative(members.dns.of)
  const shared = { inventory, dns: members.dns.of, looking }
  const replacing = new Set((flags.replace ?? []).map((name) => name.toLowerCase().replace(/\.$/, '')))
  if (flags.from !== undefined) {
    const plan = await planRecords(await recordsFrom(flags.from), looking, replacing)
    checkReplacing(replacing, plan)
    return { ...shared, plan, silent: [], unseen: [] }
  }
  const { connect, close } = await connector(
    members.hosts.map(({ host }) => host),
    source,
  )
  signals.runBegins()
  const asked = await askMailFleet(members, connect, {
    forks: affordableForks(flags.forks),
    interrupt: signals.interrupt,
    abandon: signals.abandon,
  }).finally(close)
  const plan = await planDns(asked.fleet, looking, replacing)
  checkReplacing(replacing, plan)
  return {
    ...shared,
    plan: { ...plan, findings: [...asked.findings, ...plan.findings] },
    silent: asked.silent,
    unseen: asked.unseen,
  }
}

/** A name that was mistyped replaces nothing. */
function checkReplacing(replacing: Replacing, { records }: DnsPlan): void {
  const keys = records.flatMap(({ record }) => (record.purpose === 'dkim' ? [record.name] : []))
  const unknown = [...replacing].find((name) => !keys.includes(name))
  if (unknown !== undefined) {
    throw new MailrunError(
      `the plan has no DKIM key of that name; it has ${keys.join(', ') || 'none'}: nothing was pushed`,
      `--replace ${unknown}`,
    )
  }
}

const paint = () => colours(wantsColour(process.env, process.stdout.isTTY === true))

/** The first that applies, as for a run. */
function statusOf({ plan: { records, findings }, silent }: Work, changes: boolean): number {
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

const changesOf = ({ plan }: Work): number => plan.records.filter(({ kind }) => kind === 'change').length

function tellSilent({ silent }: Work): void {
  for (const { name, status, error = '' } of silent) {
    const who = said(`${name} is ${status}`)
    stderr.write(term`mailrun: ${who}, so its keys are not among the records: ${saidInLines(error)}\n`)
  }
}

const planJson = ({ plan, silent, unseen }: Work) => ({
  ...dnsPlanJson(plan),
  silent: silent.map(({ name, status, error }) => ({ name, status, error: error ?? '' })),
  unseen,
})

function tellPlan(work: Work, { format }: Flags): number {
  if (format !== 'json') tellSilent(work)
  if (format === 'text') stdout.write(dnsPlanText({ ...work.plan, unseen: work.unseen }, paint()))
  else if (format === 'json') stdout.write(jsonDocument(planJson(work)))
  else {
    stdout.write(writtenRecords(work.plan, format))
    tellFindings(work.plan.findings)
  }
  return statusOf(work, changesOf(work) > 0)
}

/** Beside a format that has no place for them. */
function tellFindings(findings: readonly RecordFinding[]): void {
  for (const { id, severity, message, remedy } of findings)
    stderr.write(term`mailrun: ${said(`${severity} ${id}: ${message}; ${remedy}`)}\n`)
}

async function push(work: Work, flags: Flags, source: Source, signals: Signals): Promise<number> {
  const text = flags.format === 'text'
  if (text) {
    tellSilent(work)
    stdout.write(dnsPlanText({ ...work.plan, unseen: work.unseen }, paint()))
  }
  const pushes = await zonePushes(work.plan, {
    dns: work.dns,
    hosts: work.inventory.hosts,
    unset: 'error',
  })
  refuseClosed(pushes)
  const changes = changesOf(work)
  if (changes > 0 && !(await agreed(changes, flags))) throw new MailrunError('nothing was pushed')
  const { connect, close } = await connector(hostsOf(pushes), source)
  signals.runBegins()
  const pushed = await pushDns(pushes, connect, signals.interrupt).finally(close)
  if (text) stdout.write(pushedText(pushed, paint()))
  const done = new Set(pushed.filter(({ outcome }) => outcome.kind === 'done').map(({ change }) => change.record))
  const missing = await served(work, flags, WAIT_AFTER_PUSH, signals, (record) => done.has(record))
  if (text && done.size > 0) stdout.write(notServedText(missing, done.size, paint()))
  if (!text) {
    stdout.write(
      jsonDocument({
        ...planJson(work),
        pushed: pushedJson(pushed),
        notServed: notServedJson(missing),
      }),
    )
  }
  if (signals.interrupt.aborted) return EXIT.interrupted
  const failed = pushed.some(({ outcome }) => outcome.kind !== 'done') || missing.length > 0
  // What is kept in other ways is still to be changed.
  return failed ? EXIT.failed : statusOf(work, pushed.length < changes)
}

/** A zone that nothing leads into is told with what was pushed. @throws MailrunError where nothing can be pushed */
function refuseClosed(pushes: readonly ZonePush[]): void {
  const closed = pushes.flatMap(({ by }) => (by.kind === 'closed' ? [by.why] : []))
  const isOpen = pushes.some(({ by }) => by.kind === 'local' || by.kind === 'host')
  if (closed.length > 0 && !isOpen) throw new MailrunError([...new Set(closed)])
}

/** Asked where there is a terminal; where there is none, `--yes` says it. */
async function agreed(changes: number, { yes }: Flags): Promise<boolean> {
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

async function verify(work: Work, flags: Flags, signals: Signals): Promise<number> {
  const text = flags.format === 'text'
  if (text) tellSilent(work)
  signals.runBegins()
  const missing = await served(work, flags, 0, signals, () => true)
  const { records, findings } = work.plan
  if (text) {
    stdout.write(notServedText(missing, records.length, paint(), work.unseen))
    tellFindings(findings)
  } else {
    stdout.write(jsonDocument({ ...planJson(work), notServed: notServedJson(missing) }))
  }
  if (signals.interrupt.aborted) return EXIT.interrupted
  if (missing.some(({ kind }) => kind !== 'silent')) return EXIT.failed
  return missing.length > 0 ? EXIT.unreachable : statusOf(work, false)
}

/** What cannot be read there is not served, whatever stands beside it. */
async function served(
  { plan, looking }: Work,
  flags: Flags,
  wait: number,
  { interrupt }: Signals,
  which: (record: NotServed['record']) => boolean,
): Promise<readonly NotServed[]> {
  const unreadable = plan.records.flatMap((each): readonly NotServed[] =>
    each.kind === 'blocked' && each.unreadable === true && which(each.record)
      ? [{ record: each.record, server: undefined, kind: 'other', why: each.why, serial: undefined }]
      : [],
  )
  const left = new Set(unreadable.map(({ record }) => record))
  const records = plan.records.map(({ record }) => record).filter((record) => !left.has(record) && which(record))
  const missing = await servedEverywhere(records, {
    ...looking,
    waitSeconds: flags.wait ?? wait,
    signal: interrupt,
    progress: (missing) => {
      if (process.stderr.isTTY === true && flags.format === 'text')
        stderr.write(term`waiting for ${new Set(missing.map(({ server }) => server?.name)).size} name servers\n`)
    },
  })
  return [...unreadable, ...missing]
}
