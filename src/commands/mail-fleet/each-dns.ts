// The var `dns` of a fleet: for each host when hosts are judged, for each domain when records are judged. It checks
// that every name server in it can be asked.
import type { DnsVars } from '../../dns/dns-vars.ts'
import { serversOf } from '../../dns/lookup/server-addresses.ts'
import { mailDomain } from '../../mail/names/names.ts'
import { Secret } from '../../shell/secret.ts'
import { groupedBy } from '../../text/grouped-by.ts'

/**
 * Each host is judged by its own. One that says nothing of it is content with what the others say, where they say the
 * same.
 *
 * @param vars - by host.
 * @returns by host; what is the same is one value
 * @throws MailrunError where a name server that is named has no address
 */
export async function eachDns(
  vars: ReadonlyMap<string, { readonly dns: DnsVars }>,
): Promise<ReadonlyMap<string, DnsVars>> {
  const settings = new Map([...vars.values()].map(({ dns }) => [keyOf(dns), dns]))
  for (const dns of settings.values()) await mustHaveAddresses(dns)
  const [said, ...others] = [...settings.values()].filter(saysSomething)
  const ofSilent = others.length === 0 ? said : undefined
  return new Map(
    [...vars].map(([host, { dns }]) => [
      host,
      (saysSomething(dns) ? undefined : ofSilent) ?? settings.get(keyOf(dns))!,
    ]),
  )
}

/** What a host says of the domains and names that records are for. */
export interface SayingHost {
  readonly dns: DnsVars
  readonly domains: readonly string[]
  readonly null_domains?: readonly string[] | undefined
  readonly mail_domains?: Readonly<Record<string, unknown>> | undefined
  readonly helo_name?: string | undefined
  readonly fqdn?: string | undefined
}

export interface FleetDns {
  /** For a name: that of the nearest domain, or host's name, at or above it. */
  of(name: string): DnsVars
  /** All that hosts say, each once; at least one. */
  readonly all: readonly DnsVars[]
  /** Domains and hosts' names of which hosts say different things, and why their records are left alone. */
  readonly differing: ReadonlyMap<string, string>
}

/**
 * A domain's records are planned, pushed and asked for as the hosts say that send for it; what those say nothing of is
 * as for {@link eachDns}. Where they differ, that domain is left alone, and no other.
 *
 * @param vars - by host.
 * @throws MailrunError where a name server that is named has no address
 */
export async function fleetDns(vars: ReadonlyMap<string, SayingHost>): Promise<FleetDns> {
  const each = await eachDns(vars)
  const said = [...vars].flatMap(([host, own]) =>
    namesOf(host, own).map((name) => ({ name, host, dns: each.get(host)!, isSaid: saysSomething(own.dns) })),
  )
  const byName = new Map<string, DnsVars>()
  const differing = new Map<string, string>()
  for (const [name, hosts] of groupedBy(said, (one) => one.name)) {
    const [first = hosts[0]!, ...others] = hosts.filter(({ isSaid }) => isSaid)
    const other = others.find(({ dns }) => dns !== first.dns)
    byName.set(name, first.dns)
    if (other !== undefined)
      differing.set(name, `dns differs between ${first.host} and ${other.host}: say the same for both`)
  }
  const all = [...new Set(each.values())]
  const fallback = all.length === 1 ? all[0]! : resolversOfAll(all)
  return { all: all.length === 0 ? [{}] : all, differing, of: (name) => nearest(name, byName) ?? fallback }
}

const namesOf = (host: string, own: SayingHost): readonly string[] => {
  const { domains, null_domains: nulls = [], mail_domains: differing = {}, helo_name: helo, fqdn } = own
  const names = [...domains, ...nulls, ...Object.keys(differing), helo, fqdn ?? mailDomain(host)]
  return [...new Set(names.filter((name) => name !== undefined))]
}

function nearest(name: string, byName: ReadonlyMap<string, DnsVars>): DnsVars | undefined {
  for (let at = 0; at !== -1; at = name.indexOf('.', at) + 1 || -1) {
    const found = byName.get(name.slice(at))
    if (found !== undefined) return found
  }
  return undefined
}

/** For names of nobody's, such as those that aliases lead to. */
function resolversOfAll(all: readonly DnsVars[]): DnsVars {
  const each = new Map(all.map(({ resolvers }) => [JSON.stringify(resolvers), resolvers]))
  const [resolvers] = [...each.values()]
  return each.size > 1 || resolvers === undefined ? {} : { resolvers }
}

/** The same for settings that say the same, in whatever order; for comparing alone: secrets are in it as they are. */
const keyOf = (dns: DnsVars): string => JSON.stringify(comparable(dns))

function comparable(value: unknown): unknown {
  if (value instanceof Secret) return { secret: comparable(value.reveal()) }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([name, each]) => [name, comparable(each)]))
}

const saysSomething = (dns: DnsVars): boolean => Object.keys(dns).length > 0

async function mustHaveAddresses(dns: DnsVars): Promise<void> {
  const named = [dns, ...Object.values(dns.zones ?? {})].flatMap(({ servers = [], primary }) => [
    ...servers,
    ...(primary === undefined ? [] : [primary]),
  ])
  await serversOf([...new Set([...(dns.resolvers ?? []), ...named])])
}
