// The var `dns` of a fleet: one for all its hosts, and every name server in it can be asked.
import type { DnsVars } from '../dns/dns-vars.ts'
import { serversOf } from '../dns/server-addresses.ts'
import { MailrunError } from '../model/mailrun-error.ts'

/**
 * @param vars - by host; at least one.
 * @throws MailrunError where hosts differ, or a name server that is named has no address
 */
export async function oneDns(vars: ReadonlyMap<string, { readonly dns: DnsVars }>): Promise<DnsVars> {
  const settings = new Map([...vars].map(([host, { dns }]) => [JSON.stringify(dns), { host, dns }]))
  if (settings.size > 1) {
    const hosts = [...settings.values()].map(({ host }) => host).join(' and ')
    throw new MailrunError(`dns differs between ${hosts}: one is wanted for all, such as in the vars of the group all`)
  }
  const { dns } = settings.values().next().value!
  const named = [dns, ...Object.values(dns.zones ?? {})].flatMap(({ servers = [], primary }) => [
    ...servers,
    ...(primary === undefined ? [] : [primary]),
  ])
  await serversOf([...new Set([...(dns.resolvers ?? []), ...named])])
  return dns
}
