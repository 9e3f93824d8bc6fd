// Finds the zone that a name is in and all its name servers, from the root down, so that no cache learns of a name that
// is not there yet.
import type { Answer, SoaAnswer } from 'dns-packet'
import { isWithin } from '../mail/dns-record.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import type { NameServerVars } from '../model/outside-question.ts'
import { plainName, type AskServer, type ServerReply } from './ask-server.ts'
import { zoneSettings } from './dns-vars.ts'
import { shownServer, type NameServer } from './name-server.ts'
import { addressFinder, named, resolversOf, serversOf } from './server-addresses.ts'

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

type Reply = Extract<ServerReply, { kind: 'reply' }>
interface Cut {
  readonly zone: string
  readonly servers: readonly NameServer[]
  /** By the inventory, for all zones. */
  readonly given: boolean
}

/** Delegations below each other; more are a loop. */
const DEEPEST = 16

/** What was found once is not asked again. @returns a function that throws ZoneNotFound */
export function zoneFinder(ask: AskServer, vars: NameServerVars): FindZone {
  const found = new Map<string, Promise<ZoneServers>>()
  const zones = new Map<string, Promise<ZoneServers>>()
  const cuts = new Map<string, Cut>()
  const addressesOf = addressFinder(ask, vars)
  let root: Promise<Cut> | undefined

  const rootCut = async (): Promise<Cut> => {
    for (const resolver of await resolversOf(vars)) {
      const reply = await ask(resolver, { name: '', type: 'NS', recursion: true })
      if (reply.kind !== 'reply' || reply.code !== 'NOERROR') continue
      const servers = await named(namesOf(reply.answers, ''), reply.additionals, addressesOf)
      if (servers.length > 0) return { zone: '', servers, given: false }
    }
    throw new ZoneNotFound(
      'no resolver of this machine names the root of DNS: name resolvers that do (dns.resolvers), or the name servers (dns.servers)',
    )
  }

  const nearestCut = async (name: string): Promise<Cut> => {
    const given = await givenCut(vars, name)
    if (given !== undefined) return given
    const known = [...cuts.values()]
      .filter(({ zone }) => isWithin(name, zone))
      .sort((a, b) => b.zone.length - a.zone.length)[0]
    return known ?? (root ??= rootCut())
  }

  /** Follows delegations until a server answers for the name with authority. */
  const descend = async (name: string): Promise<{ readonly cut: Cut; readonly reply: Reply }> => {
    let cut = await nearestCut(name)
    for (let depth = 0; depth < DEEPEST; depth += 1) {
      const { reply, faults } = await firstReply(ask, cut, name)
      if (reply === undefined) {
        const why = `no name server ${cut.given ? 'of dns.servers' : `of ${cut.zone || 'the root'}`} answers for ${name}: ${faults.map((each) => each.why).join('; ')}`
        throw cut.given && faults.every(({ other }) => other) ? new NotServedByGiven(why) : new ZoneNotFound(why)
      }
      const below = delegation(reply, cut.zone, name)
      if (below === undefined) return { cut, reply }
      const servers = await named(namesOf(reply.authorities, below), reply.additionals, addressesOf)
      if (servers.length === 0)
        throw new ZoneNotFound(
          `${below} is delegated to ${namesOf(reply.authorities, below).join(', ')}, of which none has an address`,
        )
      cut = { zone: below, servers, given: false }
      cuts.set(below, cut)
    }
    throw new ZoneNotFound(`${name}: more than ${DEEPEST} delegations`)
  }

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
    const known = zones.get(zone) ?? describe(zone, soa, cut)
    zones.set(zone, known)
    return known
  }

  const describe = async (zone: string, soa: SoaAnswer, cut: Cut): Promise<ZoneServers> => {
    const settings = zoneSettings(vars, zone)
    const servers = settings.servers === undefined ? await allServers(zone, cut) : await serversOf(settings.servers)
    const mname = plainName(soa.data.mname)
    const primary =
      settings.primary === undefined
        ? (servers.find((each) => each.name === mname) ?? (await named([mname], [], addressesOf))[0])
        : (await serversOf([settings.primary]))[0]
    return { zone, servers, primary, negativeTtl: soa.data.minimum ?? 0 }
  }

  /**
   * What the delegation says and what the zone itself says: both are asked by the world. Servers of the zone above that
   * answered for this one, too, told of no delegation.
   */
  const allServers = async (zone: string, cut: Cut): Promise<readonly NameServer[]> => {
    const delegated = zone === cut.zone ? cut.servers : []
    for (const server of cut.servers) {
      const reply = await ask(server, { name: zone, type: 'NS', recursion: false })
      if (reply.kind !== 'reply' || !reply.authoritative) continue
      const more = await named(
        namesOf(reply.answers, zone).filter((name) => delegated.every((each) => each.name !== name)),
        reply.additionals,
        addressesOf,
      )
      return [...delegated, ...more].sort((a, b) => (a.name < b.name ? -1 : 1))
    }
    return cut.servers
  }

  const finder: FindZone = (name) => {
    const known = found.get(name) ?? find(name)
    found.set(name, known)
    return known
  }
  return finder
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

async function firstReply(
  ask: AskServer,
  { zone, servers }: Cut,
  name: string,
): Promise<{ readonly reply?: Reply; readonly faults: readonly Fault[] }> {
  const faults: Fault[] = []
  for (const server of servers) {
    const reply = await ask(server, { name, type: 'SOA', recursion: false })
    const fault = faultOf(reply, zone, name)
    if (fault === undefined) return { reply: reply as Reply, faults }
    faults.push({ ...fault, why: `${shownServer(server)}: ${fault.why}` })
  }
  return { faults }
}

/** `other`: the server is well, and does not serve the name. */
interface Fault {
  readonly why: string
  readonly other: boolean
}

function faultOf(reply: ServerReply, zone: string, name: string): Fault | undefined {
  if (reply.kind === 'silent') return { why: reply.why, other: false }
  if (reply.code !== 'NOERROR' && reply.code !== 'NXDOMAIN')
    return { why: reply.code, other: reply.code === 'REFUSED' || reply.code === 'NOTAUTH' }
  return reply.authoritative || delegation(reply, zone, name) !== undefined
    ? undefined
    : { why: 'answers without authority', other: true }
}

/** Where the name is delegated to, below a zone (RFC 1034, section 4.3.2, step 3b). */
function delegation(reply: Reply, zone: string, name: string): string | undefined {
  if (reply.authoritative && (reply.answers.length > 0 || reply.authorities.some((each) => each.type === 'SOA')))
    return undefined
  const below = reply.authorities.find(
    (each) =>
      each.type === 'NS' &&
      plainName(each.name) !== zone &&
      isWithin(name, plainName(each.name)) &&
      (zone === '' || isWithin(plainName(each.name), zone)),
  )
  return below === undefined ? undefined : plainName(below.name)
}

const namesOf = (records: readonly Answer[], owner: string): readonly string[] => [
  ...new Set(
    records.flatMap((each) => (each.type === 'NS' && plainName(each.name) === owner ? [plainName(each.data)] : [])),
  ),
]
