// Evaluates whether SPF (RFC 7208) allows a host's address to send for a domain or under a HELO name, with the record
// of each authoritative server.
import { failed, passed, unknown } from '../mail/proof/verdicts.ts'
import type { DNSResolver } from 'mailauth'
import { spf } from 'mailauth/lib/spf/index.js'
import type { Authority } from '../dns/lookup/authority.ts'
import { shownServer } from '../dns/lookup/name-server.ts'
import type { SpfProof, Verdict } from '../mail/proof/proof.ts'
import { RecordSyntaxError } from '../mail/records/record-syntax-error.ts'
import { parseSpf } from '../mail/records/spf/parse.ts'
import { isSpf } from '../mail/records/spf/record.ts'
import { NO_SERVER } from './no-server.ts'
import { resolverFor } from './node-resolver.ts'

export interface SpfQuestion {
  readonly identity: SpfProof['identity']
  /** The domain of MAIL FROM, or the HELO name. */
  readonly domain: string
  readonly address: string
  readonly helo: string
}

export async function proveSpf(
  { identity, domain, address, helo }: SpfQuestion,
  authority: Authority,
): Promise<SpfProof> {
  const asking = authority.of(domain, address)
  const { servers, why: unasked } = await asking.serversOf(domain)
  const answers = await Promise.all(
    servers.map(async (server) => {
      const faults: string[] = []
      const walker = asking.walker(`SPF of ${domain}`)
      const { status } = await spf({
        sender: `postmaster@${domain}`,
        ip: address,
        helo,
        mta: 'mailrun',
        resolver: readingSpf(resolverFor(walker, server), faults),
      })
      if (faults.length > 0) return { server: shownServer(server), result: 'permerror', why: faults[0] }
      return {
        server: shownServer(server),
        result: String(status.result),
        why: /: permanent error[^:]*: (.*)$/.exec(String(status.comment ?? ''))?.[1],
      }
    }),
  )
  const results = [...new Set(answers.map(({ result }) => result))]
  const result =
    results.length === 1 ? results[0]! : answers.map(({ server, result: word }) => `${word} (${server})`).join(', ')
  return {
    identity,
    domain,
    address,
    result: answers.length === 0 ? 'temperror' : result,
    verdict: verdictOf(
      identity,
      domain,
      address,
      results,
      result,
      answers.find(({ why }) => why !== undefined)?.why ?? unasked,
    ),
  }
}

/**
 * mailauth 4 ignores some syntax errors that must end an evaluation (RFC 7208, section 4.6), and reads `ip6:…/0` as a
 * single address.
 *
 * @param faults - is called with the syntax errors of every record that is read.
 */
function readingSpf(resolve: DNSResolver, faults: string[]): DNSResolver {
  return async (name, type) => {
    const values = await resolve(name, type)
    if (type !== 'TXT') return values
    return (values as readonly (readonly string[])[]).map((strings) => {
      const text = strings.join('')
      if (!isSpf(text)) return [text]
      try {
        parseSpf(text)
      } catch (error) {
        if (!(error instanceof RecordSyntaxError)) throw error
        faults.push(`${name}: ${error.message}`)
      }
      return [text.replaceAll(/ ([-+~?]?ip6:)[^ /]+\/0(?= |$)/gi, ' $1::/1 $18000::/1')]
    })
  }
}

function verdictOf(
  identity: SpfProof['identity'],
  domain: string,
  address: string,
  results: readonly string[],
  reported: string,
  why: string,
): Verdict {
  if (results.length === 0) {
    return unknown('no-name-server', `no name server can be asked for ${domain}: ${why}`, NO_SERVER)
  }
  if (results.length > 1) {
    return failed('servers-differ', `SPF of ${domain} for ${address} is ${reported}: the name servers do not agree`)
  }
  const [result] = results
  if (result === 'pass') return passed('spf-pass', `SPF of ${domain} lets ${address} send`)
  if (result === 'temperror') {
    return unknown('dns-failed', `SPF of ${domain} cannot be known: DNS does not answer`)
  }
  // A HELO name needs SPF only for bounces, and many servers have none.
  if (result === 'none') {
    return {
      status: identity === 'helo' ? 'none' : 'fail',
      id: 'spf-none',
      what: `${domain} has no SPF record`,
      advice: `publish one that names ${address}`,
    }
  }
  if (result === 'permerror') {
    return failed(
      'spf-permerror',
      `the SPF record of ${domain} cannot be used (permerror)${why === '' ? '' : `: ${why}`}`,
    )
  }
  const term = `${address.includes(':') ? 'ip6' : 'ip4'}:${address}`
  return {
    status: 'fail',
    id: `spf-${result}`,
    what: `SPF of ${domain} does not allow ${address} to send (${result})`,
    advice: `add ${term} to its record; if others see another address (NAT), set outgoing_addresses`,
  }
}
