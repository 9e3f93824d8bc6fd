// The var `dns` of a fleet: one for all its hosts, or each host's own; every name server in it can be asked.
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
  await mustHaveAddresses(dns)
  return dns
}

/**
 * For what only asks: each host is judged by its own. One that says nothing of it is content with what the others say,
 * where they say the same.
 *
 * @param vars - by host.
 * @returns by host; what is the same is one value
 * @throws MailrunError where a name server that is named has no address
 */
export async function eachDns(
  vars: ReadonlyMap<string, { readonly dns: DnsVars }>,
): Promise<ReadonlyMap<string, DnsVars>> {
  const settings = new Map([...vars.values()].map(({ dns }) => [JSON.stringify(dns), dns]))
  for (const dns of settings.values()) await mustHaveAddresses(dns)
  const [said, ...others] = [...settings.values()].filter((dns) => Object.keys(dns).length > 0)
  const ofSilent = others.length === 0 ? said : undefined
  return new Map(
    [...vars].map(([host, { dns }]) => [
      host,
      (Object.keys(dns).length === 0 ? ofSilent : undefined) ?? settings.get(JSON.stringify(dns))!,
    ]),
  )
}

async function mustHaveAddresses(dns: DnsVars): Promise<void> {
  const named = [dns, ...Object.values(dns.zones ?? {})].flatMap(({ servers = [], primary }) => [
    ...servers,
    ...(primary === undefined ? [] : [primary]),
  ])
  await serversOf([...new Set([...(dns.resolvers ?? []), ...named])])
}
