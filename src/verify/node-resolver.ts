// Gives mailauth the answers of authoritative servers, in the form of node:dns's `resolve`.
import type { DNSResolver } from 'mailauth'
import type { Authority } from '../dns/lookup/authority.ts'
import type { NameServer } from '../dns/lookup/name-server.ts'
import type { DnsQuestion } from '../mail/records/dns-walk.ts'

const CODES = { 'no-data': 'ENODATA', 'no-name': 'ENOTFOUND', failed: 'ETIMEOUT' } as const

/** @param first - whose answers count for the names that it is an authority of. */
export function resolverFor(authority: Pick<Authority, 'resolve'>, first: NameServer | undefined): DNSResolver {
  return async (name, type) => {
    const answer = await authority.resolve({ name: name.replace(/\.$/, ''), type: type as DnsQuestion['type'] }, first)
    if (answer.kind !== 'found')
      throw Object.assign(new Error(answer.kind === 'failed' ? answer.why : answer.kind), { code: CODES[answer.kind] })
    if (type === 'TXT') return answer.values.map((value) => [value])
    // Its type knows no MX, of which it takes what node:dns gives.
    if (type === 'MX') {
      return answer.values.map((value) => ({
        priority: Number(value.split(' ')[0]),
        exchange: value.split(' ')[1],
      })) as unknown as string[]
    }
    return [...answer.values]
  }
}
