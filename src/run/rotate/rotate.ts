// Moves the rotation of a fleet's keys as far as time and proof allow: asks hosts and name servers, derives what is
// next, does it, and asks again.
import type { RunBounds } from '../../engine/ask-only.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connect } from '../../engine/connection.ts'
import type { BatchSize } from '../../engine/run-options.ts'
import type { Looking } from '../../dns/look.ts'
import type { Pushing } from '../../dns/push-dns.ts'
import { outlook } from '../../mail/rotation/outlook.ts'
import type { Outlook, RotationStep } from '../../mail/rotation/steps.ts'
import { askDns } from './ask-dns.ts'
import { askHosts, type Told } from './ask-hosts.ts'
import { hasGoneOn, isOvertaken } from './overtaken.ts'
import { takeDueSteps, type DueStep, type Pair } from './take-due-steps.ts'
import type { TellDeed } from '../../mail/rotation/deeds.ts'
import type { RotationMembers } from './rotation-members.ts'
import type { StepRunner } from './run-steps.ts'

export interface Rotating {
  readonly members: RotationMembers
  readonly runner: StepRunner
  readonly connect: Connect
  readonly bounds: RunBounds
  readonly looking: Looking
  readonly pushing: Pushing
  readonly serial: readonly BatchSize[]
  /** Domains to work on; `undefined`: all. */
  readonly domains: readonly string[] | undefined
  readonly start: boolean
  /** Hosts; empty: none. Then no other host is worked on. */
  readonly compromised: readonly string[]
  readonly check: boolean
  /** Seconds to wait for name servers and for times, in all. */
  readonly waitSeconds: number
  readonly tell: TellDeed
  /** Is told before a wait, in words. */
  readonly waiting: (why: string) => void
}

export interface Rotated {
  readonly outlooks: readonly Outlook[]
  readonly faults: Told['faults']
}

/** The same step again and again is none. */
const TRIES = 3
const [FIRST_MS, LONGEST_MS] = [250, 5000] as const
/** Clocks tell whole seconds. */
const BEYOND_MS = 50
const UNTOLD =
  '; so its keys cannot be told, and nothing was revoked: where that cannot wait, publish "v=DKIM1; p=" at its selectors by hand'

export async function rotate(rotating: Rotating): Promise<Rotated> {
  const { members, connect, bounds, compromised, check, waitSeconds, tell, waiting } = rotating
  const until = performance.now() + waitSeconds * 1000
  const begun = new Set<string>()
  const tries = new Map<string, number>()
  /**
   * What failed is not tried again by this command; nor does anybody take up a new key once one of them did not work.
   */
  const failed = new Set<string>()
  const stopped = ({ pair, step }: DueStep): boolean =>
    failed.has(pairKey(pair.evidence)) || (step.kind === 'activate' && failed.has('activate'))
  const telling: Rotating = {
    ...rotating,
    tell: (deed) => {
      if (deed.failed !== undefined) failed.add(pairKey(deed))
      tell(deed)
    },
  }
  const concerned = members.hosts.filter(({ host }) => compromised.length === 0 || compromised.includes(host.name))
  let told = await askHosts(concerned, members.members, connect, bounds)
  /** Who did not answer once would only be waited for again. */
  const askAgain = async (): Promise<Told> => {
    const away = told.faults.filter(({ domain }) => domain === undefined)
    const { evidence, faults } = await askHosts(
      concerned.filter(({ host }) => away.every((each) => each.host !== host.name)),
      members.members,
      connect,
      bounds,
    )
    return { evidence, faults: [...away, ...faults] }
  }
  for (let pause: number = FIRST_MS; ;) {
    const pairs = await pairsOf(told, rotating, begun)
    const due = pairs.flatMap((pair) => stepsOf(pair).map((step) => ({ pair, step })))
    const fresh = due.filter((each) => !stopped(each) && (tries.get(keyOf(each)) ?? 0) < TRIES)
    const done = (): Rotated => ({
      outlooks: pairs.map((each) => each.outlook),
      faults: [
        ...told.faults.map((each) =>
          compromised.includes(each.host) && each.status === 'unreachable'
            ? { ...each, why: `${each.why}${UNTOLD}` }
            : each,
        ),
        ...pairs.flatMap(({ evidence, dns }) =>
          dns.fault === undefined
            ? []
            : [{ host: evidence.host, domain: evidence.domain, status: 'failed' as const, why: dns.fault }],
        ),
      ],
    })
    if (check || bounds.interrupt.aborted) return done()
    if (fresh.length > 0) {
      for (const each of fresh) tries.set(keyOf(each), (tries.get(keyOf(each)) ?? 0) + 1)
      const { hosts, sound, refused } = await takeDueSteps(fresh, telling, told, begun)
      if (!sound) failed.add('activate')
      const before = told
      if (hosts) told = await askAgain()
      for (const { deed, step } of refused) {
        if (isOvertaken(deed, before, told)) {
          // The one that was asked for was begun by somebody else.
          if (step.kind === 'begin' && hasGoneOn(deed, before, told)) begun.add(pairKey(deed))
          continue
        }
        if (step.kind === 'activate') failed.add('activate')
        telling.tell(deed)
      }
      pause = FIRST_MS
      continue
    }
    for (const { pair, step } of due.filter((each) => !stopped(each)))
      tell({
        host: pair.evidence.host,
        domain: pair.evidence.domain,
        selector: 'selector' in step ? step.selector : '',
        what: step.kind,
        failed: `it was tried ${TRIES} times, and is not so`,
      })
    const left = until - performance.now()
    const waits = pairs.flatMap(({ outlook: { keys, now } }) =>
      keys.flatMap(({ wait }) => (wait?.kind === 'until' ? [(wait.time - now) * 1000 + BEYOND_MS] : [])),
    )
    const lagging = pairs.some(({ outlook: { keys } }) => keys.some(({ wait }) => wait?.kind === 'held' && wait.soon))
    const ms = Math.min(...waits, ...(lagging ? [pause] : []))
    if (ms > left) return done()
    waiting(waitsOf(pairs))
    await sleep(ms, undefined, { signal: bounds.interrupt }).catch(() => undefined)
    pause = Math.min(pause * 2, LONGEST_MS)
    // What hosts said of their queues is old by now.
    if (waits.includes(ms)) told = await askAgain()
  }
}

const pairKey = ({ host, domain }: { readonly host: string; readonly domain: string }): string => `${host} ${domain}`
const keyOf = ({ pair: { evidence }, step }: DueStep): string => `${pairKey(evidence)} ${JSON.stringify(step)}`
const stepsOf = ({ outlook: { keys, begin } }: Pair): readonly RotationStep[] => [
  ...keys.flatMap(({ step }) => step ?? []),
  ...(begin === undefined ? [] : [begin]),
]

async function pairsOf(
  told: Told,
  { looking, members, domains, start, compromised }: Rotating,
  begun: ReadonlySet<string>,
): Promise<readonly Pair[]> {
  const wanted = told.evidence.filter(({ domain }) => domains?.includes(domain) ?? true)
  return Promise.all(
    wanted.map(async (evidence): Promise<Pair> => {
      const dns = await askDns(evidence, looking, members.dns)
      const now = evidence.clock.told + Math.floor((performance.now() - evidence.clock.at) / 1000)
      const asked = !begun.has(pairKey(evidence))
      const accused = !begun.has(`compromised ${pairKey(evidence)}`) && compromised.includes(evidence.host)
      const full = {
        ...evidence,
        now,
        cached: dns.cached,
        dns: new Map([...dns.keys].map(([selector, { standing }]) => [selector, standing])),
      }
      const { host, domain } = evidence
      return {
        evidence,
        dns,
        outlook:
          dns.fault === undefined
            ? outlook(full, { start: start && asked, compromised: accused })
            : { host, domain, now, keys: [], notes: [] },
      }
    }),
  )
}

const waitsOf = (pairs: readonly Pair[]): string =>
  [
    ...new Set(
      pairs.flatMap(({ outlook: { keys } }) =>
        keys.flatMap(({ wait }) => (wait === undefined || wait.kind === 'blocked' ? [] : [wait.why])),
      ),
    ),
  ].join('; ')
