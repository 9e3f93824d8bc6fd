// `dns verify`: asks every authoritative name server whether it serves the records. Nothing is changed.
import type { NotServed } from '../../dns/served/served-everywhere.ts'
import { notServed } from './not-served.ts'
import { dnsWork, plannedOf, type DnsPlanned, type DnsProgress, type DnsRequest } from './planned.ts'

export interface DnsVerifyRequest extends DnsRequest {
  /** Seconds for name servers to serve the records; left out: they are asked once. */
  readonly waitSeconds?: number | undefined
  readonly onEvent?: ((event: DnsProgress) => void) | undefined
}

export interface DnsVerifyResult extends DnsPlanned {
  readonly notServed: readonly NotServed[]
  readonly interrupted: boolean
}

/** @throws MailrunError */
export async function dnsVerify(request: DnsVerifyRequest): Promise<DnsVerifyResult> {
  const { onEvent = () => {}, waitSeconds = 0 } = request
  const work = await dnsWork(request)
  onEvent({ kind: 'planned', planned: plannedOf(work) })
  request.onBegin?.()
  const missing = await notServed(work, waitSeconds, () => true, onEvent)
  return { ...plannedOf(work), notServed: missing, interrupted: work.fleet.bounds.interrupt.aborted }
}
