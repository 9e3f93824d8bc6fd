// `rotate`: advances the rotation of a fleet's DKIM keys as far as time and proofs allow.
import { authoritative } from '../../dns/lookup/authoritative.ts'
import type { Pushing } from '../../dns/push/push-dns.ts'
import { hostNamesOf } from '../../dns/push/ready-to-publish.ts'
import type { BatchSize } from '../../engine/run-options.ts'
import { mailDomain } from '../../mail/names/names.ts'
import type { DoneStep } from '../../mail/rotation/done-step.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { RotationView } from '../../report/rotation/format.ts'
import { openFleet, type FleetRequest } from '../fleet/open-fleet.ts'
import { closedDomains } from './closed-domains.ts'
import { rotateKeys } from './rotate-keys.ts'
import { rotationMembers, type RotationMembers } from './rotation-members.ts'
import { stepRunner } from './run-steps.ts'

export interface RotateRequest extends FleetRequest {
  /** Change nothing; tell where each key is, and what would be done. */
  readonly check?: boolean | undefined
  /** Only keys of these domains; left out: of all. */
  readonly domains?: readonly string[] | undefined
  /** Begin now, however old the keys are. */
  readonly start?: boolean | undefined
  /** Hosts whose keys others know: new ones, and the former revoked at once. No other host is worked on then. */
  readonly compromised?: readonly string[] | undefined
  /** Sizes of the batches of hosts that take up new keys; left out: one host, a quarter, all. */
  readonly serial?: readonly BatchSize[] | undefined
  /** Seconds to wait in all, for name servers and for times that end that soon; left out: 60. */
  readonly waitSeconds?: number | undefined
  readonly onEvent?: ((event: RotateEvent) => void) | undefined
}

export type RotateEvent =
  /** The moment it is done, or has failed. */
  { readonly kind: 'done-step'; readonly doneStep: DoneStep } | { readonly kind: 'waiting'; readonly why: string }

/** Where each key is at the end, and what was done, in that order. */
export interface Rotation extends RotationView {
  readonly interrupted: boolean
}

/** For a zone to reach its secondaries, and for TTLs as short. */
const WAIT_SECONDS = 60
/** A canary, then more and more. */
const SERIAL = [{ count: 1 }, { percent: 25 }, { percent: 100 }] as const

/** @throws MailrunError before any host is touched */
export async function rotate(request: RotateRequest): Promise<Rotation> {
  const { check = false, start = false, compromised = [], serial = SERIAL, waitSeconds = WAIT_SECONDS } = request
  const { onEvent = () => {} } = request
  const fleet = await openFleet(request)
  const { inventory, bounds } = fleet
  const members = await rotationMembers(fleet)
  // As the hosts' vars have them.
  const domains = request.domains?.map((name) => mailDomain(name) ?? name)
  refuseStrangers(members, domains, compromised)
  const looking = authoritative(members.dns.of)
  const pushing: Pushing = { dns: members.dns.of, hosts: inventory.hosts, unset: 'error' }
  const closed = check ? new Map<string, string>() : await closedDomains(members, looking.findZone, pushing)
  const concerned = new Set([...members.hosts.map(({ host }) => host.name), ...hostNamesOf(members.dns.all)])
  const connect = await fleet.reach(inventory.hosts.filter(({ name }) => concerned.has(name)))
  const doneSteps: DoneStep[] = []
  const rotated = await rotateKeys({
    members,
    runner: stepRunner(fleet, connect, bounds),
    connect,
    bounds,
    looking,
    pushing,
    leftAlone: new Map([...closed, ...members.dns.differing]),
    serial,
    domains,
    start,
    compromised,
    check,
    waitSeconds,
    tell: (doneStep) => {
      doneSteps.push(doneStep)
      onEvent({ kind: 'done-step', doneStep })
    },
    waiting: (why) => onEvent({ kind: 'waiting', why }),
  }).finally(fleet.close)
  return { ...rotated, doneSteps, check, now: new Date(), interrupted: bounds.interrupt.aborted }
}

/** @throws MailrunError */
function refuseStrangers(
  { members, hosts }: RotationMembers,
  wanted: readonly string[] | undefined,
  compromised: readonly string[],
): void {
  const names = hosts.map(({ host }) => host.name)
  if (names.length === 0) throw new MailrunError('none of these hosts has domains that it signs for', '--limit')
  const stranger = compromised.find((name) => !names.includes(name))
  if (stranger !== undefined) {
    throw new MailrunError(
      `${JSON.stringify(stranger)} is no host that signs mail here: it has ${names.join(', ')}`,
      '--compromised',
    )
  }
  const domains = new Set(names.flatMap((name) => members.get(name)!.domains))
  const unknown = wanted?.find((name) => !domains.has(name))
  if (unknown !== undefined) {
    throw new MailrunError(
      `${JSON.stringify(unknown)} is no domain of these hosts: they have ${[...domains].join(', ')}`,
      '--domain',
    )
  }
}
