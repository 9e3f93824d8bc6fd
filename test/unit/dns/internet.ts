// Name servers that exist in a test only: what each says of a name, and a record of all that was asked.
import type { AskServer, ServerQuestion } from '../../../src/dns/lookup/ask-server.ts'
import type { Answer } from '../../../src/dns/lookup/message.ts'

export interface FakeServer {
  /** Zones that it serves, each with its records; SOA and NS are its own. */
  readonly zones: Readonly<Record<string, readonly Answer[]>>
  /** In place of an answer. */
  readonly code?: string
}

export interface Internet {
  readonly ask: AskServer
  readonly asked: readonly (ServerQuestion & { readonly address: string })[]
}

export const txt = (name: string, ...strings: readonly string[]): Answer => ({
  type: 'TXT',
  name,
  ttl: 3600,
  data: strings.map((each) => Buffer.from(each)),
})
export const ns = (name: string, data: string): Answer => ({ type: 'NS', name, ttl: 300, data })
export const a = (name: string, data: string): Answer => ({ type: 'A', name, ttl: 300, data })
export const cname = (name: string, data: string): Answer => ({ type: 'CNAME', name, ttl: 300, data })

/** The name servers of the root, which know those of org. */
export const ROOT: FakeServer = {
  zones: { '': [ns('', 'ns.root'), a('ns.root', '10.0.0.1'), ns('org', 'ns.org'), a('ns.org', '10.0.0.2')] },
}

/** Those of example.org, by name. */
export const NAMES = [ns('example.org', 'ns1.example.org'), ns('example.org', 'ns2.example.org')]

const within = (name: string, zone: string): boolean => zone === '' || name === zone || name.endsWith(`.${zone}`)

/**
 * Answers as RFC 1034, section 4.3.2 says.
 *
 * @param servers - by address; one at `resolver` answers recursive questions from all zones.
 */
export function internet(servers: Readonly<Record<string, FakeServer>>): Internet {
  const asked: (ServerQuestion & { readonly address: string })[] = []
  const everything = (): readonly Answer[] => Object.values(servers).flatMap(({ zones }) => Object.values(zones).flat())
  const ask: AskServer = (server, question) => {
    const { name, type, recursion } = question
    const { address } = server.addresses[0]!
    asked.push({ ...question, address })
    const reply = (
      authoritative: boolean,
      code: string,
      answers: readonly Answer[],
      authorities: readonly Answer[] = [],
      additionals: readonly Answer[] = [],
    ) => Promise.resolve({ kind: 'reply' as const, authoritative, code, answers, authorities, additionals })
    if (recursion)
      return reply(
        false,
        'NOERROR',
        everything().filter((each) => each.name === name && each.type === type),
      )
    const here = servers[address]
    if (here === undefined) return Promise.resolve({ kind: 'silent', why: 'no answer within 6 s' })
    if (here.code !== undefined) return reply(false, here.code, [])
    const zone = Object.keys(here.zones)
      .filter((each) => within(name, each))
      .sort((x, y) => y.length - x.length)[0]
    if (zone === undefined) return reply(false, 'REFUSED', [])
    const records = here.zones[zone]!
    const soa: Answer = {
      type: 'SOA',
      name: zone,
      ttl: 300,
      data: { mname: `ns1.${zone}`, rname: 'x', serial: records.length, minimum: 60 },
    }
    const cut = records.filter((each) => each.type === 'NS' && each.name !== zone && within(name, each.name))
    if (cut.length > 0)
      return reply(
        false,
        'NOERROR',
        [],
        cut,
        records.filter((each) => each.type === 'A'),
      )
    if (type === 'SOA' && name === zone) return reply(true, 'NOERROR', [soa])
    const found = records.filter((each) => each.name === name && (each.type === type || each.type === 'CNAME'))
    return found.length > 0
      ? reply(true, 'NOERROR', found)
      : reply(true, records.some((each) => within(each.name, name)) ? 'NOERROR' : 'NXDOMAIN', [], [soa])
  }
  return { ask, asked }
}
