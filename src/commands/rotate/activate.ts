// Makes hosts sign with new keys, one host first (the canary): it changes tables, reloads the signer, and lets the live
// milter sign a message that must verify with the key at every name server. If this cannot be proved, the former tables
// are restored.
import type { BatchSize } from '../../engine/run-options.ts'
import { batches } from '../../engine/batches.ts'
import type { Authority } from '../../dns/lookup/authority.ts'
import { isSameName } from '../../mail/names/names.ts'
import type { RotationStep } from '../../mail/rotation/steps.ts'
import type { HostResult, TaskResult, TaskStatus } from '../../core/run-event.ts'
import type { Signer } from '../../signers/signer.ts'
import { milterSigning, type MilterState } from '../../signers/milter-sign.ts'
import { proveSigning, signatureVerdict, type ProbedMessage } from '../../verify/signing.ts'
import type { ReportStep } from '../../mail/rotation/done-step.ts'
import type { RotationMembers } from './rotation-members.ts'
import type { Refused } from './overtaken.ts'
import type { NamedKey, StepsByHost } from './host-steps.ts'
import { isDone, type StepRunner } from './run-steps.ts'

export type Activate = Extract<RotationStep, { kind: 'activate' }>

export interface Activation {
  readonly host: string
  readonly domain: string
  readonly step: Activate
  /** The key that signs until now; the same where the tables were switched before, and nobody saw it sign. */
  readonly inUse: NamedKey
  /** The key to go back to where the new one does not sign; `undefined`: there is none. */
  readonly former: NamedKey | undefined
}

export interface Activating {
  readonly runner: StepRunner
  readonly members: Pick<RotationMembers, 'members'>
  readonly message: ProbedMessage
  readonly authority: Authority
  readonly serial: readonly BatchSize[]
  readonly tell: ReportStep
}

export interface Activated {
  /** No new key failed to sign as it should. */
  readonly sound: boolean
  readonly refused: readonly Refused[]
}

/** Batch after batch; once something fails, those that are left go on signing as they do. */
export async function activate(all: readonly Activation[], activating: Activating): Promise<Activated> {
  const hosts = [...new Set(all.map(({ host }) => host))]
  for (const batch of batches(hosts, activating.serial)) {
    const activated = await activateBatch(
      all.filter(({ host }) => batch.includes(host)),
      activating,
    )
    if (!activated.sound || activated.refused.length > 0) return activated
  }
  return { sound: true, refused: [] }
}

async function activateBatch(
  batch: readonly Activation[],
  { runner, members, message, authority, tell }: Activating,
): Promise<Activated> {
  const results = await runner.run(
    stepsOf(batch, ({ step }) => ({ active: step.selector })),
    (host, domains) =>
      milterSigning({ domains, signer: members.members.get(host)!.signer, own: false, bounces: false, ...message }),
  )
  const judged = await Promise.all(
    batch.map(async (each): Promise<Judged> => {
      const result = results.find(({ name }) => name === each.host)
      return {
        ...each,
        result,
        fault: await faultOf(each, result, members.members.get(each.host)!.signer, message, authority),
      }
    }),
  )
  const proved = judged.filter(({ fault }) => fault === undefined)
  const unproved = judged.filter(({ fault }) => fault !== undefined)
  const unnoted = await note(proved, runner, tell)
  const undone = await putBack(unproved, runner)
  const faults = undone.filter(({ ran }) => ran)
  for (const { doneStep } of faults) tell(doneStep)
  return { sound: faults.length === 0, refused: [...unnoted, ...undone.filter(({ ran }) => !ran)] }
}

interface Judged extends Activation {
  readonly result: HostResult | undefined
  readonly fault: string | undefined
}

/** Writes down that they sign. */
async function note(proved: readonly Judged[], runner: StepRunner, tell: ReportStep): Promise<readonly Refused[]> {
  if (proved.length === 0) return []
  const noted = await runner.run(
    stepsOf(proved, ({ step }) => ({
      marks: [
        { event: 'active', selector: step.selector },
        ...step.former.map((selector) => ({ event: 'retired', selector }) as const),
      ],
    })),
    undefined,
  )
  return proved.flatMap(({ host, domain, step }): readonly Refused[] => {
    const result = noted.find(({ name }) => name === host)
    const doneStep = { host, domain, selector: step.selector, what: 'signs now, as a message of each kind proved' }
    if (!isDone(result)) {
      const why = result?.error ?? 'no answer'
      const failed = `it signs, and that could not be written down: ${why}; run it again`
      return [{ step, doneStep: { ...doneStep, failed } }]
    }
    tell(doneStep)
    return []
  })
}

/**
 * Has those sign with their former keys whose new ones are not proved. `ran`: the host took the new tables up, so no
 * other controller is why.
 */
async function putBack(
  unproved: readonly Judged[],
  runner: StepRunner,
): Promise<readonly (Refused & { readonly ran: boolean })[]> {
  const asBefore = (each: Judged): boolean => each.inUse.selector !== each.step.selector && isUntouched(each.result)
  const undone = unproved.filter((each) => each.former !== undefined && !asBefore(each))
  const restored =
    undone.length === 0
      ? []
      : await runner.run(
          stepsOf(undone, ({ former }) => ({ back: former! })),
          undefined,
        )
  return unproved.map((each) => {
    const { host, domain, step, fault, former } = each
    const result = restored.find(({ name }) => name === host)
    const then = former === undefined ? '' : thenText(former.selector, asBefore(each), result)
    return {
      step,
      ran: isDone(each.result),
      doneStep: { host, domain, selector: step.selector, what: 'is to sign', failed: `${fault}${then}` },
    }
  })
}

const thenText = (former: string, asBefore: boolean, restored: HostResult | undefined): string =>
  asBefore || isDone(restored)
    ? `; ${former} signs as before`
    : `; and its tables could not be put back: ${restored?.error ?? 'no answer'}`

/** Nothing was begun there: a task refused before any change. */
const isUntouched = (result: HostResult | undefined): boolean =>
  result?.status === 'failed' && result.tasks.every(changedNothing)

const UNCHANGED: readonly TaskStatus[] = ['ok', 'held', 'not-reached']

const changedNothing = ({ status, changes }: TaskResult): boolean =>
  UNCHANGED.includes(status) || (status === 'failed' && changes.length === 0)

function stepsOf(all: readonly Activation[], steps: (each: Activation) => StepsByHost[string][string]): StepsByHost {
  const byHost: Record<string, Record<string, StepsByHost[string][string]>> = {}
  for (const each of all) (byHost[each.host] ??= {})[each.domain] = steps(each)
  return byHost
}

/**
 * Why it is not proved that both programs on the host and its users have their mail signed with the key, such that it
 * verifies.
 */
async function faultOf(
  { domain, step }: Activation,
  result: HostResult | undefined,
  signer: Signer,
  message: ProbedMessage,
  authority: Authority,
): Promise<string | undefined> {
  if (!isDone(result)) return result?.error ?? 'the host does not answer'
  const state = result!.outputs['asked'] as MilterState | null | undefined
  if (!state) return 'its milters do not answer'
  if (state.problem !== undefined) return state.problem
  const sessions = state.sessions.filter((session) => session.domain === domain && session.role !== 'outsider')
  for (const session of sessions) {
    const { verdict, signatures } = await proveSigning(session, state, message, signer, authority)
    if (verdict.status !== 'pass') return `${verdict.what}${verdict.advice === undefined ? '' : `: ${verdict.advice}`}`
    const own = signatures.filter((each) => isSameName(each.selector, step.selector) && each.domain === domain)
    if (own.some((each) => signatureVerdict(each).status === 'pass')) continue
    const others = signatures.map(({ selector }) => selector).join(', ')
    return `${signer.title} signs with ${others} all the same: it did not take up its new tables`
  }
  return sessions.length === 0 ? 'its milters were not asked' : undefined
}
