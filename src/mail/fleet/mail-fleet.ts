// What the vars, hosts and keys of a fleet say about mail, by domain.
import { MailrunError } from '../../core/mailrun-error.ts'
import type { AdspPractice } from '../records/adsp.ts'
import type { KeyClaim } from '../records/dns-record.ts'
import type { DmarcRecord } from '../records/dmarc/record.ts'
import type { MailVars } from './mail-vars.ts'
import { mailDomain } from '../names/names.ts'
import type { SpfAll } from '../records/spf/merge.ts'

/** The public half of a key that a host signs with, is to sign with, or signed with. */
export interface MailKey {
  readonly domain: string
  readonly selector: string
  /** SubjectPublicKeyInfo in DER, base64; empty: revoked. */
  readonly publicKey: string
  /** Left out: the inventory's own word. */
  readonly claim?: KeyClaim
}

/** A host that sends. */
export interface MailHost {
  /** In the inventory. */
  readonly name: string
  /** That others see its mail come from; no prefix lengths. */
  readonly addresses: readonly string[]
  /** In A-labels; `undefined` where it has no name that DNS could hold. */
  readonly helo: string | undefined
  /** The same of the name that its own mail comes from; `undefined` also where that is not to be signed. */
  readonly ownName: string | undefined
  /** That it sends for. */
  readonly domains: readonly string[]
  readonly keys: readonly MailKey[]
}

/** What is wanted of a domain. */
export interface MailDomain {
  readonly domain: string
  readonly sends: boolean
  readonly receives: boolean
  readonly spf: {
    readonly includes: readonly string[]
    readonly networks: readonly string[]
    readonly mechanisms: readonly string[]
    readonly retired: readonly string[]
    readonly all: SpfAll | undefined
  }
  /** `undefined`: none is published; for a domain that does not send, `p=reject` is. */
  readonly dmarc: DmarcRecord | undefined
  readonly adsp: AdspPractice | undefined
}

export interface MailFleet {
  readonly hosts: readonly MailHost[]
  readonly domains: readonly MailDomain[]
  /** Of all records, in seconds. */
  readonly ttl: number
  /** Where zones begin that are no domains of the fleet. */
  readonly zones: readonly string[]
  /** Domains of which not every sender's addresses are known: their SPF record is left alone. */
  readonly incomplete?: readonly string[]
}

/** A host as the inventory has it and as it is. */
export interface MailMember {
  readonly name: string
  readonly vars: MailVars
  /** Found on the host; `outgoing_addresses` goes before. */
  readonly addresses: readonly string[]
  readonly keys: readonly MailKey[]
}

const TTL = 3600

/** @throws MailrunError where hosts disagree on a domain: a record is one for all. */
export function mailFleet(members: readonly MailMember[]): MailFleet {
  const { fleet, disputed } = settledFleet(members)
  const [why] = disputed.values()
  if (why !== undefined) throw new MailrunError(why)
  return fleet
}

export interface SettledFleet {
  /** Without the domains that are disputed. */
  readonly fleet: MailFleet
  /** By domain, on what the vars of hosts disagree, and what to do. */
  readonly disputed: ReadonlyMap<string, string>
}

/**
 * What hosts say of a domain must be the same; where it is not, that is the domain's fault alone.
 *
 * @throws MailrunError where they disagree on what is one for all domains
 */
export function settledFleet(members: readonly MailMember[]): SettledFleet {
  const disputed = new Map<string, string>()
  const domains = new Map<string, { readonly wanted: MailDomain; readonly host: string }>()
  for (const { name, vars } of members) {
    for (const wanted of domainsOf(vars)) {
      const { domain } = wanted
      const other = domains.get(domain) ?? { wanted, host: name }
      domains.set(domain, other)
      const why = disputeOf(other, wanted, name, vars)
      if (why !== undefined && !disputed.has(domain)) disputed.set(domain, why)
    }
  }
  const fleet = {
    hosts: members.map(hostOf),
    domains: [...domains.values()].map(({ wanted }) => wanted),
    ttl: ttlOf(members),
    zones: [...new Set(members.flatMap(({ vars }) => vars.dns_zones ?? []))],
  }
  return { fleet: withoutNames(fleet, disputed), disputed }
}

/** Why nobody knows what is wanted of a domain; `undefined` where all say the same. */
function disputeOf(
  other: { readonly wanted: MailDomain; readonly host: string },
  wanted: MailDomain,
  host: string,
  vars: MailVars,
): string | undefined {
  const { domain } = wanted
  if (vars.domains.includes(domain) && vars.null_domains?.includes(domain) === true)
    return `${domain} is in domains, which send, and in null_domains, which do not: take it out of one`
  if (JSON.stringify(other.wanted) === JSON.stringify(wanted)) return undefined
  const differing = differingIn(other.wanted, wanted).join(', ')
  return (
    `${domain} is to have other records by the vars of ${host} (${differing}) than by those of ${other.host}: ` +
    "say the same for both, such as in a group's vars"
  )
}

function ttlOf(members: readonly MailMember[]): number {
  const ttls = new Map(members.map(({ name, vars }) => [vars.dns_ttl ?? TTL, name]))
  if (ttls.size > 1) {
    const each = [...ttls].map(([ttl, name]) => `${ttl} (${name})`).join(', ')
    throw new MailrunError(`dns_ttl differs between hosts: ${each}; one is wanted for all`)
  }
  return [...ttls.keys()][0] ?? TTL
}

/** Some of its domains, and of its hosts' names, left out with their records. @param names - by name, why. */
export function withoutNames(fleet: MailFleet, names: ReadonlyMap<string, string>): MailFleet {
  if (names.size === 0) return fleet
  const keep = (name: string | undefined): string | undefined =>
    name === undefined || names.has(name) ? undefined : name
  return {
    ...fleet,
    domains: fleet.domains.filter(({ domain }) => !names.has(domain)),
    hosts: fleet.hosts.map((host): MailHost => ({
      ...host,
      helo: keep(host.helo),
      ownName: keep(host.ownName),
      keys: host.keys.filter(({ domain }) => !names.has(domain)),
    })),
  }
}

const hostOf = ({ name, vars, addresses, keys }: MailMember): MailHost => ({
  name,
  addresses: vars.outgoing_addresses ?? addresses,
  helo: vars.helo_name ?? vars.fqdn ?? mailDomain(name),
  ownName: vars.sign_host_name === false ? undefined : (vars.fqdn ?? mailDomain(name)),
  domains: vars.domains.filter(
    (domain) => vars.mail_domains?.[domain]?.sends !== false && !vars.null_domains?.includes(domain),
  ),
  keys,
})

function domainsOf(vars: MailVars): readonly MailDomain[] {
  const { domains, null_domains: nulls = [], mail_domains: own = {} } = vars
  return [...new Set([...domains, ...nulls, ...Object.keys(own)])].map((domain) => {
    const isNull = nulls.includes(domain)
    const { spf, dmarc, adsp, sends = !isNull, receives = !isNull } = own[domain] ?? {}
    const shared: Pick<MailVars, 'spf' | 'dmarc' | 'adsp'> = sends ? vars : {}
    return {
      domain,
      sends,
      receives,
      spf: {
        includes: spf?.includes ?? shared.spf?.includes ?? [],
        networks: spf?.networks ?? shared.spf?.networks ?? [],
        mechanisms: spf?.mechanisms ?? shared.spf?.mechanisms ?? [],
        retired: spf?.retired ?? shared.spf?.retired ?? [],
        all: spf?.all ?? shared.spf?.all,
      },
      dmarc: dmarc ?? shared.dmarc,
      adsp: adsp ?? shared.adsp,
    }
  })
}

const differingIn = (a: MailDomain, b: MailDomain): readonly string[] =>
  (Object.keys(a) as (keyof MailDomain)[]).filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]))
