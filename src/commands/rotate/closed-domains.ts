// Finds domains whose records cannot be written into DNS, as far as this can be known before a rotation.
import { ZoneNotFound, type FindZone } from '../../dns/lookup/find-zone.ts'
import { whyClosed, type Pushing } from '../../dns/push/push-dns.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { RotationMembers } from './rotation-members.ts'

/**
 * By domain, all that can be known to be wrong of how its records get into DNS.
 *
 * @throws MailrunError where that is so of every domain
 */
export async function closedDomains(
  { members, hosts }: RotationMembers,
  findZone: FindZone,
  pushing: Pushing,
): Promise<ReadonlyMap<string, string>> {
  const domains = [...new Set(hosts.flatMap(({ host }) => members.get(host.name)!.domains))]
  const reasons = await Promise.all(domains.map((domain) => whyNotPushed(domain, findZone, pushing)))
  const closed = new Map(
    domains.flatMap((domain, index) => {
      const why = reasons[index]
      return why === undefined ? [] : [[domain, why] as const]
    }),
  )
  if (closed.size > 0 && closed.size === domains.length) throw new MailrunError([...new Set(closed.values())])
  return closed
}

/** `undefined`: nothing is known to be wrong; a zone that is not found is reported where it is asked for its keys. */
async function whyNotPushed(domain: string, findZone: FindZone, pushing: Pushing): Promise<string | undefined> {
  try {
    return await whyClosed(await findZone(`_domainkey.${domain}`), pushing.dns(domain), pushing)
  } catch (error) {
    if (error instanceof ZoneNotFound) return undefined
    if (error instanceof MailrunError) return error.message
    throw error
  }
}
