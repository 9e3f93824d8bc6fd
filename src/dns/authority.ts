// Asks the authoritative servers of a name, each by itself, so that no cache and no server speaks for another.
import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { DnsAnswer, DnsQuestion } from '../mail/dns-walk.ts'

export interface NameServer {
  /** Its name and address, or its address. */
  readonly name: string
  /** Each question once, however often it is put. */
  ask(question: DnsQuestion): Promise<DnsAnswer>
}

export interface Authority {
  /** Empty where none can be found. */
  serversOf(name: string): Promise<readonly NameServer[]>
  /** Follows CNAMEs. @param first - is asked for what it is an authority of; of other names, the first of their servers that answers. */
  resolve(question: DnsQuestion, first: NameServer | undefined): Promise<DnsAnswer>
}

const MOST_ALIASES = 8

/**
 * @param servers - addresses with or without port, which are asked before those that are found: these only for names that the given ones refuse.
 * @param resolvers - addresses of resolvers that find name servers; `undefined`: the system's.
 */
export function authority(servers: readonly string[], resolvers: readonly string[] | undefined): Authority {
  const own = servers.map((address) => nameServer(address, address))
  const byAddress = new Map<string, NameServer>()
  const system = new Resolver({ timeout: 3000, tries: 2 })
  if (resolvers !== undefined) system.setServers(resolvers)
  const zones = new Map<string, Promise<readonly NameServer[]>>()

  const serversOf = async (name: string): Promise<readonly NameServer[]> => {
    if (own.length > 0) return own
    const above = await found(askedFor(name))
    // A zone of its own for _domainkey shows as a referral, which looks like a name that has no such record.
    if (!name.includes('_') || above.length === 0 || (await above[0]!.ask({ name, type: 'TXT' })).kind !== 'no-data') return above
    return found(name)
  }
  const found = (name: string): Promise<readonly NameServer[]> => {
    const known = zones.get(name) ?? find(name)
    zones.set(name, known)
    return known
  }
  const find = async (name: string): Promise<readonly NameServer[]> => {
    const names = await system.resolveNs(name).catch(() => [])
    if (names.length === 0) return name.includes('.') ? found(name.slice(name.indexOf('.') + 1)) : []
    const each = await Promise.all([...new Set(names)].sort().map(async (server) => {
      const addresses = await system.resolve4(server).catch(() => system.resolve6(server).catch(() => []))
      return addresses.map((address) => {
        const known = byAddress.get(address) ?? nameServer(`${server} (${address})`, address)
        byAddress.set(address, known)
        return known
      })
    }))
    return each.flat()
  }

  const resolve = async (question: DnsQuestion, first: NameServer | undefined, aliases = 0): Promise<DnsAnswer> => {
    const all = await serversOf(question.name)
    const asked = first !== undefined && all.includes(first) ? [first] : all
    let answer: DnsAnswer = { kind: 'failed', why: `no name server of ${question.name} is found` }
    let server: NameServer | undefined
    for (server of asked) {
      answer = await server.ask(question)
      if (answer.kind !== 'failed') break
    }
    if (all === own && answer.kind === 'failed' && answer.why === REFUSED) {
      for (server of await found(askedFor(question.name))) {
        answer = await server.ask(question)
        if (answer.kind !== 'failed') break
      }
    }
    if (answer.kind !== 'no-data' || server === undefined || question.type === 'CNAME') return answer
    const alias = await server.ask({ ...question, type: 'CNAME' })
    if (alias.kind !== 'found') return answer
    if (aliases === MOST_ALIASES) return { kind: 'failed', why: `more than ${MOST_ALIASES} CNAMEs one after the other` }
    return resolve({ ...question, name: alias.values[0]! }, first, aliases + 1)
  }
  return { serversOf, resolve: (question, first) => resolve(question, first) }
}

/**
 * The name whose servers a resolver is asked for. Not the name itself where that may not be published yet: a resolver would remember for hours that it is not there (RFC 2308, RFC 8020), and with it
 * all who use that resolver. `s1._domainkey.example.org` → `example.org`; of reverse names what is above the host's part.
 */
function askedFor(name: string): string {
  if (name.endsWith('.in-addr.arpa')) return name.split('.').slice(1).join('.')
  if (name.endsWith('.ip6.arpa')) return name.split('.').slice(16).join('.')
  const labels = name.split('.')
  return labels.slice(labels.findLastIndex((label) => label.startsWith('_')) + 1).join('.')
}

function nameServer(name: string, address: string): NameServer {
  const resolver = new Resolver({ timeout: 3000, tries: 2 })
  resolver.setServers([isIP(address) === 6 ? `[${address}]` : address])
  const asked = new Map<string, Promise<DnsAnswer>>()
  return {
    name,
    ask(question) {
      const key = `${question.type} ${question.name}`
      const answer = asked.get(key) ?? ask(resolver, question)
      asked.set(key, answer)
      return answer
    },
  }
}

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '')

async function ask(resolver: Resolver, { name, type }: DnsQuestion): Promise<DnsAnswer> {
  try {
    const values = await lookUp(resolver, name, type)
    return values.length === 0 ? { kind: 'no-data' } : { kind: 'found', values }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENODATA') return { kind: 'no-data' }
    if (code === 'ENOTFOUND') return { kind: 'no-name' }
    return { kind: 'failed', why: WHY[code ?? ''] ?? code ?? message }
  }
}

const REFUSED = 'refused'
/** c-ares's codes. */
const WHY: Readonly<Record<string, string>> = { ETIMEOUT: 'no answer', ECONNREFUSED: 'nothing listens there', EREFUSED: REFUSED, ESERVFAIL: 'SERVFAIL', EBADNAME: 'no name that DNS could hold' }

async function lookUp(resolver: Resolver, name: string, type: DnsQuestion['type']): Promise<readonly string[]> {
  switch (type) {
    case 'A':
      return resolver.resolve4(name)
    case 'AAAA':
      return resolver.resolve6(name)
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((strings) => strings.join(''))
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${plain(exchange)}`)
    case 'PTR':
      return (await resolver.resolvePtr(name)).map(plain)
    case 'NS':
      return (await resolver.resolveNs(name)).map(plain)
    case 'CNAME':
      return (await resolver.resolveCname(name)).map(plain)
  }
}
