// `dns push`: makes the changes of the plan, then waits until every name server serves them.
import { hostsOf, pushDns, zonePushes, type Pushed, type ZonePush } from '../../dns/push/push-dns.ts'
import type { NotServed } from '../../dns/served/served-everywhere.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { dnsWork, plannedOf, type DnsPlanned, type DnsProgress, type DnsRequest } from './planned.ts'
import { notServed } from './not-served.ts'

export interface DnsPushRequest extends DnsRequest {
  /**
   * Names of records of hosts' keys, such as `mx1._domainkey.example.org`, that may take the place of another key that
   * DNS serves there; mail signed with that one then fails.
   */
  readonly replace?: readonly string[] | undefined
  /** Seconds for name servers to serve what was pushed; left out: 60. */
  readonly waitSeconds?: number | undefined
  /** Is asked before anything is pushed; left out: it is agreed. @param changes - how many, at least one. */
  readonly agree?: ((changes: number) => boolean | Promise<boolean>) | undefined
  readonly onEvent?: ((event: DnsPushEvent) => void) | undefined
}

export type DnsPushEvent = DnsProgress | { readonly kind: 'pushed'; readonly pushed: readonly Pushed[] }

export interface DnsPushResult extends DnsPlanned {
  readonly pushed: readonly Pushed[]
  /** Of what was pushed, after having been waited for. */
  readonly notServed: readonly NotServed[]
  readonly interrupted: boolean
}

const WAIT_SECONDS = 60

/** @throws MailrunError before anything is changed; where it was not agreed, too */
export async function dnsPush(request: DnsPushRequest): Promise<DnsPushResult> {
  const { agree = () => true, onEvent = () => {}, waitSeconds = WAIT_SECONDS } = request
  const work = await dnsWork(request, request.replace)
  const { fleet, plan } = work
  onEvent({ kind: 'planned', planned: plannedOf(work) })
  const pushes = await zonePushes(plan, { dns: work.dns, hosts: fleet.inventory.hosts, unset: 'error' })
  refuseClosed(pushes)
  const changes = plan.records.filter(({ kind }) => kind === 'change').length
  if (changes > 0 && !(await agree(changes))) throw new MailrunError('nothing was pushed')
  const { interrupt } = fleet.bounds
  const pushed = await pushDns(pushes, await fleet.reach(hostsOf(pushes)), interrupt).finally(fleet.close)
  onEvent({ kind: 'pushed', pushed })
  const done = new Set(pushed.filter(({ outcome }) => outcome.kind === 'done').map(({ change }) => change.record))
  const missing = await notServed(work, waitSeconds, (record) => done.has(record), onEvent)
  return { ...plannedOf(work), pushed, notServed: missing, interrupted: interrupt.aborted }
}

/** A zone that nothing leads into is reported with what was pushed. @throws MailrunError where nothing can be pushed */
function refuseClosed(pushes: readonly ZonePush[]): void {
  const closed = pushes.flatMap(({ by }) => (by.kind === 'closed' ? [by.why] : []))
  const isOpen = pushes.some(({ by }) => by.kind === 'local' || by.kind === 'host')
  if (closed.length > 0 && !isOpen) throw new MailrunError([...new Set(closed)])
}
