// Finds the zone that a name is in and all its name servers, from the root down, so that no cache learns of a name that
// is not there yet.
import type { SoaAnswer } from 'dns-packet'
import { isWithin } from '../mail/dns-record.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import type { NameServerVars } from '../model/outside-question.ts'
import { plainName, type AskServer } from './ask-server.ts'
import { delegation, firstReply, serverNames, type Cut, type Reply } from './delegation.ts'
import { zoneSettings } from './dns-vars.ts'
import type { NameServer } from './name-server.ts'
import { addressFinder, named, resolversOf, serversOf, type AddressesOf } from './server-addresses.ts'

export interface ZoneServers {
  /** Its topmost name. */
  readonly zone: string
  /** All that DNS, or the inventory, names; in order of their names. */
  readonly servers: readonly NameServer[]
  /** That takes updates; `undefined` where the SOA record names one that is not to be found. */
  readonly primary: NameServer | undefined
  /** Seconds that caches keep at most that a name is not there: the SOA record's last field (RFC 2308, section 5). */
  readonly negativeTtl: number
}

/** A zone's place could not be told: the name's records must be left alone. */
export class ZoneNotFound extends MailrunError {
  override readonly name = 'ZoneNotFound'
}

/** The name servers that the inventory gives answer, and do not serve it. */
export class NotServedByGiven extends ZoneNotFound {}

export type FindZone = (name: string) => Promise<ZoneServers>

/** Who is asked, and how name servers are found of which only the names are known. */
interface Means {
  readonly ask: AskServer
  readonly vars: NameServerVars
  readonly addressesOf: AddressesOf
}

/** What was found once is not asked again. @returns a function that throws ZoneNotFound */
export function zoneFinder(ask: AskServer, vars: NameServerVars): FindZone {
  const means: Means = { ask, vars, addressesOf: addressFinder(ask, vars) }
  const descend = descender(means)
  const found = new Map<string, Promise<ZoneServers>>()
  const zones = new Map<string, Promise<ZoneServers>>()

  const find = async (name: string): Promise<ZoneServers> => {
    const { cut, reply } = await descend(name)
    const soa = [...reply.answers, ...reply.authorities].find(
      (each) => each.type === 'SOA' && isWithin(name, plainName(each.name)),
    )
    // An alias hides where its own zone begins; the name above it does not.
    if (soa === undefined && reply.answers.some((each) => each.type === 'CNAME'))
      return finder(name.slice(name.indexOf('.') + 1))
    if (soa?.type !== 'SOA')
      throw new ZoneNotFound(`the name servers of ${cut.zone || 'the root'} do not say which zone ${name} is in`)
    const zone = plainName(soa.name)
    const known = zones.get(zone) ?? describe(zone, soa, cut, means)
    zones.set(zone, known)
    return known
  }

  const finder: FindZone = (name) => {
    const known = found.get(name) ?? find(name)
    found.set(name, known)
    return known
  }
  return finder
}

/** Delegations below each other; more are a loop. */
const DEEPEST = 16

/** Follows delegations until a server answers for the name with authority. Delegations that were found are kept. */
function descender(means: Means): (name: string) => Promise<{ readonly cut: Cut; readonly reply: Reply }> {
  const cuts = new Map<string, Cut>()
  let root: Promise<Cut> | undefined

  const nearestCut = async (name: string): Promise<Cut> => {
    const given = await givenCut(means.vars, name)
    if (given !== undefined) return given
    const known = [...cuts.values()]
      .filter(({ zone }) => isWithin(name, zone))
      .sort((a, b) => b.zone.length - a.zone.length)[0]
    return known ?? (root ??= rootCut(means))
  }

  return async (name) => {
    let cut = await nearestCut(name)
    for (let depth = 0; depth < DEEPEST; depth += 1) {
      const reply = await replyOf(cut, name, means)
      const below = delegation(reply, cut.zone, name)
      if (below === undefined) return { cut, reply }
      cut = await delegatedCut(below, reply, means)
      cuts.set(below, cut)
    }
    throw new ZoneNotFound(`${name}: more than ${DEEPEST} delegations`)
  }
}

/** A zone that the inventory tells of is not looked for from the root. */
async function givenCut(vars: NameServerVars, name: string): Promise<Cut | undefined> {
  const zone = Object.keys(vars.zones ?? {})
    .filter((each) => isWithin(name, each))
    .sort((a, b) => b.length - a.length)[0]
  const servers = zone === undefined ? vars.servers : zoneSettings(vars, zone).servers
  return servers === undefined
    ? undefined
    : { zone: zone ?? '', servers: await serversOf(servers), given: zone === undefined }
}

async function rootCut({ ask, vars, addressesOf }: Means): Promise<Cut> {
  for (const resolver of await resolversOf(vars)) {
    const reply = await ask(resolver, { name: '', type: 'NS', recursion: true })
    if (reply.kind !== 'reply' || reply.code !== 'NOERROR') continue
    const servers = await named(serverNames(reply.answers, ''), reply.additionals, addressesOf)
    if (servers.length > 0) return { zone: '', servers, given: false }
  }
  throw new ZoneNotFound(
    'no resolver of this machine names the root of DNS: ' +
      'name resolvers that do (dns.resolvers), or the name servers (dns.servers)',
  )
}

async function replyOf(cut: Cut, name: string, { ask }: Means): Promise<Reply> {
  const { reply, faults } = await firstReply(ask, cut, name)
  if (reply !== undefined) return reply
  const whose = cut.given ? 'of dns.servers' : `of ${cut.zone || 'the root'}`
  const why = `no name server ${whose} answers for ${name}: ${faults.map((each) => each.why).join('; ')}`
  throw cut.given && faults.every(({ other }) => other) ? new NotServedByGiven(why) : new ZoneNotFound(why)
}

async function delegatedCut(below: string, reply: Reply, { addressesOf }: Means): Promise<Cut> {
  const names = serverNames(reply.authorities, below)
  const servers = await named(names, reply.additionals, addressesOf)
  if (servers.length === 0)
    throw new ZoneNotFound(`${below} is delegated to ${names.join(', ')}, of which none has an address`)
  return { zone: below, servers, given: false }
}

async function describe(zone: string, soa: SoaAnswer, cut: Cut, means: Means): Promise<ZoneServers> {
  const settings = zoneSettings(means.vars, zone)
  const servers =
    settings.servers === undefined ? await allServers(zone, cut, means) : await serversOf(settings.servers)
  const mname = plainName(soa.data.mname)
  const primary =
    settings.primary === undefined
      ? (servers.find((each) => each.name === mname) ?? (await named([mname], [], means.addressesOf))[0])
      : (await serversOf([settings.primary]))[0]
  return { zone, servers, primary, negativeTtl: soa.data.minimum ?? 0 }
}

/**
 * What the delegation says and what the zone itself says: both are asked by the world. Servers of the zone above that
 * answered for this one, too, told of no delegation.
 */
async function allServers(zone: string, cut: Cut, { ask, addressesOf }: Means): Promise<readonly NameServer[]> {
  const delegated = zone === cut.zone ? cut.servers : []
  for (const server of cut.servers) {
    const reply = await ask(server, { name: zone, type: 'NS', recursion: false })
    if (reply.kind !== 'reply' || !reply.authoritative) continue
    const more = await named(
      serverNames(reply.answers, zone).filter((name) => delegated.every((each) => each.name !== name)),
      reply.additionals,
      addressesOf,
    )
    return [...delegated, ...more].sort((a, b) => (a.name < b.name ? -1 : 1))
  }
  return cut.servers
}
