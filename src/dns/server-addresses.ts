// The addresses of name servers that are known by name, and the name servers that an inventory or this machine names.
import { lookup } from 'node:dns/promises'
import { getServers } from 'node:dns'
import { isIP } from 'node:net'
import type { Answer } from 'dns-packet'
import { plainName, type AskServer } from './ask-server.ts'
import type { NameServerVars } from '../model/outside-question.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { parseServer, type NameServer } from './name-server.ts'

export type AddressesOf = (name: string) => Promise<readonly string[]>

/**
 * By the addresses that came along, else by asking; those without an address are left out. IPv4 goes first: it is what
 * most machines have.
 */
export async function named(
  names: readonly string[],
  along: readonly Answer[],
  addressesOf: AddressesOf,
): Promise<readonly NameServer[]> {
  const servers = await Promise.all(
    names.map(async (name) => {
      const glue = along.flatMap((each) =>
        (each.type === 'A' || each.type === 'AAAA') && plainName(each.name) === name ? [each.data] : [],
      )
      const addresses = glue.length > 0 ? glue : await addressesOf(name)
      return {
        name,
        addresses: [...addresses].sort((a, b) => isIP(a) - isIP(b)).map((address) => ({ address, port: 53 })),
      }
    }),
  )
  return servers.filter(({ addresses }) => addresses.length > 0)
}

export function addressFinder(ask: AskServer, vars: NameServerVars): AddressesOf {
  return async (name) => {
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
 * Name servers as the inventory has them; names by the machine's own means.
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
