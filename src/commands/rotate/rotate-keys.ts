// Advances the rotation of a fleet's keys as far as time and proofs allow: asks hosts and name servers, computes the
// next steps, does them, and asks again.
import { setTimeout as sleep } from 'node:timers/promises'
import { FOREIGN_REMEDY } from '../../mail/fleet/own-selectors.ts'
import { nextSteps } from '../../mail/rotation/next-steps.ts'
import type { NextSteps } from '../../mail/rotation/steps.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import { askDns, type DomainInDns } from './ask-dns.ts'
import { askHosts, type HostEvidence, type HostAnswers } from './ask-hosts.ts'
import { compromisedKey, dueSteps, pairKey, stepKey, type DueStep, type Pair } from './due-step.ts'
import { hasGoneOn, isOvertaken, type Refused } from './overtaken.ts'
import { TRIES, newProgress, sorted, type Progress } from './progress.ts'
import { refusedSteps } from './refused-steps.ts'
import type { Rotating } from './rotating.ts'
import { takeDueSteps } from './take-due-steps.ts'

export interface Rotated {
  readonly rotations: readonly NextSteps[]
  readonly faults: HostAnswers['faults']
}

const [FIRST_MS, LONGEST_MS] = [250, 5000] as const
/** Clocks tell whole seconds. */
const EXTRA_MS = 50
const NO_ANSWER =
  '; so its keys cannot be known, and nothing was revoked: ' +
  'where that cannot wait, publish "v=DKIM1; p=" at its selectors by hand'

export async function rotateKeys(rotating: Rotating): Promise<Rotated> {
  const { check, bounds, waitSeconds, tell, waiting } = rotating
  const until = performance.now() + waitSeconds * 1000
  const progress = newProgress()
  let reported = await askThose(concernedHosts(rotating), rotating)
  for (let pause: number = FIRST_MS; ;) {
    const pairs = await pairsOf(reported, rotating, progress.begun)
    if (check || bounds.interrupt.aborted) return rotated(pairs, reported, rotating)
    const { fresh, vain } = sorted(dueSteps(pairs), progress)
    if (fresh.length > 0) {
      reported = await takeSteps(fresh, reported, rotating, progress)
      pause = FIRST_MS
      continue
    }
    for (const each of vain) tell(vainStep(each))
    const times = msUntil(pairs)
    const ms = Math.min(...times, ...(isLagging(pairs) ? [pause] : []))
    if (ms > until - performance.now()) return rotated(pairs, reported, rotating)
    waiting(waitsOf(pairs))
    await sleep(ms, undefined, { signal: bounds.interrupt }).catch(() => undefined)
    pause = Math.min(pause * 2, LONGEST_MS)
    // What hosts said of their queues is old by now.
    if (times.includes(ms)) reported = await askAgain(reported, rotating)
  }
}

const concernedHosts = ({ members, compromised }: Rotating): readonly PreparedHost[] =>
  members.hosts.filter(({ host }) => compromised.length === 0 || compromised.includes(host.name))

const askThose = (hosts: readonly PreparedHost[], { members, connect, bounds }: Rotating): Promise<HostAnswers> =>
  askHosts(hosts, members.members, connect, bounds)

/** Who did not answer once would only be waited for again. */
async function askAgain(reported: HostAnswers, rotating: Rotating): Promise<HostAnswers> {
  const away = reported.faults.filter(({ domain }) => domain === undefined)
  const { evidence, faults } = await askThose(
    concernedHosts(rotating).filter(({ host }) => away.every((each) => each.host !== host.name)),
    rotating,
  )
  return { evidence, faults: [...away, ...faults] }
}

/** What hosts tell after it. */
async function takeSteps(
  fresh: readonly DueStep[],
  reported: HostAnswers,
  rotating: Rotating,
  progress: Progress,
): Promise<HostAnswers> {
  const { begun, tries, failed } = progress
  const noting: Rotating = {
    ...rotating,
    tell: (doneStep) => {
      if (doneStep.failed !== undefined) failed.add(pairKey(doneStep))
      rotating.tell(doneStep)
    },
  }
  for (const each of fresh) tries.set(stepKey(each), (tries.get(stepKey(each)) ?? 0) + 1)
  const { hosts, sound, refused } = await takeDueSteps(fresh, noting, reported, begun)
  if (!sound) failed.add('activate')
  const now = hosts ? await askAgain(reported, rotating) : reported
  for (const each of refused) tellRefused(each, reported, now, noting, progress)
  return now
}

function tellRefused(
  { doneStep, step }: Refused,
  before: HostAnswers,
  now: HostAnswers,
  { tell }: Rotating,
  { begun, failed }: Progress,
): void {
  if (isOvertaken(doneStep, before, now)) {
    // The one that was asked for was begun by somebody else.
    if (step.kind === 'begin' && hasGoneOn(doneStep, before, now)) begun.add(pairKey(doneStep))
    return
  }
  if (step.kind === 'activate') failed.add('activate')
  tell(doneStep)
}

const vainStep = ({ pair: { evidence }, step }: DueStep) => ({
  host: evidence.host,
  domain: evidence.domain,
  selector: 'selector' in step ? step.selector : '',
  what: step.kind,
  failed: `it was tried ${TRIES} times, and is not so`,
})

/** How things are at the end. */
function rotated(pairs: readonly Pair[], reported: HostAnswers, { compromised }: Rotating): Rotated {
  const ofHosts = reported.faults.map((each) => {
    const isUnanswered = compromised.includes(each.host) && each.status === 'unreachable'
    return isUnanswered ? { ...each, why: `${each.why}${NO_ANSWER}` } : each
  })
  const ofZones = pairs.flatMap(({ evidence: { host, domain }, dns: { fault } }) =>
    fault === undefined ? [] : [{ host, domain, status: 'failed' as const, why: fault }],
  )
  return { rotations: pairs.map((each) => each.nextSteps), faults: [...ofHosts, ...ofZones] }
}

async function pairsOf(
  reported: HostAnswers,
  rotating: Rotating,
  begun: ReadonlySet<string>,
): Promise<readonly Pair[]> {
  const wanted = reported.evidence.filter(({ domain }) => rotating.domains?.includes(domain) ?? true)
  return Promise.all(wanted.map((evidence) => pairOf(evidence, rotating, begun)))
}

async function pairOf(
  evidence: HostEvidence,
  { looking, members, leftAlone, start, compromised }: Rotating,
  begun: ReadonlySet<string>,
): Promise<Pair> {
  const { host, domain, clock } = evidence
  const left = leftAlone.get(domain)
  const dns: DomainInDns =
    left === undefined
      ? await askDns(evidence, looking, members.dns.of(domain))
      : { keys: new Map(), cached: 0, fault: left }
  const now = clock.reported + Math.floor((performance.now() - clock.at) / 1000)
  if (dns.fault !== undefined) return { evidence, dns, nextSteps: { host, domain, now, keys: [], notes: [] } }
  const asked = !begun.has(pairKey(evidence))
  const accused = !begun.has(compromisedKey(evidence)) && compromised.includes(host)
  const full = {
    ...evidence,
    now,
    cached: dns.cached,
    dns: new Map([...dns.keys].map(([selector, { standing }]) => [selector, standing])),
  }
  const next = refusedSteps(nextSteps(full, { start: start && asked, compromised: accused }), evidence.problem)
  return { evidence, dns, nextSteps: { ...next, notes: [...next.notes, ...foreignNotes(evidence)] } }
}

const foreignNotes = ({ foreign, host }: HostEvidence): readonly string[] =>
  foreign.map(
    (selector) =>
      `the inventory does not give ${selector} to ${host}: it is never published or revoked by its word; ` +
      FOREIGN_REMEDY,
  )

/** Until each time that is waited for. */
const msUntil = (pairs: readonly Pair[]): readonly number[] =>
  pairs.flatMap(({ nextSteps: { keys, now } }) =>
    keys.flatMap(({ wait }) => (wait?.kind === 'until' ? [(wait.time - now) * 1000 + EXTRA_MS] : [])),
  )

/** Whether something that is waited for may come within moments. */
const isLagging = (pairs: readonly Pair[]): boolean =>
  pairs.some(({ nextSteps: { keys } }) => keys.some(({ wait }) => wait?.kind === 'held' && wait.soon))

function waitsOf(pairs: readonly Pair[]): string {
  const reasons = pairs.flatMap(({ nextSteps: { keys } }) =>
    keys.flatMap(({ wait }) => (wait === undefined || wait.kind === 'blocked' ? [] : [wait.why])),
  )
  return [...new Set(reasons)].join('; ')
}
