// Publishes a fleet's mail records in the middle of a run: as soon as hosts have keys, before they sign; policies last.
import { askServed, lookingFor, servedAnswer } from '../dns/ask-served.ts'
import { zoneSettings } from '../dns/dns-vars.ts'
import { laggingViews } from '../dns/lagging-views.ts'
import { planDns, planRecords, type DnsPlan, type PlannedRecord } from '../dns/plan-dns.ts'
import type { DnsEvent, LeftRecord, Publication } from '../dns/publication.ts'
import { pushDns, pushShares, readyToPublish, type Pushed, type Pushing } from '../dns/push-dns.ts'
import { servedEverywhere, type NotServed } from '../dns/served-everywhere.ts'
import type { Connect } from '../engine/connection.ts'
import type { AskOutside } from '../engine/outside.ts'
import type { Meanwhile } from '../engine/rollout.ts'
import { absolute } from '../inventory/address.ts'
import { REVOKED_DKIM } from '../mail/dkim-record.ts'
import type { MailRecord } from '../mail/dns-record.ts'
import type { Host } from '../model/host.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import type { OutsideQuestion } from '../model/outside-question.ts'
import type { PreparedHost } from '../model/prepared-host.ts'
import type { HostResult } from '../model/run-event.ts'
import { isKnown } from '../model/unknown.ts'
import { mailHosts } from './mail-fleet-of.ts'
import type { PreparedRun } from './prepare-run.ts'
import { policyWaits, runFleet, withQuestions, type RunFleet } from './run-fleet.ts'

export interface PublisherOptions {
  readonly check: boolean
  /** Seconds for name servers to serve what was pushed. */
  readonly waitSeconds: number
  readonly interrupt: AbortSignal
  readonly tell: (event: DnsEvent) => void
}

export interface Publisher {
  /** Those of the run, with what is asked of them besides. */
  readonly hosts: readonly PreparedHost[]
  /** Name servers that are pushed by, in the inventory. */
  readonly ways: readonly Host[]
  /** Until something is pushed: what this run can publish is waited for. In a check it counts as served. */
  readonly askOutside: AskOutside
  meanwhile(connect: Connect): Meanwhile
}

/**
 * No host and no name server is touched.
 * @throws MailrunError with what is wrong in the inventory, or with the way to push
 */
export async function publisher(
  { hosts, inventory, extraVars, keyring }: PreparedRun,
  { check, waitSeconds, interrupt, tell }: PublisherOptions,
): Promise<Publisher> {
  const members = await mailHosts({ inventory, limit: undefined, extraVars, keyring })
  const pushing: Pushing = { vars: members.dns, hosts: inventory.hosts, keyPath: absolute, unset: 'by-hand' }
  const ways = await readyToPublish(pushing)
  const lookingBy = lookingFor()
  const looking = lookingBy(members.dns)

  const shown = new Set<string>()
  const pushed: Pushed[] = []
  const waitedFor = new Map<string, MailRecord>()
  const came: {
    plan: DnsPlan | undefined
    byHand: readonly MailRecord[]
    left: readonly LeftRecord[]
    notServed: readonly NotServed[]
    error: string | undefined
  } = { plan: undefined, byHand: [], left: [], notServed: [], error: undefined }

  const tellPlan = (plan: DnsPlan): void => {
    came.plan = plan
    const news = plan.records
      .flatMap((each) => (each.kind === 'served' ? [] : [`${keyOf(each.record)} ${each.kind}`]))
      .filter((each) => !shown.has(each))
    if (news.length > 0 || shown.size === 0) tell({ kind: 'dns-plan', plan })
    for (const each of ['', ...news]) shown.add(each)
  }

  const wait = async (records: readonly MailRecord[]): Promise<void> => {
    const fresh = records.filter((record) => !waitedFor.has(keyOf(record)))
    if (fresh.length === 0) return
    let told = false
    const progress = (missing: readonly NotServed[]): void => {
      if (!told) tell({ kind: 'dns-waiting', seconds: waitSeconds, missing })
      told = true
    }
    const missing = await servedEverywhere(fresh, { ...looking, waitSeconds, signal: interrupt, progress })
    for (const record of fresh) waitedFor.set(keyOf(record), record)
    came.notServed = [...came.notServed, ...missing]
    tell({ kind: 'dns-served', records: fresh.length, missing })
  }

  /** Pushes these, and waits for them and for those that were there already and lag. */
  const bring = async (records: readonly PlannedRecord[], connect: Connect): Promise<void> => {
    if (check || interrupt.aborted) return
    const made = await pushDns(await pushShares({ records }, pushing), connect, interrupt)
    pushed.push(...made)
    if (made.length > 0) tell({ kind: 'dns-pushed', pushed: made })
    const lagging = records.filter((each) => each.kind === 'served' && laggingViews(each).length > 0)
    await wait([
      ...made.flatMap(({ change, outcome }) => (outcome.kind === 'done' ? [change.record] : [])),
      ...lagging.map(({ record }) => record),
    ])
  }

  const step = async (results: readonly HostResult[], final: boolean, connect: Connect): Promise<void> => {
    const run = runFleet(members, results, check)
    const plan = await planDns(run.fleet, looking)
    tellPlan({ ...plan, findings: [...run.findings, ...plan.findings] })
    const left = plan.records.flatMap((each) => leftOver(each, run, results))
    const ready = plan.records.filter(({ record }) => left.every((each) => each.record !== record))
    await bring(
      ready.filter(({ record }) => !isPolicy(record, run)),
      connect,
    )
    if (!final) return
    await bring(
      ready.filter(({ record }) => isPolicy(record, run)),
      connect,
    )
    came.left = left
    came.byHand = (await pushShares({ records: ready }, pushing)).flatMap(({ way, changes }) =>
      way.kind === 'none' ? changes.map(({ record }) => record) : [],
    )
    // What was waited for too short a time may be served by now.
    came.notServed =
      came.notServed.length === 0
        ? []
        : await servedEverywhere([...new Set(came.notServed.map(({ record }) => record))], {
            ...looking,
            waitSeconds: 0,
            signal: interrupt,
          })
  }

  /** Nothing is pushed for it in this run, and what would be. */
  const leftOver = (planned: PlannedRecord, run: RunFleet, results: readonly HostResult[]): readonly LeftRecord[] => {
    const { record } = planned
    if (planned.kind !== 'change') return []
    const why = isPolicy(record, run)
      ? policyWaits(record.domain, members, results)
      : record.purpose === 'spf'
        ? run.unknown.get(record.domain)
        : undefined
    return why === undefined ? [] : [{ record, why }]
  }

  const guarded = async (what: () => Promise<void>): Promise<void> => {
    try {
      await what()
    } catch (error) {
      came.error ??=
        error instanceof MailrunError
          ? error.message
          : `a bug in mailrun: ${error instanceof Error ? error.stack : String(error)}`
    }
  }

  /** Whether a push would bring the record about, as far as that can be known. */
  const canPublish = async ({ record: { value, ...record } }: OutsideQuestion): Promise<boolean> => {
    try {
      const { zone, primary } = await looking.findZone(record.name)
      const { via } = zoneSettings(members.dns, zone)
      if (via === undefined || via === 'none' || (via === 'nsupdate' && primary === undefined)) return false
      const wanted: MailRecord = {
        ...record,
        value: isKnown(value) ? value : REVOKED_DKIM,
        ttl: 0,
        domain: record.name,
        publishedBy: 'fleet',
        why: [],
      }
      const [planned] = (await planRecords([wanted], looking)).records
      return planned?.kind === 'change' || planned?.kind === 'served'
    } catch (error) {
      if (error instanceof MailrunError) return false
      throw error
    }
  }

  return {
    hosts: withQuestions(hosts, members, check),
    ways,
    async askOutside(question, signal) {
      const answer = await servedAnswer(question, lookingBy(question.dns), signal)
      if (answer.kind === 'served' || came.error !== undefined || !(await canPublish(question))) return answer
      return check ? { kind: 'served' } : { kind: 'later' }
    },
    meanwhile: (connect) => ({
      async between(soFar) {
        await guarded(() => step(soFar, false, connect))
        return askServed(lookingBy)
      },
      async after(results) {
        if (!interrupt.aborted) await guarded(() => step(results, true, connect))
        const publication: Publication = {
          plan: came.plan,
          pushed,
          notServed: came.notServed,
          byHand: came.byHand,
          left: came.left,
          ...(came.error === undefined ? {} : { error: came.error }),
        }
        tell({ kind: 'dns-end', publication })
      },
    }),
  }
}

const keyOf = ({ name, type, value }: MailRecord): string => `${name} ${type} ${value}`

const isPolicy = ({ purpose, domain }: MailRecord, { fleet }: RunFleet): boolean =>
  (purpose === 'dmarc' || purpose === 'dmarc-report' || purpose === 'adsp') &&
  fleet.domains.some((each) => each.domain === domain && each.sends)
