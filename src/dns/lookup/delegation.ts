// Reads from an answer where a name is: in the zone of the server, or in a zone below, to which the server delegates.
import { isWithin } from '../../mail/records/dns-record.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { plainName, type AskServer, type ServerReply } from './ask-server.ts'
import type { Answer } from './message.ts'
import { shownServer, type NameServer } from './name-server.ts'

export type Reply = Extract<ServerReply, { kind: 'reply' }>

/** Name servers that are asked for what is in a zone, or below it. */
export interface Cut {
  readonly zone: string
  readonly servers: readonly NameServer[]
  /** Why not all that are named are among them. */
  readonly faults: readonly string[]
  /** By the inventory, for all zones. */
  readonly given: boolean
}

/** `other`: the server is well, and does not serve the name. */
export interface ReplyFault {
  readonly why: string
  readonly other: boolean
  /** It gives no answer at all. */
  readonly silent: boolean
}

/** The first that counts, and what was wrong with those before it. */
export async function firstReply(
  ask: AskServer,
  { zone, servers }: Cut,
  name: string,
): Promise<{ readonly reply?: Reply; readonly faults: readonly ReplyFault[] }> {
  const faults: ReplyFault[] = []
  for (const server of servers) {
    const reply = await ask(server, { name, type: 'SOA', recursion: false })
    const fault = faultOf(reply, zone, name)
    if (fault === undefined) return { reply: reply as Reply, faults }
    faults.push({ ...fault, why: `${shownServer(server)}: ${fault.why}` })
  }
  return { faults }
}

function faultOf(reply: ServerReply, zone: string, name: string): ReplyFault | undefined {
  if (reply.kind === 'silent') return { why: reply.why, other: false, silent: true }
  if (reply.code !== 'NOERROR' && reply.code !== 'NXDOMAIN')
    return { why: reply.code, other: reply.code === 'REFUSED' || reply.code === 'NOTAUTH', silent: false }
  return reply.authoritative || delegation(reply, zone, name) !== undefined
    ? undefined
    : { why: 'answers without authority', other: true, silent: false }
}

/** Where the name is delegated to, below a zone (RFC 1034, section 4.3.2, step 3b). */
export function delegation(reply: Reply, zone: string, name: string): string | undefined {
  if (reply.authoritative && (reply.answers.length > 0 || reply.authorities.some((each) => each.type === 'SOA')))
    return undefined
  const isInZone = (owner: string): boolean => zone === '' || isWithin(owner, zone)
  return reply.authorities
    .filter((each) => each.type === 'NS')
    .map((each) => plainName(each.name))
    .find((owner) => owner !== zone && isInZone(owner) && isWithin(name, owner))
}

/** Of the name servers of a zone, as records tell them. */
export const serverNames = (records: readonly Answer[], owner: Untrusted): readonly string[] => [
  ...new Set(
    records.flatMap((each) => (each.type === 'NS' && plainName(each.name) === owner ? [plainName(each.data)] : [])),
  ),
]
