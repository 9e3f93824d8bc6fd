// Asks every name server of a zone what it serves at the names of some records.
import pLimit from 'p-limit'
import type { DnsRecord } from '../../mail/records/dns-record.ts'
import type { AskServer } from './ask-server.ts'
import { askZone, type ServerAnswer } from './ask-zone.ts'
import type { FindZone, ZoneServers } from './find-zone.ts'
import type { NameServer } from './name-server.ts'

export type Place = Pick<DnsRecord, 'name' | 'type'>

export interface View {
  readonly server: NameServer
  readonly answer: ServerAnswer
}

export interface Sight {
  readonly zone: ZoneServers
  /** Of the server that takes updates, where it is known: what changes rest on. */
  readonly primary: ServerAnswer | undefined
  /** Of every server that the world asks. */
  readonly views: readonly View[]
}

const AT_ONCE = 48

export interface Looking {
  readonly ask: AskServer
  readonly findZone: FindZone
}

/** With one limit for all questions at once. */
export function limited(ask: AskServer): AskServer {
  const limit = pLimit(AT_ONCE)
  return (server, question) => limit(() => ask(server, question))
}

/** @throws ZoneNotFound */
export async function look({ name, type }: Place, { ask, findZone }: Looking): Promise<Sight> {
  const zone = await findZone(name)
  const views = Promise.all(
    zone.servers.map(async (server): Promise<View> => ({ server, answer: await askZone(ask, server, name, type) })),
  )
  const among = zone.servers.find((each) => each === zone.primary)
  // A primary that DNS does not name is asked, too: it takes the updates.
  const hidden = among === undefined && zone.primary !== undefined ? askZone(ask, zone.primary, name, type) : undefined
  const seen = await views
  return {
    zone,
    views: seen,
    primary: hidden === undefined ? seen.find(({ server }) => server === among)?.answer : await hidden,
  }
}
