// One step of publishing during a run: looks at DNS, pushes what is ready, and waits for name servers.
import { laggingViews } from '../../dns/plan/lagging-views.ts'
import type { Looking } from '../../dns/lookup/look.ts'
import { planDns, type DnsPlan, type PlannedRecord } from '../../dns/plan/plan-dns.ts'
import type { DnsEvent, LeftRecord } from '../../dns/push/publication.ts'
import { pushDns, zonePushes, type Pushed, type Pushing } from '../../dns/push/push-dns.ts'
import { servedEverywhere, type NotServed } from '../../dns/served/served-everywhere.ts'
import type { Connect } from '../../engine/session/connection.ts'
import type { MailRecord } from '../../mail/records/dns-record.ts'
import type { HostResult } from '../../core/run-event.ts'
import type { MailHosts } from '../mail-fleet/mail-fleet-of.ts'
import { policyWaits, runFleet, type RunFleet } from './run-fleet.ts'

export interface Publishing {
  readonly members: MailHosts
  readonly pushing: Pushing
  readonly looking: Looking
  readonly check: boolean
  /** Seconds for name servers to serve what was pushed. */
  readonly waitSeconds: number
  readonly interrupt: AbortSignal
  readonly tell: (event: DnsEvent) => void
  readonly came: Came
}

/** What came of it so far. */
export interface Came {
  plan: DnsPlan | undefined
  /** What was reported of it: records that are not served, with how they stand. */
  readonly shown: Set<string>
  readonly pushed: Pushed[]
  /** Records that name servers were waited for to serve. */
  readonly waitedFor: Set<string>
  notServed: readonly NotServed[]
  byHand: readonly MailRecord[]
  left: readonly LeftRecord[]
  error: string | undefined
}

export const nothingYet = (): Came => ({
  plan: undefined,
  shown: new Set(),
  pushed: [],
  waitedFor: new Set(),
  notServed: [],
  byHand: [],
  left: [],
  error: undefined,
})

/**
 * Policies come last.
 * @param final - no host tells any more.
 */
export async function publishStep(
  results: readonly HostResult[],
  final: boolean,
  connect: Connect,
  publishing: Publishing,
): Promise<void> {
  const { members, pushing, looking, check, came } = publishing
  const run = runFleet(members, results, check)
  const plan = await planDns(run.fleet, looking)
  tellPlan({ ...plan, findings: [...run.findings, ...plan.findings] }, publishing)
  const left = plan.records.flatMap((each) => leftOver(each, run, results, members))
  const ready = plan.records.filter(({ record }) => left.every((each) => each.record !== record))
  const policies = ready.filter(({ record }) => isPolicy(record, run))
  const others = ready.filter(({ record }) => !isPolicy(record, run))
  await bring(others, connect, publishing)
  if (!final) return
  await bring(policies, connect, publishing)
  came.left = left
  came.byHand = (await zonePushes({ records: ready }, pushing)).flatMap(({ by, changes }) =>
    by.kind === 'by-hand' ? changes.map(({ record }) => record) : [],
  )
  came.notServed = await stillNotServed(publishing)
}

function tellPlan(plan: DnsPlan, { came, tell }: Publishing): void {
  came.plan = plan
  const { shown } = came
  const news = plan.records
    .flatMap((each) => (each.kind === 'served' ? [] : [`${keyOf(each.record)} ${each.kind}`]))
    .filter((each) => !shown.has(each))
  if (news.length > 0 || shown.size === 0) tell({ kind: 'dns-plan', plan })
  for (const each of ['', ...news]) shown.add(each)
}

/** Why nothing is pushed for it in this run, where something would be. */
function leftOver(
  planned: PlannedRecord,
  run: RunFleet,
  results: readonly HostResult[],
  members: MailHosts,
): readonly LeftRecord[] {
  if (planned.kind !== 'change') return []
  const { record } = planned
  const { domain, purpose } = record
  const ofSpf = purpose === 'spf' ? run.unknown.get(domain) : undefined
  const why = isPolicy(record, run) ? policyWaits(domain, members, results) : ofSpf
  return why === undefined ? [] : [{ record, why }]
}

const POLICIES: readonly (MailRecord['purpose'] | undefined)[] = ['dmarc', 'dmarc-report', 'adsp']

const isPolicy = ({ purpose, domain }: MailRecord, { fleet }: RunFleet): boolean =>
  POLICIES.includes(purpose) && fleet.domains.some((each) => each.domain === domain && each.sends)

/** Pushes these, and waits for them and for those that were there already and lag. */
async function bring(records: readonly PlannedRecord[], connect: Connect, publishing: Publishing): Promise<void> {
  const { pushing, check, interrupt, tell, came } = publishing
  if (check || interrupt.aborted) return
  const made = await pushDns(await zonePushes({ records }, pushing), connect, interrupt)
  came.pushed.push(...made)
  if (made.length > 0) tell({ kind: 'dns-pushed', pushed: made })
  const lagging = records.filter((each) => each.kind === 'served' && laggingViews(each).length > 0)
  await wait(
    [
      ...made.flatMap(({ change, outcome }) => (outcome.kind === 'done' ? [change.record] : [])),
      ...lagging.map(({ record }) => record),
    ],
    publishing,
  )
}

async function wait(records: readonly MailRecord[], publishing: Publishing): Promise<void> {
  const { looking, waitSeconds, interrupt, tell, came } = publishing
  const fresh = records.filter((record) => !came.waitedFor.has(keyOf(record)))
  if (fresh.length === 0) return
  let reported = false
  const progress = (missing: readonly NotServed[]): void => {
    if (!reported) tell({ kind: 'dns-waiting', seconds: waitSeconds, missing })
    reported = true
  }
  const missing = await servedEverywhere(fresh, { ...looking, waitSeconds, signal: interrupt, progress })
  for (const record of fresh) came.waitedFor.add(keyOf(record))
  came.notServed = [...came.notServed, ...missing]
  tell({ kind: 'dns-served', records: fresh.length, missing })
}

/** What was waited for too short a time may be served by now. */
async function stillNotServed({ looking, interrupt, came }: Publishing): Promise<readonly NotServed[]> {
  if (came.notServed.length === 0) return []
  const records = [...new Set(came.notServed.map(({ record }) => record))]
  return servedEverywhere(records, { ...looking, waitSeconds: 0, signal: interrupt })
}

const keyOf = ({ name, type, value }: MailRecord): string => `${name} ${type} ${value}`
