// What hosts tell of their keys: one trip to each, with nothing changed.
import { askOnly, type RunBounds } from '../../engine/ask-only.ts'
import type { Connect } from '../../engine/connection.ts'
import type { HostKey, QueueStanding, RotationEvidence } from '../../mail/rotation/evidence.ts'
import { parseTags } from '../../mail/tag-list.ts'
import type { PreparedHost } from '../../model/prepared-host.ts'
import type { HostResult } from '../../model/run-event.ts'
import type { DkimKeys } from '../../probes/dkim-keys.ts'
import type { KeyHistory } from '../../probes/dkim-history.ts'
import type { MilterState } from '../../probes/milter-sign.ts'
import type { Signing } from '../../probes/signing.ts'
import { historyOutput } from '../mail-member.ts'
import type { RotationMember } from './rotation-members.ts'

/** Of one host and domain; DNS is still to be asked. */
export interface HostEvidence extends Omit<RotationEvidence, 'now' | 'dns' | 'cached'> {
  readonly member: RotationMember
  /** The host's clock when it was asked, and this process's. */
  readonly clock: { readonly told: number; readonly at: number }
}

export interface Told {
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
): Promise<Told> {
  const { hosts: results } = await askOnly('rotate', hosts, connect, bounds)
  const at = performance.now()
  const told = results.map((result) => toldBy(result, members.get(result.name)!, at))
  return { evidence: told.flatMap(({ evidence }) => evidence), faults: told.flatMap(({ faults }) => faults) }
}

type Outputs = {
  readonly signing?: readonly Signing[] | null
  readonly keys?: DkimKeys | null
  readonly queue?: QueueStanding | { readonly why: string } | null
  readonly milters?: MilterState | null
} & Readonly<Record<string, unknown>>

function toldBy({ name, status, error = '', outputs }: HostResult, member: RotationMember, at: number): Told {
  const fault = (domain: string | undefined, why: string) => ({ host: name, domain, status: 'failed' as const, why })
  if (status === 'unreachable') return { evidence: [], faults: [{ host: name, domain: undefined, status, why: error }] }
  if (status === 'interrupted' || status === 'not-reached')
    return {
      evidence: [],
      faults: [{ host: name, domain: undefined, status: 'interrupted', why: error || 'interrupted' }],
    }
  const { signing, keys, queue, milters } = outputs as Outputs
  if (status !== 'ok' || !signing || !keys)
    return {
      evidence: [],
      faults: [
        fault(undefined, error || 'it does not tell its keys: only root can read them (ansible_become, --become)'),
      ],
    }
  const read = member.domains.map((domain): HostEvidence | Told['faults'][number] => {
    const use = signing.find((each) => each.domain === domain)
    const history = outputs[historyOutput(domain)] as KeyHistory | null | undefined
    if (!history || history.kind === 'other')
      return fault(domain, `/etc/dkimkeys/${domain}/history is no file that can be read`)
    if (use?.key.kind !== 'key')
      return fault(
        domain,
        use?.key.kind === 'absent'
          ? 'it has no key yet: run playbooks/dkim.ts first'
          : `its key ${use?.path} cannot be used: playbooks/dkim.ts says why`,
      )
    if (typeof use.key.publicKey !== 'string')
      return fault(domain, 'openssl is not installed there, so its keys cannot be told: run playbooks/dkim.ts')
    const own = keys.keys
      .filter((each) => each.domain === domain)
      .map(({ domain: _, publicKey, ...key }): HostKey => ({ ...key, publicKey: publicKey ?? undefined }))
    return {
      host: name,
      domain,
      member,
      history: history.marks as RotationEvidence['history'],
      inUse: {
        selector: use.selector,
        path: use.path,
        publicKey: use.key.publicKey,
        made: own.find(({ path }) => path === use.path)?.made ?? keys.now,
      },
      keys: own,
      signing: signingOf(domain, milters),
      queue:
        queue === null || queue === undefined
          ? { why: 'it does not answer' }
          : 'why' in queue
            ? queue
            : { ...queue, oldest: queue.oldest ?? undefined },
      settings: member.settings,
      clock: { told: keys.now, at },
    }
  })
  return {
    evidence: read.filter((each): each is HostEvidence => 'member' in each),
    faults: read.filter((each): each is Told['faults'][number] => !('member' in each)),
  }
}

/** With which selectors milters sign what programs on the host and its users hand in. */
function signingOf(domain: string, milters: MilterState | null | undefined): RotationEvidence['signing'] {
  if (!milters) return { why: 'its milters do not answer' }
  if (milters.obstacle !== undefined) return { why: milters.obstacle }
  const own = milters.sessions.filter((session) => session.domain === domain && session.role !== 'outsider')
  const unreached = own.flatMap((session) => session.milters).find((milter) => milter.unreached !== undefined)
  if (unreached !== undefined) return { why: `Postfix does not reach ${unreached.milter}: ${unreached.unreached}` }
  const fields = own
    .flatMap((session) => session.milters)
    .flatMap((milter) => milter.fields)
    .filter(({ name }) => /^dkim-signature$/i.test(name))
  const selectors = fields.flatMap(({ value }) => selectorOf(value, domain))
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
