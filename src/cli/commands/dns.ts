// `mailrun dns plan|push|verify`: compares, pushes and verifies the records that a fleet's mail needs.
import { createInterface } from 'node:readline/promises'
import { connector } from '../../connection/connector.ts'
import { authoritative } from '../../dns/authoritative.ts'
import type { DnsVars } from '../../dns/dns-vars.ts'
import type { VarsOf } from '../../dns/finder-by.ts'
import type { Looking } from '../../dns/look.ts'
import { planDns, planRecords, type DnsPlan, type Replacing } from '../../dns/plan-dns.ts'
import { hostsOf, pushDns, pushShares, type Share } from '../../dns/push-dns.ts'
import { servedEverywhere, type NotServed } from '../../dns/served-everywhere.ts'
import { absolute } from '../../inventory/address.ts'
import type { Inventory } from '../../model/inventory.ts'
import { MailrunError } from '../../model/mailrun-error.ts'
import { readExtraVars } from '../../playbook/extra-vars.ts'
import { DNS_PLAN_FORMATS } from '../../report/dns/plan/formats.ts'
import type { DnsPushFormat } from '../../report/dns/push/format.ts'
import { DNS_PUSH_FORMATS } from '../../report/dns/push/formats.ts'
import type { DnsVerifyFormat } from '../../report/dns/verify/format.ts'
import { DNS_VERIFY_FORMATS } from '../../report/dns/verify/formats.ts'
import type { DnsView } from '../../report/dns/view.ts'
import { loadFormat } from '../../report/registry.ts'
import { term } from '../../report/write/terminal.ts'
import { askMailFleet, mailHosts } from '../../commands/mail-fleet/mail-fleet-of.ts'
import { keyringFor } from '../../commands/fleet/keyring-for.ts'
import { affordableForks } from '../../commands/fleet/open-files.ts'
import { readFleet } from '../../commands/fleet/read-fleet.ts'
import type { DnsAction, DnsFlags } from '../flags/dns-flags.ts'
import { recordsFrom } from '../terminal/dns-records.ts'
import { EXIT } from '../exit-status.ts'
import { fleetSource } from '../flags/fleet-request.ts'
import type { Given } from '../flags/fleet-flags.ts'
import { SCREEN } from '../terminal/output.ts'
import type { Signals } from '../terminal/signals.ts'

type Flags = Given<DnsFlags>
type Source = Awaited<ReturnType<typeof fleetSource>>

/** What there is to do, and all that is needed to do it. */
interface Work extends DnsView {
  readonly inventory: Inventory
  readonly dns: VarsOf<DnsVars>
  readonly looking: Looking
}

const WAIT_AFTER_PUSH = 60

/** Resolves with the exit status. @throws MailrunError before anything is changed */
export async function dnsCommand(action: DnsAction, flags: Flags, signals: Signals): Promise<number> {
  const source = await fleetSource(flags)
  switch (action) {
    case 'plan': {
      const format = await loadFormat(DNS_PLAN_FORMATS, flags.format)
      const work = await workOf(flags, source, signals)
      format.tell(work, SCREEN)
      return statusOf(work, changesOf(work) > 0)
    }
    case 'push': {
      const format = await loadFormat(DNS_PUSH_FORMATS, flags.format)
      return push(await workOf(flags, source, signals), format, flags, source, signals)
    }
    case 'verify': {
      const format = await loadFormat(DNS_VERIFY_FORMATS, flags.format)
      return verify(await workOf(flags, source, signals), format, flags, signals)
    }
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

async function push(
  work: Work,
  format: DnsPushFormat,
  flags: Flags,
  source: Source,
  signals: Signals,
): Promise<number> {
  const report = format.open(work, SCREEN)
  const shares = await pushShares(work.plan, {
    dns: work.dns,
    hosts: work.inventory.hosts,
    keyPath: absolute,
    unset: 'error',
  })
  refuseClosed(shares)
  const changes = changesOf(work)
  if (changes > 0 && !(await agreed(changes, flags))) throw new MailrunError('nothing was pushed')
  const { connect, close } = await connector(hostsOf(shares), source)
  signals.runBegins()
  const pushed = await pushDns(shares, connect, signals.interrupt).finally(close)
  report.pushed(pushed)
  const done = new Set(pushed.filter(({ outcome }) => outcome.kind === 'done').map(({ change }) => change.record))
  const missing = await served(work, flags.wait ?? WAIT_AFTER_PUSH, signals, report, (record) => done.has(record))
  report.ended(missing, done.size)
  if (signals.interrupt.aborted) return EXIT.interrupted
  const failed = pushed.some(({ outcome }) => outcome.kind !== 'done') || missing.length > 0
  // What is kept in other ways is still to be changed.
  return failed ? EXIT.failed : statusOf(work, pushed.length < changes)
}

/** A zone that nothing leads into is told with what was pushed. @throws MailrunError where nothing can be pushed */
function refuseClosed(shares: readonly Share[]): void {
  const closed = shares.flatMap(({ way }) => (way.kind === 'closed' ? [way.why] : []))
  const isOpen = shares.some(({ way }) => way.kind !== 'closed' && way.kind !== 'none')
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

async function verify(work: Work, format: DnsVerifyFormat, flags: Flags, signals: Signals): Promise<number> {
  const report = format.open(work, SCREEN)
  signals.runBegins()
  const missing = await served(work, flags.wait ?? 0, signals, report, () => true)
  report.ended(missing)
  if (signals.interrupt.aborted) return EXIT.interrupted
  if (missing.some(({ kind }) => kind !== 'silent')) return EXIT.failed
  return missing.length > 0 ? EXIT.unreachable : statusOf(work, false)
}

/** What cannot be read there is not served, whatever stands beside it. */
async function served(
  { plan, looking }: Work,
  waitSeconds: number,
  { interrupt }: Signals,
  { waiting }: { readonly waiting: (missing: readonly NotServed[]) => void },
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
    waitSeconds,
    signal: interrupt,
    progress: waiting,
  })
  return [...unreadable, ...missing]
}
