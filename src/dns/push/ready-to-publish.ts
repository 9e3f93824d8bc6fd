// Checks the backends before a run begins, as far as that is possible without knowing the zones.
import type { Host } from '../../core/fleet/host.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { Updater } from '../backends/backend.ts'
import { zoneSettings, type DnsVars } from '../dns-vars.ts'
import { hostNamed } from './push-dns.ts'

/**
 * What is wrong with a backend that a zone may need; gives the hosts that may be pushed by.
 *
 * @param hosts - of the inventory.
 * @throws MailrunError
 */
export async function readyToPublish(all: readonly DnsVars[], hosts: readonly Host[]): Promise<readonly Host[]> {
  const updaters = all.flatMap(updatersOf)
  for (const { updater } of withoutRepeats(updaters)) await updater.ready?.()
  const named = updaters.flatMap(({ updater, zone }) =>
    'host' in updater ? [hostNamed(updater.host, zone, hosts)] : [],
  )
  return [...new Set(named)]
}

/**
 * The names of the hosts that zones may be pushed by. What is wrong with settings is reported where a zone is pushed.
 */
export const hostNamesOf = (all: readonly DnsVars[]): ReadonlySet<string> =>
  new Set(
    all.flatMap((vars) =>
      zonesOf(vars).flatMap((zone) => {
        try {
          return updaterOf(vars, zone).flatMap(({ updater }) => ('host' in updater ? [updater.host] : []))
        } catch (error) {
          if (error instanceof MailrunError) return []
          throw error
        }
      }),
    ),
  )

interface OfZone {
  /** Empty: all that have no entry of their own. */
  readonly zone: string
  readonly updater: Updater
  /** What the updater was made of. */
  readonly settings: readonly unknown[]
}

const zonesOf = ({ zones = {} }: DnsVars): readonly string[] => ['', ...Object.keys(zones)]

const updatersOf = (vars: DnsVars): readonly OfZone[] => zonesOf(vars).flatMap((zone) => updaterOf(vars, zone))

/** @throws MailrunError */
function updaterOf(vars: DnsVars, zone: string): readonly OfZone[] {
  const { backend, updater, own } = zoneSettings(vars, zone)
  if (updater === undefined || updater === 'by-hand') return []
  return [{ zone, updater, settings: [backend, ...own] }]
}

/** Zones that have the same settings have the same updater, which is tried once. */
function withoutRepeats(updaters: readonly OfZone[]): readonly OfZone[] {
  const kept: OfZone[] = []
  for (const each of updaters) if (!kept.some((one) => isSame(one.settings, each.settings))) kept.push(each)
  return kept
}

const isSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((value, index) => value === other[index])
