// Finds the addresses of name servers by their names, and the name servers that an inventory or this machine names.
import { lookup } from 'node:dns/promises'
import { getServers } from 'node:dns'
import { isIP } from 'node:net'
import { isHostName, shownName } from '../../mail/formats/name.ts'
import { plainName, type AskServer } from './ask-server.ts'
import { MOST_ADDRESSES, MOST_SERVERS } from '../bounds/bounds.ts'
import type { Answer } from './message.ts'
import type { NameServerVars } from '../../core/probe/outside-question.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { parseServer, type NameServer } from './name-server.ts'

export type AddressesOf = (name: string, ask: AskServer) => Promise<readonly string[]>

export interface NamedServers {
  readonly servers: readonly NameServer[]
  /** Why some named servers are missing; each is a sentence without a full stop. */
  readonly faults: readonly string[]
}

/**
 * Uses the addresses in the answer, else asks for them. Servers without an address are left out. IPv4 comes first,
 * because most machines have it.
 *
 * @param room - the most servers
 */
export async function named(
  names: readonly Untrusted[],
  along: readonly Answer[],
  addressesOf: (name: Untrusted) => Promise<readonly string[]>,
  room = MOST_SERVERS,
): Promise<NamedServers> {
  const hosts = names.filter(isHostName)
  const asked = hosts.length <= room ? hosts : [...hosts].sort().slice(0, room)
  const servers = await Promise.all(
    asked.map(async (name) => {
      const glue = along.flatMap((each) =>
        (each.type === 'A' || each.type === 'AAAA') && plainName(each.name) === name ? [each.data] : [],
      )
      return { name, addresses: someAddresses(glue.length > 0 ? glue : await addressesOf(name)) }
    }),
  )
  return { servers: servers.filter(({ addresses }) => addresses.length > 0), faults: faultsOf(names, hosts, room) }
}

function faultsOf(names: readonly Untrusted[], hosts: readonly Untrusted[], room: number): readonly string[] {
  const odd = names.find((name) => !isHostName(name))
  return [
    ...(odd === undefined ? [] : [`a name server is named ${shownName(odd)}, which is no name of a host`]),
    ...(hosts.length > room
      ? [`more than ${MOST_SERVERS} name servers are named, and ${MOST_SERVERS} of them are asked`]
      : []),
  ]
}

const someAddresses = (addresses: readonly string[]): NameServer['addresses'] =>
  [4, 6].flatMap((family) =>
    addresses
      .filter((address) => isIP(address) === family)
      .slice(0, MOST_ADDRESSES)
      .map((address) => ({ address, port: 53 })),
  )

/** Asks the resolvers of the var `dns`, else those of this machine. */
export function addressFinder(vars: NameServerVars): AddressesOf {
  return async (name, ask) => {
    for (const resolver of await resolversOf(vars)) {
      const replies = await Promise.all(
        (['A', 'AAAA'] as const).map((type) => ask(resolver, { name, type, recursion: true })),
      )
      const addresses = replies.flatMap((reply) =>
        reply.kind === 'reply'
          ? reply.answers.flatMap((each) => (each.type === 'A' || each.type === 'AAAA' ? [each.data] : []))
          : [],
      )
      if (addresses.length > 0) return addresses
    }
    return []
  }
}

export const resolversOf = (vars: NameServerVars): Promise<readonly NameServer[]> =>
  serversOf(vars.resolvers ?? getServers())

/**
 * The name servers that the inventory names. This machine looks up their names.
 *
 * @throws MailrunError for a name without an address
 */
export async function serversOf(texts: readonly string[]): Promise<readonly NameServer[]> {
  return Promise.all(
    texts.map(async (text) => {
      const { host, port } = parseServer(text)
      if (isIP(host) > 0) return { name: host, addresses: [{ address: host, port }] }
      const addresses = await lookup(host, { all: true }).catch(() => [])
      if (addresses.length === 0)
        throw new MailrunError(`the name server ${host} has no address that this machine can find`)
      return {
        name: plainName(host),
        addresses: [...addresses].sort((a, b) => a.family - b.family).map(({ address }) => ({ address, port })),
      }
    }),
  )
}
