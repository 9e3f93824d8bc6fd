// Makes the changes of a plan, one zone after the other, each with the backend that the inventory selects.
import type { Connect } from '../../engine/session/connection.ts'
import { ConnectionLost, Unreachable } from '../../engine/session/connection.ts'
import type { Host } from '../../core/fleet/host.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { Guard, HostUpdater, LocalUpdater, UpdateOutcome } from '../backends/backend.ts'
import { BACKENDS } from '../backends/backends.ts'
import { writtenChange, type WrittenChange } from '../backends/written-change.ts'
import { zoneSettings, type DnsVars } from '../dns-vars.ts'
import type { VarsOf } from '../lookup/finder-by.ts'
import type { ZoneServers } from '../lookup/find-zone.ts'
import type { DnsPlan } from '../plan/plan-dns.ts'
import type { RrsetChange } from '../plan/wanted-change.ts'
import { changedMeanwhile } from './changed-meanwhile.ts'

export interface Pushed {
  readonly change: RrsetChange
  readonly zone: string
  readonly outcome: UpdateOutcome
}

/** How changes get into a zone. */
export type PushBy =
  | { readonly kind: 'by-hand' }
  /** Nothing can be pushed, though it is to be: why. */
  | { readonly kind: 'closed'; readonly why: string }
  | { readonly kind: 'local'; readonly updater: LocalUpdater; readonly guard: Guard }
  | { readonly kind: 'host'; readonly updater: HostUpdater; readonly guard: Guard; readonly host: Host }

/** What there is to push into one zone. */
export interface ZonePush {
  readonly zone: ZoneServers
  readonly changes: readonly RrsetChange[]
  readonly by: PushBy
}

export interface Pushing {
  /** The var `dns`, by domain. */
  readonly dns: VarsOf<DnsVars>
  /** Name servers are sought here by their names in the inventory. */
  readonly hosts: readonly Host[]
  /** What a zone is of which nothing says how records get there: an error, or left to be published by hand. */
  readonly unset: 'error' | 'by-hand'
}

/**
 * What there is to push, and how; of a zone that nothing leads into, why, before anything is sent. Zones of which
 * domains have the same var `dns` go together.
 */
export async function zonePushes(
  { records }: Pick<DnsPlan, 'records'>,
  pushing: Pushing,
): Promise<readonly ZonePush[]> {
  const pushes = new Map<ZoneServers['zone'], Map<DnsVars, { zone: ZoneServers; changes: RrsetChange[] }>>()
  for (const each of records) {
    const { zone, record } = each
    if (zone === undefined) continue
    const vars = pushing.dns(record.domain)
    const ofZone = pushes.get(zone.zone) ?? new Map<DnsVars, { zone: ZoneServers; changes: RrsetChange[] }>()
    const push = ofZone.get(vars) ?? { zone, changes: [] }
    pushes.set(zone.zone, ofZone.set(vars, push))
    if (each.kind === 'change') push.changes.push(each.change)
  }
  return Promise.all(
    [...pushes.values()].flatMap((ofZone) =>
      [...ofZone].map(async ([vars, push]): Promise<ZonePush> => ({
        ...push,
        by: push.changes.length === 0 ? { kind: 'by-hand' } : await byOrWhy(push.zone, vars, pushing),
      })),
    ),
  )
}

/** What is wrong with one zone is that one's. */
async function byOrWhy(zone: ZoneServers, vars: DnsVars, pushing: Pushing): Promise<PushBy> {
  try {
    const by = pushBy(zone, vars, pushing)
    if ('updater' in by) await by.updater.ready?.()
    return by
  } catch (error) {
    if (error instanceof MailrunError) return { kind: 'closed', why: error.message }
    throw error
  }
}

/**
 * Why nothing can be pushed into the zone, though it is to be, as far as that can be known before anything is sent;
 * `undefined`: nothing is known against it, or it is kept by hand.
 */
export async function whyClosed(zone: ZoneServers, vars: DnsVars, pushing: Pushing): Promise<string | undefined> {
  const by = await byOrWhy(zone, vars, pushing)
  return by.kind === 'closed' ? by.why : undefined
}

/** Whether the inventory says how to push into the zone. Nobody is asked, and nothing tried. @throws MailrunError */
export const isPushed = (zone: ZoneServers, vars: DnsVars, pushing: Pushing): boolean =>
  pushBy(zone, vars, pushing).kind !== 'by-hand'

/** @throws MailrunError */
function pushBy(zone: ZoneServers, vars: DnsVars, { hosts, unset }: Pushing): PushBy {
  const { backend, updater } = zoneSettings(vars, zone.zone)
  if (backend === undefined && unset === 'error') throw new MailrunError(nothingSays(zone.zone))
  if (backend === undefined || updater === undefined || updater === 'by-hand') return { kind: 'by-hand' }
  const unfit = updater.unfit?.(zone)
  if (unfit !== undefined) throw new MailrunError(unfit)
  const { guard } = backend
  return 'host' in updater
    ? { kind: 'host', updater, guard, host: hostNamed(updater.host, zone.zone, hosts) }
    : { kind: 'local', updater, guard }
}

/** Of a zone of which the inventory says nothing. */
function nothingSays(zone: string): string {
  const ways = BACKENDS.map(({ set }) => set)
  return `nothing says how records get into ${zone}: set ${ways.slice(0, -1).join(', ')}, or ${ways.at(-1)}`
}

/** @param zone - for messages; empty: all. @throws MailrunError where the inventory has none of that name */
export function hostNamed(name: string, zone: string, hosts: readonly Host[]): Host {
  const host = hosts.find((each) => each.name === name)
  if (host === undefined) {
    throw new MailrunError(
      `dns.host${zone === '' ? '' : ` of ${zone}`} is ${JSON.stringify(name)}, and the inventory has no such host`,
    )
  }
  return host
}

/** The hosts that {@link pushDns} will connect to. */
export const hostsOf = (pushes: readonly ZonePush[]): readonly Host[] => [
  ...new Set(pushes.flatMap(({ by }) => (by.kind === 'host' ? [by.host] : []))),
]

/** What goes wrong is in the outcomes, never thrown. Zones go one after the other. */
export async function pushDns(
  pushes: readonly ZonePush[],
  connect: Connect,
  signal: AbortSignal,
): Promise<readonly Pushed[]> {
  const pushed: Pushed[] = []
  for (const push of pushes) {
    if (push.by.kind === 'by-hand') continue
    const outcomes = await outcomesOf(push, connect, signal)
    pushed.push(...push.changes.map((change, index) => ({ change, zone: push.zone.zone, outcome: outcomes[index]! })))
  }
  return pushed
}

/** A change that cannot be written is a failure by itself; the others go on. */
async function outcomesOf(push: ZonePush, connect: Connect, signal: AbortSignal): Promise<readonly UpdateOutcome[]> {
  const written = push.changes.map((change) => writtenOrWhy(change, push.zone.zone))
  const sendable = written.flatMap((each) => ('kind' in each ? [] : [each]))
  const sent = [...(await sentTo(push, sendable, connect, signal))]
  return written.map((each) => ('kind' in each ? each : sent.shift()!))
}

function writtenOrWhy(change: RrsetChange, zone: string): WrittenChange | UpdateOutcome {
  try {
    return writtenChange(change, zone)
  } catch (error) {
    if (error instanceof MailrunError) return { kind: 'failed', why: error.message }
    throw error
  }
}

async function sentTo(
  { zone, by }: ZonePush,
  changes: readonly WrittenChange[],
  connect: Connect,
  signal: AbortSignal,
): Promise<readonly UpdateOutcome[]> {
  const all = (why: string): readonly UpdateOutcome[] => changes.map(() => ({ kind: 'failed', why }))
  if (changes.length === 0 || by.kind === 'by-hand') return []
  if (by.kind === 'closed') return all(by.why)
  if (signal.aborted) return all('interrupted before it was sent')
  const { guard } = by
  if (by.kind === 'local') return guarded(guard, changes, zone, (those) => by.updater.push(those, zone, signal))
  const { updater, host } = by
  try {
    const connection = await connect(host, signal)
    const push: Push = (those) => updater.pushOnHost(those, zone, connection, signal)
    return await guarded(guard, changes, zone, push).finally(() => connection.close())
  } catch (error) {
    if (error instanceof Unreachable) return all(`${host.name} cannot be reached: ${error.message}`)
    if (error instanceof ConnectionLost)
      return all(`the connection to ${host.name} was lost: ${error.message}; what came of it, verify tells`)
    throw error
  }
}

type Push = (changes: readonly WrittenChange[]) => Promise<readonly UpdateOutcome[]>

/** For a backend that does not compare, the primary is asked once more, right before each push. */
async function guarded(
  guard: Guard,
  changes: readonly WrittenChange[],
  zone: ZoneServers,
  push: Push,
): Promise<readonly UpdateOutcome[]> {
  if (guard !== 'look-before') return push(changes)
  const outcomes: UpdateOutcome[] = []
  for (const change of changes) outcomes.push((await changedMeanwhile(change, zone)) ?? (await push([change]))[0]!)
  return outcomes
}
