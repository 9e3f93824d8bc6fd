// `mailrun rotate`: moves the rotation of DKIM keys as far as time and proof allow, and says when to come back.
import { connector } from '../connection/connector.ts'
import { authoritative } from '../dns/lookup/authoritative.ts'
import { ZoneNotFound, type FindZone } from '../dns/lookup/find-zone.ts'
import { whyClosed, type Pushing } from '../dns/push/push-dns.ts'
import { hostNamesOf } from '../dns/push/ready-to-publish.ts'
import { mailDomain } from '../mail/names.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { readExtraVars } from '../playbook/extra-vars.ts'
import { colours, wantsColour } from '../report/colour.ts'
import { jsonDocument } from '../report/json-text.ts'
import { deedText, rotationJson, rotationText } from '../report/rotation.ts'
import { said, term } from '../report/write/terminal.ts'
import { keyringFor } from '../run/keyring-for.ts'
import { affordableForks } from '../run/open-files.ts'
import { readFleet } from '../run/read-fleet.ts'
import type { Deed } from '../mail/rotation/deeds.ts'
import { rotate, type Rotated } from '../run/rotate/rotate.ts'
import { rotationMembers, type RotationMembers } from '../run/rotate/rotation-members.ts'
import { stepRunner } from '../run/rotate/run-steps.ts'
import { EXIT } from './exit-status.ts'
import { fleetSource } from './fleet.ts'
import type { Given } from './options.ts'
import { stderr, stdout } from './output.ts'
import type { RotateFlags } from './rotate-flags.ts'
import type { Signals } from './signals.ts'

/** For a zone to reach its secondaries, and for TTLs as short. */
const WAIT_SECONDS = 60
/** A canary, then more and more. */
const SERIAL = [{ count: 1 }, { percent: 25 }, { percent: 100 }] as const

/** Resolves with the exit status. @throws MailrunError before any host is touched */
export async function rotateCommand(flags: Given<RotateFlags>, signals: Signals): Promise<number> {
  const source = await fleetSource(flags)
  const keyring = keyringFor(source)
  const extraVars = await readExtraVars(source.extraVars ?? [], keyring)
  const inventory = await readFleet(source, extraVars, undefined, keyring)
  const members = await rotationMembers({ inventory, limit: flags.limit, extraVars, keyring })
  // As the hosts' vars have them.
  const domains = flags.domain?.map((name) => mailDomain(name) ?? name)
  refuseStrangers(members, domains, flags.compromised)
  const looking = authoritative(members.dns.of)
  const pushing: Pushing = { dns: members.dns.of, hosts: inventory.hosts, unset: 'error' }
  const closed =
    flags.check === true ? new Map<string, string>() : await closedDomains(members, looking.findZone, pushing)
  const pushedBy = hostNamesOf(members.dns.all)
  const { connect, close } = await connector(
    inventory.hosts.filter(({ name }) => members.hosts.some(({ host }) => host.name === name) || pushedBy.has(name)),
    source,
  )
  const bounds = { forks: affordableForks(flags.forks), interrupt: signals.interrupt, abandon: signals.abandon }
  const runner = await stepRunner(inventory, extraVars, keyring, connect, bounds)
  signals.runBegins()
  const paint = colours(wantsColour(process.env, process.stdout.isTTY === true))
  const text = flags.format === 'text'
  const deeds: Deed[] = []
  const rotated = await rotate({
    members,
    runner,
    connect,
    bounds,
    looking,
    pushing,
    leftAlone: new Map([...closed, ...members.dns.differing]),
    serial: flags.serial ?? SERIAL,
    domains,
    start: flags.start === true,
    compromised: flags.compromised ?? [],
    check: flags.check === true,
    waitSeconds: flags.wait ?? WAIT_SECONDS,
    tell: (deed) => {
      deeds.push(deed)
      if (text) stdout.write(deedText(deed, paint))
    },
    waiting: (why) => {
      if (text && process.stderr.isTTY === true) stderr.write(term`waiting: ${said(why)}\n`)
    },
  }).finally(close)
  const view = { ...rotated, deeds, check: flags.check === true, now: new Date() }
  stdout.write(text ? rotationText(view, paint) : jsonDocument(rotationJson(view)))
  return statusOf(rotated, deeds, view.check, signals.interrupt.aborted)
}

/** @throws MailrunError */
function refuseStrangers(
  { members, hosts }: RotationMembers,
  wanted: readonly string[] | undefined,
  compromised: readonly string[] | undefined,
): void {
  const names = hosts.map(({ host }) => host.name)
  if (names.length === 0) throw new MailrunError('none of these hosts has domains that it signs for', '--limit')
  const stranger = compromised?.find((name) => !names.includes(name))
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

/**
 * By domain, all that can be known to be wrong of how its records get into DNS.
 *
 * @throws MailrunError where that is so of every domain
 */
async function closedDomains(
  { members, hosts }: RotationMembers,
  findZone: FindZone,
  pushing: Pushing,
): Promise<ReadonlyMap<string, string>> {
  const domains = [...new Set(hosts.flatMap(({ host }) => members.get(host.name)!.domains))]
  const reasons = await Promise.all(domains.map((domain) => whyNotPushed(domain, findZone, pushing)))
  const closed = new Map(
    domains.flatMap((domain, index) => {
      const why = reasons[index]
      return why === undefined ? [] : [[domain, why] as const]
    }),
  )
  if (closed.size > 0 && closed.size === domains.length) throw new MailrunError([...new Set(closed.values())])
  return closed
}

/** `undefined`: nothing is known to be wrong; a zone that is not found is told where it is asked for its keys. */
async function whyNotPushed(domain: string, findZone: FindZone, pushing: Pushing): Promise<string | undefined> {
  try {
    return await whyClosed(await findZone(`_domainkey.${domain}`), pushing.dns(domain), pushing)
  } catch (error) {
    if (error instanceof ZoneNotFound) return undefined
    if (error instanceof MailrunError) return error.message
    throw error
  }
}

/** The first that applies, as for a run. */
function statusOf({ outlooks, faults }: Rotated, deeds: readonly Deed[], check: boolean, interrupted: boolean): number {
  const keys = outlooks.flatMap((each) => each.keys)
  const some = (kind: 'until' | 'held' | 'blocked'): boolean => keys.some(({ wait }) => wait?.kind === kind)
  const steps = keys.some(({ step }) => step !== undefined) || outlooks.some(({ begin }) => begin !== undefined)
  if (interrupted || faults.some(({ status }) => status === 'interrupted')) return EXIT.interrupted
  if (
    deeds.some(({ failed }) => failed !== undefined) ||
    faults.some(({ status }) => status === 'failed') ||
    some('blocked')
  )
    return EXIT.failed
  if (faults.length > 0) return EXIT.unreachable
  if (check && steps) return EXIT.wouldChange
  return some('until') || some('held') ? EXIT.held : EXIT.satisfied
}
