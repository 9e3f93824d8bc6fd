// Does the due steps of a rotation: on hosts with one run, at name servers with updates, then the switch to new keys.
import { authority } from '../../dns/lookup/authority.ts'
import { pushDns, zonePushes } from '../../dns/push/push-dns.ts'
import { standingOf } from '../../mail/rotation/history.ts'
import { activate, type Activate, type Activation } from './activate.ts'
import type { HostEvidence, HostAnswers } from './ask-hosts.ts'
import { compromisedKey, pairKey, type DueStep } from './due-step.ts'
import { stepsOnHosts, type StepOnHost } from './steps-on-hosts.ts'
import type { Refused } from './overtaken.ts'
import type { Rotating } from './rotating.ts'
import type { HostSteps, NamedKey, StepsByHost } from './host-steps.ts'
import { isDone } from './run-steps.ts'

export interface Taken {
  /** Whether any was touched. */
  readonly hosts: boolean
  /** No new key failed to sign. */
  readonly sound: boolean
  /** Not reported yet. */
  readonly refused: readonly Refused[]
}

export async function takeDueSteps(
  due: readonly DueStep[],
  rotating: Rotating,
  reported: HostAnswers,
  begun: Set<string>,
): Promise<Taken> {
  const { touched, refused } = await hostSteps(due, rotating, reported, begun)
  await pushAll(due, rotating)
  const activations = due.flatMap(({ pair: { evidence }, step }): readonly Activation[] => {
    if (step.kind !== 'activate') return []
    const { host, domain, inUse } = evidence
    return [{ host, domain, step, inUse, former: formerKey(step, evidence) }]
  })
  if (activations.length === 0) return { hosts: touched, sound: true, refused }
  const activated = await activate(activations, {
    ...rotating,
    message: rotating.members.message,
    authority: authority(rotating.members.dns.of, rotating.looking.ask),
  })
  return { hosts: true, sound: activated.sound, refused: [...refused, ...activated.refused] }
}

/** The key that signs until now; where the tables were switched before, the one that the history has signing. */
function formerKey({ selector, former: [former] }: Activate, { inUse, history }: HostEvidence): NamedKey | undefined {
  if (inUse.selector !== selector) return { selector: inUse.selector, path: inUse.path }
  return former === undefined ? undefined : { selector: former, path: standingOf(history, former).path }
}

/** Notes, keys to be made and keys to be deleted. */
async function hostSteps(
  due: readonly DueStep[],
  rotating: Rotating,
  reported: HostAnswers,
  begun: Set<string>,
): Promise<{ readonly touched: boolean; readonly refused: readonly Refused[] }> {
  const planned = (await Promise.all(due.map((each) => stepsOnHosts(each, rotating, reported)))).flat()
  if (planned.length === 0) return { touched: false, refused: [] }
  const results = await rotating.runner.run(stepsByHost(planned), undefined)
  const byName = new Map(results.map((result) => [result.name, result]))
  const refused: Refused[] = []
  for (const { pair, steps, selector, what, step } of planned) {
    const { host, domain } = pair.evidence
    const result = byName.get(host)
    const doneStep = { host, domain, selector, what }
    if (!isDone(result)) {
      refused.push({ step, doneStep: { ...doneStep, failed: result?.error ?? 'the host does not answer' } })
      continue
    }
    if (step.kind === 'begin') begun.add(pairKey(pair.evidence))
    if (steps.marks?.some(({ event }) => event === 'compromised')) begun.add(compromisedKey(pair.evidence))
    rotating.tell(doneStep)
  }
  return { touched: true, refused }
}

interface Gathered {
  readonly marks: NonNullable<HostSteps['marks']>[number][]
  readonly make: string[]
  readonly delete: string[]
}

/** All that is due for a domain on a host goes together. */
function stepsByHost(planned: readonly StepOnHost[]): StepsByHost {
  const byHost: Record<string, Record<string, Gathered>> = {}
  for (const { pair, steps } of planned) {
    const { host, domain } = pair.evidence
    const all = ((byHost[host] ??= {})[domain] ??= { marks: [], make: [], delete: [] })
    all.marks.push(...(steps.marks ?? []))
    all.make.push(...(steps.make ?? []))
    all.delete.push(...(steps.delete ?? []))
  }
  return byHost
}

const PUSHED = {
  publish: 'published in DNS',
  revoke: 'revoked in DNS (p=)',
  'delete-record': 'taken out of DNS',
} as const

async function pushAll(due: readonly DueStep[], { pushing, connect, bounds, tell }: Rotating): Promise<void> {
  const wanted = due.flatMap(({ pair, step }) => {
    if (step.kind !== 'publish' && step.kind !== 'revoke' && step.kind !== 'delete-record') return []
    const planned = pair.dns.keys.get(step.selector)?.planned
    return planned === undefined ? [] : [{ pair, step, planned }]
  })
  if (wanted.length === 0) return
  const pushes = await zonePushes({ records: wanted.map(({ planned }) => planned) }, pushing)
  const pushed = await pushDns(pushes, connect, bounds.interrupt)
  const outcomes = new Map(pushed.map((each) => [each.change.record, each.outcome]))
  for (const { pair, step, planned } of wanted) {
    const { host, domain } = pair.evidence
    const outcome = outcomes.get(planned.record)
    // Somebody else, who may be rotating too, was quicker: what is due now is asked for again.
    if (outcome?.kind === 'outdated') continue
    tell({
      host,
      domain,
      selector: step.selector,
      what: PUSHED[step.kind],
      ...(outcome?.kind === 'done' ? {} : { failed: outcome?.why ?? 'it was not sent' }),
    })
  }
}
