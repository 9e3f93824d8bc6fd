// Translates due steps into work on hosts: entries in their histories, keys to make, and keys to delete.
import { standingOf, type KeyEvent } from '../../mail/rotation/history.ts'
import { freeSelector } from '../../dns/plan/free-selector.ts'
import { nameKey } from '../../mail/names/names.ts'
import { ownBase, speaksFor } from '../../mail/fleet/own-selectors.ts'
import { datedSelectors } from '../../mail/rotation/new-selector.ts'
import type { NewMark, RotationStep } from '../../mail/rotation/steps.ts'
import type { HostEvidence, HostAnswers } from './ask-hosts.ts'
import type { DueStep, Pair } from './due-step.ts'
import type { Rotating } from './rotating.ts'
import type { HostSteps } from './host-steps.ts'

export interface StepOnHost extends DueStep {
  readonly steps: HostSteps
  readonly selector: string
  /** In words, once it is done. */
  readonly what: string
}

type StepOf<Kind extends RotationStep['kind']> = Extract<RotationStep, { readonly kind: Kind }>
type Asking = Pick<Rotating, 'tell' | 'looking'>

/** Empty for a step that is none of hosts; what cannot be done is reported. */
export async function stepsOnHosts(
  { pair, step }: DueStep,
  rotating: Asking,
  { evidence: all }: HostAnswers,
): Promise<readonly StepOnHost[]> {
  switch (step.kind) {
    case 'note':
      return step.marks.map((mark) => noteStep(pair, step, mark))
    case 'make':
      return [{ pair, step, steps: { make: [step.selector] }, selector: step.selector, what: 'its key is made' }]
    case 'delete-key':
      return deleteSteps(pair, step, rotating, all)
    case 'begin':
      return beginSteps(pair, step, rotating, all)
    default:
      return []
  }
}

function noteStep(pair: Pair, step: RotationStep, mark: NewMark): StepOnHost {
  const { event, selector } = mark
  const isAtOnce = event === 'revoking' && standingOf(pair.evidence.history, selector).compromised
  return { pair, step, steps: { marks: [mark] }, selector, what: isAtOnce ? REVOKED_AT_ONCE : WORDS[event] }
}

const REVOKED_AT_ONCE = 'is to be revoked at once: mail that it signed, and that no receiver has yet, will fail DKIM'

const WORDS: Readonly<Record<KeyEvent, string>> = {
  keyed: 'is no longer served by every name server: it is waited for again',
  published: 'every name server serves it',
  active: 'was in use when its rotation began',
  retired: 'signs no more',
  compromised: 'is compromised, as --compromised says',
  revoking: 'is to be revoked',
  revoked: 'every name server says that it is revoked',
  removing: 'is to be removed',
  removed: 'no name server has it any more, nor has the host',
}

/** A key that another domain's mail is signed with stays. */
function deleteSteps(
  pair: Pair,
  step: StepOf<'delete-key'>,
  { tell }: Asking,
  all: readonly HostEvidence[],
): readonly StepOnHost[] {
  const { host, domain } = pair.evidence
  const { selector, path } = step
  const other = all.find((each) => each.host === host && each.inUse.path === path)
  if (other === undefined)
    return [{ pair, step, steps: { delete: [selector] }, selector, what: `its private key is deleted (${path})` }]
  tell({
    host,
    domain,
    selector,
    what: 'its private key is to be deleted',
    failed: `mail of ${other.domain} is signed with ${path}: rotate that key first`,
  })
  return []
}

/** Finds a selector that was never used for the new key. */
async function beginSteps(
  pair: Pair,
  step: StepOf<'begin'>,
  { tell, looking }: Asking,
  all: readonly HostEvidence[],
): Promise<readonly StepOnHost[]> {
  const { host, domain, member } = pair.evidence
  const { now, due } = pair.nextSteps
  const candidates = datedSelectors(ownBase(member.own), now)
  const taken = takenSelectors(pair.evidence, all)
  const selector = await freeSelector(candidates, taken, domain, looking)
  if (selector !== undefined) {
    const former = step.former === undefined ? [] : [step.former]
    const steps: HostSteps = { marks: [...former, { event: 'keyed', selector }], make: [selector] }
    return [{ pair, step, steps, selector, what: `its key is made (${due ?? 'it was asked for'})` }]
  }
  tell({
    host,
    domain,
    selector: candidates[0]!,
    what: 'a new key',
    failed: 'which selector was never used cannot be known: a name server does not answer, or 26 keys were made today',
  })
  return []
}

/** Those that the host knows, and those that others may speak for: their word on more would leave it none. */
function takenSelectors(evidence: HostEvidence, all: readonly HostEvidence[]): Pick<ReadonlySet<string>, 'has'> {
  const own = new Set([...evidence.member.own.others, ...namedBy(evidence)].map(nameKey))
  const spoken = spokenFor(all).get(evidence.domain)
  return { has: (selector) => own.has(nameKey(selector)) || spoken?.has(nameKey(selector)) === true }
}

const namedBy = ({ inUse, history, keys }: HostEvidence): readonly string[] =>
  [inUse, ...history, ...keys].map(({ selector }) => selector)

/** By domain, what each host says of the selectors that it may speak for: looked at once, however many are due. */
function spokenFor(all: readonly HostEvidence[]): ReadonlyMap<string, ReadonlySet<string>> {
  const known = spoken.get(all)
  if (known !== undefined) return known
  const found = new Map<string, Set<string>>()
  for (const each of all) {
    const { domain, member } = each
    const ofDomain = found.get(domain) ?? new Set()
    found.set(domain, ofDomain)
    for (const selector of namedBy(each)) if (speaksFor(member.own, domain, selector)) ofDomain.add(nameKey(selector))
  }
  spoken.set(all, found)
  return found
}
const spoken = new WeakMap<readonly HostEvidence[], ReadonlyMap<string, ReadonlySet<string>>>()
