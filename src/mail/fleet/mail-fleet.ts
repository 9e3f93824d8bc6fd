// What the vars, hosts and keys of a fleet say about mail, by domain.
import { MailrunError } from '../../core/mailrun-error.ts'
import type { AdspPractice } from '../records/adsp.ts'
import type { KeyClaim } from '../records/dns-record.ts'
import type { DmarcRecord } from '../records/dmarc/record.ts'
import type { MailVars } from './mail-vars.ts'
import { mailDomain } from '../names/names.ts'
import type { SpfAll } from '../records/spf/merge.ts'

/** The public half of a key with which a host signs, will sign or has signed. */
export interface MailKey {
  readonly domain: string
  readonly selector: string
  /** SubjectPublicKeyInfo in DER, base64; empty: revoked. */
  readonly publicKey: string
  /** Left out: the inventory itself says it. */
  readonly claim?: KeyClaim
}

/** A host that sends mail. */
export interface MailHost {
  /** Its name in the inventory. */
  readonly name: string
  /** The addresses from which others see its mail; without prefix lengths. */
  readonly addresses: readonly string[]
  /** Its HELO name in A-labels; `undefined` if it has no name that is valid in DNS. */
  readonly helo: string | undefined
  /** The same for the name from which its own mail comes; `undefined` also if that mail need not be signed. */
  readonly ownName: string | undefined
  /** The domains for which it sends. */
  readonly domains: readonly string[]
  readonly keys: readonly MailKey[]
}

/** What the records of a domain must say. */
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
  /** `undefined`: no record is published, or for a domain that does not send, `p=reject`. */
  readonly dmarc: DmarcRecord | undefined
  readonly adsp: AdspPractice | undefined
}

export interface MailFleet {
  readonly hosts: readonly MailHost[]
  readonly domains: readonly MailDomain[]
  /** The TTL of all records, in seconds. */
  readonly ttl: number
  /** Names of zones that are no domains of the fleet. */
  readonly zones: readonly string[]
  /** Domains for which the addresses of some senders are unknown. Their SPF records are left alone. */
  readonly incomplete?: readonly string[]
}

/** What the inventory says about a host, and what the host answers. */
export interface MailMember {
  readonly name: string
  readonly vars: MailVars
  /** Addresses that the host answered; `outgoing_addresses` overrides them. */
  readonly addresses: readonly string[]
  readonly keys: readonly MailKey[]
}

const TTL = 3600

/** @throws MailrunError if hosts disagree about a domain, because a domain has one set of records. */
export function mailFleet(members: readonly MailMember[]): MailFleet {
  const { fleet, disputed } = settledFleet(members)
  const [why] = disputed.values()
  if (why !== undefined) throw new MailrunError(why)
  return fleet
}

export interface SettledFleet {
  /** Without the domains about which hosts disagree. */
  readonly fleet: MailFleet
  /** By domain: about what the vars of hosts disagree, and what to do. */
  readonly disputed: ReadonlyMap<string, string>
}

/**
 * All hosts must say the same about a domain. If they do not, only this domain is left out.
 *
 * @throws MailrunError if they disagree about something that holds for all domains
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

/** About what hosts disagree for a domain; `undefined` if all say the same. */
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

/** The fleet without some domains and host names, and without their records. @param names - the reason for each. */
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
