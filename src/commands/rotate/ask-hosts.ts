// Asks hosts about their keys, in one trip each. Nothing is changed.
import type { Untrusted } from '../../shell/untrusted.ts'
import { spentSelector } from '../../signers/keys/spent-selector.ts'
import { askOnly, type RunBounds } from '../../engine/ask-only.ts'
import type { Connect } from '../../engine/session/connection.ts'
import { distinctNames, isSelector, nameKey } from '../../mail/names/names.ts'
import { speaksFor } from '../../mail/fleet/own-selectors.ts'
import type { HostKey, QueueStanding, RotationEvidence } from '../../mail/rotation/evidence.ts'
import { selectorsIn } from '../../mail/rotation/history.ts'
import { parseTags } from '../../mail/records/tag-list.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { HostResult } from '../../core/run-event.ts'
import type { HostKeys } from '../../signers/keys/host-keys.ts'
import type { KeyHistory } from '../../signers/keys/dkim-history.ts'
import type { MilterState } from '../../signers/milter-sign.ts'
import type { Signing } from '../../signers/keys/signing.ts'
import { historyOutput } from '../mail-fleet/mail-member.ts'
import type { RotationMember } from './rotation-members.ts'

/** Of one host and domain; DNS is still to be asked. */
export interface HostEvidence extends Omit<RotationEvidence, 'now' | 'dns' | 'cached'> {
  readonly member: RotationMember
  /** The host's clock when it was asked, and this process's. */
  readonly clock: { readonly reported: number; readonly at: number }
  /** Selectors that it names and may not speak for: nothing is done about them. */
  readonly foreign: readonly string[]
  /** Why nothing may be done there: mail would leave unsigned, or its tables are not mailrun's. */
  readonly problem: string | undefined
}

export interface HostAnswers {
  readonly evidence: readonly HostEvidence[]
  /** Why nothing can be said of a domain's keys, by host and domain; or of a host's, without a domain. */
  readonly faults: readonly {
    readonly host: string
    readonly domain: string | undefined
    readonly status: 'failed' | 'unreachable' | 'interrupted'
    readonly why: string
  }[]
}

/** Never throws for a host's sake. */
export async function askHosts(
  hosts: readonly PreparedHost[],
  members: ReadonlyMap<string, RotationMember>,
  connect: Connect,
  bounds: RunBounds,
): Promise<HostAnswers> {
  const { hosts: results } = await askOnly('rotate', hosts, connect, bounds)
  const at = performance.now()
  const reported = results.map((result) => answersOf(result, members.get(result.name)!, at))
  return { evidence: reported.flatMap(({ evidence }) => evidence), faults: reported.flatMap(({ faults }) => faults) }
}

type Outputs = {
  readonly signing?: readonly Signing[] | null
  readonly problem?: string | null
  readonly keys?: HostKeys | null
  readonly queue?: QueueStanding | { readonly why: string } | null
  readonly milters?: MilterState | null
} & Readonly<Record<string, unknown>>

type Fault = HostAnswers['faults'][number]

/** Of one host, by what it answered. @param at - when, by this process's clock */
export function answersOf(
  { name, status, error = '', outputs }: HostResult,
  member: RotationMember,
  at: number,
): HostAnswers {
  const silent = (how: Fault['status'], why: string): HostAnswers => ({
    evidence: [],
    faults: [{ host: name, domain: undefined, status: how, why }],
  })
  if (status === 'unreachable') return silent(status, error)
  if (status === 'interrupted' || status === 'not-reached') return silent('interrupted', error || 'interrupted')
  const { signing, keys } = outputs as Outputs
  if (status !== 'ok' || !signing || !keys)
    return silent('failed', error || 'it does not tell its keys: only root can read them (ansible_become, --become)')
  const heard: Heard = { signing, keys, outputs, at }
  const read = member.domains.map((domain): HostEvidence | Fault => {
    const found = evidenceOf(domain, member, heard)
    return typeof found === 'string' ? { host: name, domain, status: 'failed', why: found } : { host: name, ...found }
  })
  return {
    evidence: read.filter((each): each is HostEvidence => 'member' in each),
    faults: read.filter((each): each is Fault => !('member' in each)),
  }
}

/** What a host answered. */
interface Heard {
  readonly signing: readonly Signing[]
  readonly keys: HostKeys
  readonly outputs: Outputs
  /** By this process's clock. */
  readonly at: number
}

/** As text why there is none. */
function evidenceOf(
  domain: string,
  member: RotationMember,
  { signing, keys, outputs, at }: Heard,
): Omit<HostEvidence, 'host'> | string {
  const history = outputs[historyOutput(domain)] as KeyHistory | null | undefined
  if (!history || history.kind === 'other')
    return `${member.signer.keyDirectory}/${domain}/history is no file that can be read`
  const use = signing.find((each) => each.domain === domain)
  const spent = use === undefined ? undefined : spentSelector(use)
  if (spent !== undefined) return spent
  if (use?.key.kind === 'absent') return 'it has no key yet: run playbooks/dkim.ts first'
  if (use?.key.kind !== 'key') return `its key ${use?.path} cannot be used: playbooks/dkim.ts says why`
  const { publicKey } = use.key
  if (typeof publicKey !== 'string')
    return 'openssl is not installed there, so its keys cannot be known: run playbooks/dkim.ts'
  if (!isSelector(use.selector)) return `its tables name the selector ${use.selector}, which is none`
  const lying = keysOf(domain, keys)
  const reported = history.marks as RotationEvidence['history']
  const spelt = spelling([use.selector, ...lying.map(({ selector }) => selector), ...selectorsIn(reported)])
  const own = lying.map((each) => ({ ...each, selector: spelt(each.selector) }))
  const speaks = (selector: Untrusted): boolean => speaksFor(member.own, domain, selector)
  const marks = reported.map((each) => ({ ...each, selector: spelt(each.selector) }))
  const made = own.find(({ path }) => path === use.path)?.made ?? keys.now
  return {
    domain,
    member,
    signer: member.signer,
    // Of the key in use it tells what the host is to do, whoever's the selector is; of others it decides in DNS.
    history: marks.filter(({ selector }) => selector === use.selector || speaks(selector)),
    foreign: [use.selector, ...selectorsIn(marks)].filter((each, at, all) => !speaks(each) && all.indexOf(each) === at),
    inUse: { selector: use.selector, path: use.path, publicKey, made },
    keys: own,
    signing: signingOf(domain, spelt, outputs.milters),
    queue: queueOf(outputs.queue),
    settings: member.settings,
    problem: outputs.problem || undefined,
    clock: { reported: keys.now, at },
  }
}

type Spelling = (selector: Untrusted) => string

/** DNS knows no case: of the same selector in several spellings the first is taken for all. */
function spelling(selectors: readonly Untrusted[]): Spelling {
  const first = new Map(distinctNames(selectors).map((each) => [nameKey(each), each]))
  return (selector) => first.get(nameKey(selector)) ?? selector
}

const keysOf = (domain: string, { keys }: HostKeys): readonly HostKey[] =>
  keys
    .filter((each) => each.domain === domain)
    .map(({ selector, path, publicKey, made }) => ({ selector, path, publicKey: publicKey ?? undefined, made }))

function queueOf(queue: Outputs['queue']): HostEvidence['queue'] {
  if (queue === null || queue === undefined) return { why: 'it does not answer' }
  return 'why' in queue ? queue : { ...queue, oldest: queue.oldest ?? undefined }
}

/** With which selectors milters sign what programs on the host and its users hand in. */
function signingOf(
  domain: string,
  spelt: Spelling,
  milters: MilterState | null | undefined,
): RotationEvidence['signing'] {
  if (!milters) return { why: 'its milters do not answer' }
  if (milters.problem !== undefined) return { why: milters.problem }
  const own = milters.sessions.filter((session) => session.domain === domain && session.role !== 'outsider')
  const unreached = own.flatMap((session) => session.milters).find((milter) => milter.unreached !== undefined)
  if (unreached !== undefined) return { why: `Postfix does not reach ${unreached.milter}: ${unreached.unreached}` }
  const fields = own
    .flatMap((session) => session.milters)
    .flatMap((milter) => milter.fields)
    .filter(({ name }) => /^dkim-signature$/i.test(name))
  const selectors = fields.flatMap(({ value }) => selectorOf(value, domain)).map(spelt)
  return selectors.length === 0 ? { why: 'its milters sign nothing' } : [...new Set(selectors)]
}

function selectorOf(field: string, domain: string): readonly string[] {
  try {
    const tags = new Map(parseTags('DKIM-Signature', field))
    return tags.get('d')?.toLowerCase() === domain ? [tags.get('s')?.toLowerCase() ?? ''] : []
  } catch {
    return []
  }
}
