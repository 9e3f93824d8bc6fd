// Makes the changes of a plan, zone by zone, each in the way that the inventory says.
import type { Connect } from '../../engine/connection.ts'
import { ConnectionLost, Unreachable } from '../../engine/connection.ts'
import { addressText } from '../../mail/dns-text/dns-text.ts'
import type { Host } from '../../model/host.ts'
import { MailrunError } from '../../model/mailrun-error.ts'
import { zoneSettings, type DnsVars } from '../dns-vars.ts'
import type { VarsOf } from '../lookup/finder-by.ts'
import type { ZoneServers } from '../lookup/find-zone.ts'
import type { DnsPlan } from '../plan/plan-dns.ts'
import { pushByHost } from '../backends/bind-on-host/push-by-host.ts'
import { pushByKnotc } from '../backends/knot/push-by-knotc.ts'
import { pushFromHere, readyToPush } from '../backends/nsupdate/push-from-here.ts'
import type { UpdateOutcome } from '../backends/nsupdate/update-outcome.ts'
import type { RrsetChange } from '../plan/wanted-change.ts'
import { writtenChange, type WrittenChange } from '../backends/written-change.ts'

export interface Pushed {
  readonly change: RrsetChange
  readonly zone: string
  readonly outcome: UpdateOutcome
}

type Way =
  | { readonly kind: 'none' }
  /** There is none, though there is to be: why. */
  | { readonly kind: 'closed'; readonly why: string }
  | { readonly kind: 'nsupdate'; readonly keyFile: string }
  | { readonly kind: 'nsupdate-local' | 'knotc'; readonly host: Host }

export interface Share {
  readonly zone: ZoneServers
  readonly changes: readonly RrsetChange[]
  readonly way: Way
}

export interface Pushing {
  /** The var `dns`, by domain. */
  readonly dns: VarsOf<DnsVars>
  /** Name servers are sought here by their names in the inventory. */
  readonly hosts: readonly Host[]
  /** An absolute path for one as the inventory has it. */
  keyPath(file: string): string
  /** What a zone is of which nothing says how records get there: an error, or left to be published by hand. */
  readonly unset: 'error' | 'by-hand'
}

/**
 * What there is to push, and how; of a zone that nothing leads into, why, before anything is sent. Zones of which
 * domains have the same var `dns` go together.
 */
export async function pushShares({ records }: Pick<DnsPlan, 'records'>, pushing: Pushing): Promise<readonly Share[]> {
  const shares = new Map<ZoneServers['zone'], Map<DnsVars, { zone: ZoneServers; changes: RrsetChange[] }>>()
  for (const each of records) {
    const { zone, record } = each
    if (zone === undefined) continue
    const vars = pushing.dns(record.domain)
    const ofZone = shares.get(zone.zone) ?? new Map<DnsVars, { zone: ZoneServers; changes: RrsetChange[] }>()
    const share = ofZone.get(vars) ?? { zone, changes: [] }
    shares.set(zone.zone, ofZone.set(vars, share))
    if (each.kind === 'change') share.changes.push(each.change)
  }
  return Promise.all(
    [...shares.values()].flatMap((ofZone) =>
      [...ofZone].map(async ([vars, share]): Promise<Share> => ({
        ...share,
        way: await wayOrWhy(share, vars, pushing),
      })),
    ),
  )
}

/** What is wrong with one zone's way is that one's. */
async function wayOrWhy({ zone, changes }: Omit<Share, 'way'>, vars: DnsVars, pushing: Pushing): Promise<Way> {
  if (changes.length === 0) return { kind: 'none' }
  try {
    const way = wayInto(zone, vars, pushing)
    if (way.kind === 'nsupdate') await readyToPush(way.keyFile)
    return way
  } catch (error) {
    if (error instanceof MailrunError) return { kind: 'closed', why: error.message }
    throw error
  }
}

/** @throws MailrunError */
function wayInto({ zone, primary }: ZoneServers, vars: DnsVars, { hosts, keyPath, unset }: Pushing): Way {
  const { via, keyFile, host } = zoneSettings(vars, zone)
  switch (via) {
    case undefined:
      if (unset === 'by-hand') return { kind: 'none' }
      throw new MailrunError(noWayInto(zone))
    case 'none':
      return { kind: 'none' }
    case 'nsupdate':
      if (primary !== undefined) return { kind: 'nsupdate', keyFile: keyPath(keyFile!) }
      throw new MailrunError(
        `${zone}: the server that its SOA record names takes no updates, for it has no address: set dns.primary`,
      )
    default:
      return { kind: via, host: hostNamed(host, zone, hosts) }
  }
}

/** Of a zone of which the inventory says nothing. */
export const noWayInto = (zone: string): string =>
  `nothing says how records get into ${zone}: ` +
  'set dns.key_file (TSIG), dns.host (a BIND host of the inventory; with dns.via: knotc one with Knot DNS), ' +
  'or dns.via: none for a zone that is kept in other ways'

function hostNamed(name: string | undefined, zone: string, hosts: readonly Host[]): Host {
  const host = hosts.find((each) => each.name === name)
  if (host === undefined) {
    throw new MailrunError(
      `dns.host${zone === '' ? '' : ` of ${zone}`} is ${JSON.stringify(name)}, and the inventory has no such host`,
    )
  }
  return host
}

/**
 * What can be known to be wrong before it is known which zones there are; gives the hosts that may be pushed by.
 *
 * @throws MailrunError
 */
export async function readyToPublish(
  all: readonly DnsVars[],
  { hosts, keyPath }: Pick<Pushing, 'hosts' | 'keyPath'>,
): Promise<readonly Host[]> {
  const settings = all.flatMap((vars) =>
    ['', ...Object.keys(vars.zones ?? {})].map((zone) => ({ zone, ...zoneSettings(vars, zone) })),
  )
  for (const file of new Set(settings.flatMap(({ via, keyFile }) => (via === 'nsupdate' ? [keyPath(keyFile!)] : []))))
    await readyToPush(file)
  return [
    ...new Set(
      settings.flatMap(({ via, host, zone }) =>
        via === 'nsupdate-local' || via === 'knotc' ? [hostNamed(host, zone, hosts)] : [],
      ),
    ),
  ]
}

/** The hosts that {@link pushDns} will connect to. */
export const hostsOf = (shares: readonly Share[]): readonly Host[] => [
  ...new Set(shares.flatMap(({ way }) => ('host' in way ? [way.host] : []))),
]

/** What goes wrong is in the outcomes, never thrown. Zones go one after the other. */
export async function pushDns(
  shares: readonly Share[],
  connect: Connect,
  signal: AbortSignal,
): Promise<readonly Pushed[]> {
  const pushed: Pushed[] = []
  for (const share of shares) {
    if (share.way.kind === 'none') continue
    const outcomes = await outcomesOf(share, connect, signal)
    pushed.push(...share.changes.map((change, index) => ({ change, zone: share.zone.zone, outcome: outcomes[index]! })))
  }
  return pushed
}

/** A change that cannot be written is a failure by itself; the others go on. */
async function outcomesOf(share: Share, connect: Connect, signal: AbortSignal): Promise<readonly UpdateOutcome[]> {
  const written = share.changes.map((change) => writtenOrWhy(change, share.zone.zone))
  const sendable = written.flatMap((each) => ('kind' in each ? [] : [each]))
  const sent = [...(await sentTo(share, sendable, connect, signal))]
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
  { zone: { zone, primary }, way }: Share,
  changes: readonly WrittenChange[],
  connect: Connect,
  signal: AbortSignal,
): Promise<readonly UpdateOutcome[]> {
  const all = (why: string): readonly UpdateOutcome[] => changes.map(() => ({ kind: 'failed', why }))
  if (changes.length === 0 || way.kind === 'none') return []
  if (way.kind === 'closed') return all(way.why)
  if (signal.aborted) return all('interrupted before it was sent')
  if (way.kind === 'nsupdate') return pushFromHere(changes, primary!, way.keyFile)
  try {
    const connection = await connect(way.host, signal)
    const addresses = primary?.addresses.map(({ address }) => addressText(address)) ?? []
    const pushing =
      way.kind === 'knotc'
        ? pushByKnotc(changes, zone, connection, signal)
        : pushByHost(changes, addresses, connection, signal)
    return await pushing.finally(() => connection.close())
  } catch (error) {
    if (error instanceof Unreachable) return all(`${way.host.name} cannot be reached: ${error.message}`)
    if (error instanceof ConnectionLost)
      return all(`the connection to ${way.host.name} was lost: ${error.message}; what came of it, verify tells`)
    throw error
  }
}
