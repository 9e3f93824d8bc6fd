// The first part of `dns plan`, `dns push` and `dns verify`: computes the records that the fleet's mail needs, and
// compares them with the answers of every authoritative name server.
import { authoritative } from '../../dns/lookup/authoritative.ts'
import type { DnsVars } from '../../dns/dns-vars.ts'
import type { VarsOf } from '../../dns/lookup/finder-by.ts'
import type { Looking } from '../../dns/lookup/look.ts'
import { planDns, planRecords, type DnsPlan } from '../../dns/plan/plan-dns.ts'
import type { Replacing } from '../../dns/plan/record-state.ts'
import type { NotServed } from '../../dns/served/served-everywhere.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { DnsView } from '../../report/dns/view.ts'
import { openFleet, type Fleet, type FleetRequest } from '../fleet/open-fleet.ts'
import { askMailFleet, mailHosts } from '../mail-fleet/mail-fleet-of.ts'
import { recordsFrom } from './records-from.ts'

export interface DnsRequest extends FleetRequest {
  /** A file of records of an earlier plan (`--format records`): they are taken, and no host is asked. */
  readonly from?: string | undefined
}

export type DnsPlanned = DnsView

/** What a push and a verification tell of, as it happens. */
export type DnsProgress =
  /** Nothing is pushed yet. */
  | { readonly kind: 'planned'; readonly planned: DnsPlanned }
  /** Name servers do not serve it all yet. */
  | { readonly kind: 'waiting'; readonly missing: readonly NotServed[] }

/** And all that is needed to bring the records about. */
export interface DnsWork extends DnsPlanned {
  readonly fleet: Fleet
  readonly dns: VarsOf<DnsVars>
  readonly looking: Looking
}

/**
 * Hosts are asked, and nothing is changed.
 * @param replace - names of records of DKIM keys that may take the place of others' keys.
 * @throws MailrunError
 */
export async function dnsWork(request: DnsRequest, replace: readonly string[] = []): Promise<DnsWork> {
  const fleet = await openFleet(request)
  const members = await mailHosts(fleet)
  const looking = authoritative(members.dns.of)
  const shared = { fleet, dns: members.dns.of, looking }
  const replacing = new Set(replace.map((name) => name.toLowerCase().replace(/\.$/, '')))
  if (request.from !== undefined) {
    const plan = await planRecords(await recordsFrom(request.from), looking, replacing)
    checkReplacing(replacing, plan)
    return { ...shared, plan, silent: [], unseen: [] }
  }
  const connect = await fleet.reach(members.hosts.map(({ host }) => host))
  const asked = await askMailFleet(members, connect, fleet.bounds).finally(fleet.close)
  const plan = await planDns(asked.fleet, looking, replacing)
  checkReplacing(replacing, plan)
  return {
    ...shared,
    plan: { ...plan, findings: [...asked.findings, ...plan.findings] },
    silent: asked.silent,
    unseen: asked.unseen,
  }
}

/** What is to be changed; nothing is. @throws MailrunError */
export const dnsPlan = async (request: DnsRequest): Promise<DnsPlanned> => plannedOf(await dnsWork(request))

export const plannedOf = ({ plan, silent, unseen }: DnsWork): DnsPlanned => ({ plan, silent, unseen })

/** A name that was mistyped replaces nothing. */
function checkReplacing(replacing: Replacing, { records }: DnsPlan): void {
  const keys = records.flatMap(({ record }) => (record.purpose === 'dkim' ? [record.name] : []))
  const unknown = [...replacing].find((name) => !keys.includes(name))
  if (unknown !== undefined) {
    throw new MailrunError(
      `the plan has no DKIM key of that name; it has ${keys.join(', ') || 'none'}: nothing was pushed`,
      `--replace ${unknown}`,
    )
  }
}
