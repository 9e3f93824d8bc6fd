// Does what is due next in a rotation: at hosts by one run, at name servers by updates, then the switch to new keys.
import { authority } from '../../dns/authority.ts'
import { pushDns, pushShares } from '../../dns/push-dns.ts'
import { newSelectors } from '../../mail/rotation/new-selector.ts'
import { standingOf, type KeyEvent } from '../../mail/rotation/history.ts'
import type { Outlook, RotationStep } from '../../mail/rotation/steps.ts'
import { activate, type Activation } from './activate.ts'
import { freeSelector, type DomainInDns } from './ask-dns.ts'
import type { HostEvidence, Told } from './ask-hosts.ts'
import type { Rotating } from './rotate.ts'
import type { Refused } from './overtaken.ts'
import { isDone, type HostSteps } from './run-steps.ts'

/** A host and a domain that it signs for. */
export interface Pair {
  readonly evidence: HostEvidence
  readonly dns: DomainInDns
  readonly outlook: Outlook
}

export interface DueStep {
  readonly pair: Pair
  readonly step: RotationStep
}

export interface Taken {
  /** Whether any was touched. */
  readonly hosts: boolean
  /** No new key failed to sign. */
  readonly sound: boolean
  /** Not told yet. */
  readonly refused: readonly Refused[]
}

export async function takeDueSteps(
  due: readonly DueStep[],
  rotating: Rotating,
  told: Told,
  begun: Set<string>,
): Promise<Taken> {
  const { touched, refused } = await hostSteps(due, rotating, told, begun)
  await pushAll(due, rotating)
  const activations = due.flatMap(({ pair: { evidence }, step }): readonly Activation[] =>
    step.kind === 'activate'
      ? [{ host: evidence.host, domain: evidence.domain, step, inUse: evidence.inUse.selector }]
      : [],
  )
  if (activations.length === 0) return { hosts: touched, sound: true, refused }
  const activated = await activate(activations, {
    ...rotating,
    message: rotating.members.message,
    authority: authority(rotating.members.dns, rotating.looking.ask),
  })
  return { hosts: true, sound: activated.sound, refused: [...refused, ...activated.refused] }
}

interface HostDeed {
  readonly pair: Pair
  readonly steps: HostSteps
  readonly selector: string
  readonly what: string
  readonly step: RotationStep
}

/** Notes, keys to be made and keys to be deleted. */
async function hostSteps(
  due: readonly DueStep[],
  rotating: Rotating,
  told: Told,
  begun: Set<string>,
): Promise<{ readonly touched: boolean; readonly refused: readonly Refused[] }> {
  const planned = (await Promise.all(due.map(({ pair, step }) => deedsOf(pair, step, rotating, told)))).flat()
  if (planned.length === 0) return { touched: false, refused: [] }
  const byHost: Record<string, Record<string, HostSteps>> = {}
  for (const {
    pair: {
      evidence: { host, domain },
    },
    steps,
  } of planned) {
    const before = byHost[host]?.[domain]
    ;(byHost[host] ??= {})[domain] = {
      marks: [...(before?.marks ?? []), ...(steps.marks ?? [])],
      make: [...(before?.make ?? []), ...(steps.make ?? [])],
      delete: [...(before?.delete ?? []), ...(steps.delete ?? [])],
    }
  }
  const results = await rotating.runner.run(byHost, undefined)
  const refused: Refused[] = []
  for (const {
    pair: {
      evidence: { host, domain },
    },
    steps,
    selector,
    what,
    step,
  } of planned) {
    const result = results.find(({ name }) => name === host)
    const deed = { host, domain, selector, what }
    if (!isDone(result)) {
      refused.push({ step, deed: { ...deed, failed: result?.error ?? 'the host does not answer' } })
      continue
    }
    if (step.kind === 'begin') begun.add(`${host} ${domain}`)
    if (steps.marks?.some(({ event }) => event === 'compromised')) begun.add(`compromised ${host} ${domain}`)
    rotating.tell(deed)
  }
  return { touched: true, refused }
}

async function deedsOf(
  pair: Pair,
  step: RotationStep,
  { tell, looking }: Rotating,
  { evidence: all }: Told,
): Promise<readonly HostDeed[]> {
  const deed = (steps: HostSteps, selector: string, what: string): HostDeed => ({ pair, steps, selector, what, step })
  switch (step.kind) {
    case 'note':
      return step.marks.map((mark) =>
        deed(
          { marks: [mark] },
          mark.selector,
          mark.event === 'revoking' && isCompromised(pair, mark.selector)
            ? 'is to be revoked at once: mail that it signed, and that no receiver has yet, will fail DKIM'
            : WORDS[mark.event],
        ),
      )
    case 'make':
      return [deed({ make: [step.selector] }, step.selector, 'its key is made')]
    case 'delete-key': {
      const { host, domain } = pair.evidence
      const other = all.find(({ host: name, inUse }) => name === host && inUse.path === step.path)
      if (other !== undefined) {
        tell({
          host,
          domain,
          selector: step.selector,
          what: 'its private key is to be deleted',
          failed: `mail of ${other.domain} is signed with ${step.path}: rotate that key first`,
        })
        return []
      }
      return [deed({ delete: [step.selector] }, step.selector, `its private key is deleted (${step.path})`)]
    }
    case 'begin': {
      const { host, domain, member } = pair.evidence
      const taken = new Set(
        all
          .filter((each) => each.domain === domain)
          .flatMap(({ history, keys, inUse }) => [
            inUse.selector,
            ...[...history, ...keys].map(({ selector }) => selector),
          ]),
      )
      const candidates = newSelectors(member.first, pair.outlook.now)
      const selector = await freeSelector(candidates, taken, domain, looking)
      if (selector !== undefined)
        return [
          deed(
            {
              marks: [...(step.former === undefined ? [] : [step.former]), { event: 'keyed', selector }],
              make: [selector],
            },
            selector,
            `its key is made (${pair.outlook.due ?? 'it was asked for'})`,
          ),
        ]
      tell({
        host,
        domain,
        selector: candidates[0]!,
        what: 'a new key',
        failed:
          'which selector was never used cannot be told: a name server does not answer, or 26 keys were made today',
      })
      return []
    }
    default:
      return []
  }
}

const isCompromised = ({ evidence: { history } }: Pair, selector: string): boolean =>
  standingOf(history, selector).compromised

const WORDS: Readonly<Record<KeyEvent, string>> = {
  keyed: 'is no longer served by every name server: it is waited for anew',
  published: 'every name server serves it',
  active: 'was in use when its rotation began',
  retired: 'signs no more',
  compromised: 'is compromised, as --compromised says',
  revoking: 'is to be revoked',
  revoked: 'every name server says that it is revoked',
  removing: 'is to be removed',
  removed: 'no name server has it any more, nor has the host',
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
  const shares = await pushShares({ records: wanted.map(({ planned }) => planned) }, pushing)
  const pushed = await pushDns(shares, connect, bounds.interrupt)
  for (const {
    pair: {
      evidence: { host, domain },
    },
    step,
    planned,
  } of wanted) {
    const outcome = pushed.find(({ change }) => change.record === planned.record)?.outcome
    // Somebody else, who may be rotating too, was quicker: what is due now is asked for anew.
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
