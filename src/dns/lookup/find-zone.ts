// Finds the zone of a name and all its name servers, from the root down. It asks no resolver about the name, because a
// cache would remember that the name does not exist yet.
import { isWithin } from '../../mail/records/dns-record.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { NameServerVars } from '../../core/probe/outside-question.ts'
import { isHostName, shownName } from '../../mail/formats/name.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { plainName, type AskServer } from './ask-server.ts'
import { bounded, type Bounded } from '../bounds/bounded.ts'
import { MOST_DELEGATIONS, MOST_QUESTIONS, MOST_SERVERS, NAME_SECONDS } from '../bounds/bounds.ts'
import { delegation, firstReply, serverNames, type Cut, type Reply } from './delegation.ts'
import { zoneSettings } from '../dns-vars.ts'
import { keeping } from './keeping.ts'
import type { Answer } from './message.ts'
import type { NameServer } from './name-server.ts'
import { addressFinder, named, resolversOf, serversOf, type NamedServers } from './server-addresses.ts'

export interface ZoneServers {
  /** Its topmost name. */
  readonly zone: string
  /** All that DNS, or the inventory, names; in order of their names. */
  readonly servers: readonly NameServer[]
  /** That takes updates; `undefined` where the SOA record names one that is not to be found. */
  readonly primary: NameServer | undefined
  /** Seconds that caches keep at most that a name is not there: the SOA record's last field (RFC 2308, section 5). */
  readonly negativeTtl: number
  /** Why not all that are named are among the servers; each in words that follow the zone's name. */
  readonly faults: readonly string[]
}

/** A zone's place could not be known: the name's records must be left alone. */
export class ZoneNotFound extends MailrunError {
  override readonly name = 'ZoneNotFound'
}

/** The name servers that the inventory gives answer, and do not serve it. */
export class NotServedByGiven extends ZoneNotFound {}

/** More would have to be asked than for one name is. */
class TooMuchAsked extends ZoneNotFound {}

/** @param within - by which it is asked, where a bound holds for more than this name. */
export type FindZone = (name: string, within?: AskServer) => Promise<ZoneServers>

/** Who is asked, and how name servers are found of which only the names are known. */
interface Means extends Bounded {
  readonly vars: NameServerVars
  readonly addressesOf: (name: string) => Promise<readonly string[]>
}

/** Ends the search where not all was asked that was to be: half of the servers would count as all. */
function whole<Found>(found: Found, { over }: Means): Found {
  const why = over()
  if (why !== undefined) throw new TooMuchAsked(why)
  return found
}

type SoaAnswer = Extract<Answer, { readonly type: 'SOA' }>

/** What was found once is not asked again. @returns a function that throws ZoneNotFound */
export function zoneFinder(ask: AskServer, vars: NameServerVars): FindZone {
  const addressesOf = addressFinder(vars)
  const descend = descender()
  const isOver = (error: unknown): boolean => error instanceof TooMuchAsked
  const found = keeping<ZoneServers>(isOver)
  const zones = keeping<ZoneServers>(isOver)

  const find = async (name: string, within: AskServer): Promise<ZoneServers> => {
    const bound = bounded(within, `finding the zone of ${name}`, { questions: MOST_QUESTIONS, seconds: NAME_SECONDS })
    const means: Means = { ...bound, vars, addressesOf: (each) => addressesOf(each, bound.ask) }
    const { cut, reply } = await descend(name, means)
    // Of a zone above the one that was delegated to them, servers do not speak.
    const soa = [...reply.answers, ...reply.authorities].find(
      (each) => each.type === 'SOA' && isWithin(name, plainName(each.name)) && isWithin(plainName(each.name), cut.zone),
    )
    // An alias hides where its own zone begins; the name above it does not, as long as the same servers speak for it.
    const above = name.split('.').slice(1).join('.')
    const isAlias = soa === undefined && name !== '' && reply.answers.some((each) => each.type === 'CNAME')
    if (isAlias && (cut.zone === '' || isWithin(above, cut.zone))) return finder(above, bound.ask)
    if (soa?.type !== 'SOA')
      throw new ZoneNotFound(`the name servers of ${cut.zone || 'the root'} do not say which zone ${name} is in`)
    const zone = plainName(soa.name)
    return zones(zone, async () => whole(await describe(zone, soa, cut, means), means))
  }

  const finder: FindZone = (name, within = ask) => found(name, () => find(name, within))
  return finder
}

/** Follows delegations until a server answers for the name with authority. Delegations that were found are kept. */
function descender(): (name: string, means: Means) => Promise<{ readonly cut: Cut; readonly reply: Reply }> {
  const cuts = new Map<string, Cut>()
  const root = keeping<Cut>((error) => error instanceof TooMuchAsked)

  const nearestCut = async (name: string, means: Means): Promise<Cut> => {
    const given = await givenCut(means.vars, name)
    if (given !== undefined) return given
    const known = [...cuts.values()]
      .filter(({ zone }) => isWithin(name, zone))
      .sort((a, b) => b.zone.length - a.zone.length)[0]
    return known ?? root('', () => rootCut(means))
  }

  return async (name, means) => {
    let cut = await nearestCut(name, means)
    for (let depth = 0; depth < MOST_DELEGATIONS; depth += 1) {
      const reply = await replyOf(cut, name, means)
      const below = delegation(reply, cut.zone, name)
      if (below === undefined) return { cut, reply }
      cut = await delegatedCut(below, reply, means)
      cuts.set(below, cut)
    }
    throw new ZoneNotFound(`${name}: more than ${MOST_DELEGATIONS} delegations`)
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
    : { zone: zone ?? '', servers: await givenServers(servers), faults: [], given: zone === undefined }
}

/** One that has no address is a fault of the zones that it is given for. */
const givenServers = (texts: readonly string[]): Promise<readonly NameServer[]> =>
  serversOf(texts).catch((error: unknown) => {
    throw error instanceof MailrunError ? new ZoneNotFound(error.message) : error
  })

async function rootCut(means: Means): Promise<Cut> {
  const { ask, vars, addressesOf } = means
  let isHeard = false
  for (const resolver of await resolversOf(vars)) {
    const reply = await ask(resolver, { name: '', type: 'NS', recursion: true })
    isHeard ||= reply.kind === 'reply'
    if (reply.kind !== 'reply' || reply.code !== 'NOERROR') continue
    const found = whole(await named(serverNames(reply.answers, ''), reply.additionals, addressesOf), means)
    if (found.servers.length > 0) return { zone: '', ...found, given: false }
  }
  const why = isHeard ? 'no resolver of this machine names the root of DNS' : 'no resolver of this machine answers'
  const remedy = 'name resolvers that do (dns.resolvers), or the name servers (dns.servers)'
  throw whole(new ZoneNotFound(`${why}: ${remedy}`), means)
}

async function replyOf(cut: Cut, name: string, means: Means): Promise<Reply> {
  const { reply, faults } = await firstReply(means.ask, cut, name)
  if (reply !== undefined) return reply
  const whose = cut.given ? 'of dns.servers' : `of ${cut.zone || 'the root'}`
  const forName = faults.every(({ silent }) => silent) ? '' : ` for ${name}`
  const why = `no name server ${whose} answers${forName}: ${faults.map((each) => each.why).join('; ')}`
  throw cut.given && faults.every(({ other }) => other)
    ? new NotServedByGiven(why)
    : whole(new ZoneNotFound(why), means)
}

async function delegatedCut(below: string, reply: Reply, means: Means): Promise<Cut> {
  const names = serverNames(reply.authorities, below)
  const found = whole(await named(names, reply.additionals, means.addressesOf), means)
  if (found.servers.length === 0)
    throw new ZoneNotFound(`${below} is delegated to ${someNames(names)}, of which none has an address`)
  return { zone: below, ...found, given: false }
}

const SHOWN = 6

function someNames(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => (isHostName(name) ? name : shownName(name)))
  return [...shown, ...(names.length > SHOWN ? [`${names.length - SHOWN} more`] : [])].join(', ')
}

async function describe(zone: Untrusted, soa: SoaAnswer, cut: Cut, means: Means): Promise<ZoneServers> {
  const settings = zoneSettings(means.vars, zone)
  const { servers, faults } =
    settings.servers === undefined
      ? await allServers(zone, cut, means)
      : { servers: await givenServers(settings.servers), faults: [] }
  // Nobody to ask is nobody who says that a record is not there, or is.
  if (servers.length === 0)
    throw whole(new ZoneNotFound(`${zone || 'the root'} names no server that has an address`), means)
  const mname = plainName(soa.data.mname)
  const primary =
    settings.primary === undefined
      ? (servers.find((each) => each.name === mname) ?? (await named([mname], [], means.addressesOf)).servers[0])
      : (await givenServers([settings.primary]))[0]
  return { zone, servers, primary, negativeTtl: soa.data.minimum, faults }
}

/**
 * What the delegation says and what the zone itself says: both are asked by the world. Servers of the zone above that
 * answered for this one, too, named no delegation.
 */
async function allServers(zone: Untrusted, cut: Cut, { ask, addressesOf }: Means): Promise<NamedServers> {
  const delegated = zone === cut.zone ? cut : { servers: [], faults: [] }
  for (const server of cut.servers) {
    const reply = await ask(server, { name: zone, type: 'NS', recursion: false })
    if (reply.kind !== 'reply' || !reply.authoritative) continue
    const more = await named(
      serverNames(reply.answers, zone).filter((name) => delegated.servers.every((each) => each.name !== name)),
      reply.additionals,
      addressesOf,
      MOST_SERVERS - delegated.servers.length,
    )
    return {
      servers: [...delegated.servers, ...more.servers].sort((a, b) => (a.name < b.name ? -1 : 1)),
      faults: [...new Set([...delegated.faults, ...more.faults])],
    }
  }
  return cut
}
