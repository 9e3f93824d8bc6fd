// Counts the DNS lookups that an SPF record costs a verifier, through includes and redirects (RFC 7208, section 4.6.4).
import { valuesOf, type DnsAnswer, type DnsWalk } from '../dns-walk.ts'
import type { Finding } from '../../../findings/finding.ts'
import { spfFinding, type SPF_KINDS } from './findings.ts'
import { RecordSyntaxError } from '../record-syntax-error.ts'
import { hasMacro } from './domain-spec.ts'
import { parseSpf } from './parse.ts'
import { isMechanism, isSpf, reachedTerms, type SpfRecord, type SpfTerm } from './record.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

const MOST_LOOKUPS = 10
const MOST_VOIDS = 2
const MOST_MX = 10
/** Counting ends here if a record leads to more and more records. */
const ENOUGH = 100

/** The cost of one record, with the records to which it leads. */
type LookupFinding = Finding<keyof typeof SPF_KINDS>

export interface SpfCost {
  readonly domain: string
  /** The term that led to this record; `undefined` for the first record. */
  readonly by: string | undefined
  /** `undefined` if no record could be read. */
  readonly record: SpfRecord | undefined
  /** For this record and all records to which it leads. */
  readonly lookups: number
  readonly children: readonly SpfCost[]
}

export interface SpfLookups {
  /** The number if no term matches, which is the maximum. 10 are allowed. */
  readonly lookups: number
  /**
   * The number of questions that find nothing, for an IPv4 and for an IPv6 sender. 2 are allowed. Names with macros are
   * not counted, because they depend on the sender.
   */
  readonly voids: { readonly ip4: number; readonly ip6: number }
  readonly cost: SpfCost
  readonly findings: readonly LookupFinding[]
}

interface Count {
  lookups: number
  ip4: number
  ip6: number
  readonly findings: LookupFinding[]
}

/**
 * Counts for the published record of a domain, or for a planned one.
 *
 * @param planned - replaces the published record of `domain`
 * @example await walkDns(spfLookups('example.org', undefined), resolve)
 */
export function* spfLookups(domain: string, planned: SpfRecord | undefined): DnsWalk<SpfLookups> {
  const count: Count = { lookups: 0, ip4: 0, ip6: 0, findings: [] }
  const cost =
    planned === undefined
      ? yield* published(domain, undefined, [], count)
      : yield* costOf(domain, undefined, planned, [domain], count)
  const { lookups, ip4, ip6, findings } = count
  return { lookups, voids: { ip4, ip6 }, cost, findings: [...findings, ...limitFindings(domain, count)] }
}

function limitFindings(domain: string, { lookups, ip4, ip6 }: Count): readonly LookupFinding[] {
  const findings: LookupFinding[] = []
  if (lookups > MOST_LOOKUPS) {
    const counted = lookups >= ENOUGH ? `${ENOUGH} or more` : lookups
    const message = `${domain}: ${counted} lookups, and verifiers make ${MOST_LOOKUPS} (then permerror)`
    findings.push(spfFinding('spf-lookups', message))
  }
  const voids = Math.max(ip4, ip6)
  if (voids > MOST_VOIDS) {
    const message = `${domain}: ${voids} lookups find nothing, and verifiers take ${MOST_VOIDS} (then permerror)`
    findings.push(spfFinding('spf-voids', message))
  }
  return findings
}

function* published(
  domain: Untrusted,
  by: string | undefined,
  path: readonly Untrusted[],
  count: Count,
): DnsWalk<SpfCost> {
  const none = { domain, by, record: undefined, lookups: 0, children: [] }
  const bad = (id: 'spf-loop' | 'spf-no-record' | 'spf-many' | 'spf-syntax', problem: string): SpfCost => {
    count.findings.push(
      spfFinding(
        id,
        by === undefined ? `${domain} ${problem}` : `${by}: ${domain} ${problem}, and verifiers then answer permerror`,
        {
          remedy:
            by === undefined ? 'publish one good record' : `take ${by} out, or have it corrected by whose domain it is`,
        },
      ),
    )
    return none
  }
  if (path.includes(domain)) return bad('spf-loop', 'leads back to itself')
  const answer: DnsAnswer = yield { name: domain, type: 'TXT' }
  if (answer.kind === 'failed') {
    count.findings.push(
      spfFinding('spf-unanswered', `${by === undefined ? '' : `${by}: `}${domain} cannot be asked for: ${answer.why}`, {
        severity: 'warning',
      }),
    )
    return none
  }
  const records = valuesOf(answer).filter(isSpf)
  if (records.length === 0) return bad('spf-no-record', 'has no SPF record')
  if (records.length > 1) return bad('spf-many', `has ${records.length} SPF records`)
  try {
    return yield* costOf(domain, by, parseSpf(records[0]!), [...path, domain], count)
  } catch (error) {
    if (error instanceof RecordSyntaxError) return bad('spf-syntax', `has a bad one (${error.message})`)
    throw error
  }
}

function* costOf(
  domain: Untrusted,
  by: string | undefined,
  record: SpfRecord,
  path: readonly Untrusted[],
  count: Count,
): DnsWalk<SpfCost> {
  const before = count.lookups
  const children: SpfCost[] = []
  // Modifiers are evaluated after all mechanisms, wherever they are in the record.
  const reached = reachedTerms(record)
  for (const term of [...reached.filter(isMechanism), ...reached.filter((each) => !isMechanism(each))]) {
    if (count.lookups >= ENOUGH) break
    const child = yield* look(term, domain, path, count)
    if (child !== undefined) children.push(child)
  }
  return { domain, by, record, lookups: count.lookups - before, children }
}

function* look(term: SpfTerm, own: Untrusted, path: readonly Untrusted[], count: Count): DnsWalk<SpfCost | undefined> {
  switch (term.name) {
    case 'include':
    case 'redirect': {
      count.lookups += 1
      const target = plainName(isMechanism(term) ? term.domain : term.value)
      return hasMacro(target) ? undefined : yield* published(target, term.text, path, count)
    }
    case 'a':
    case 'exists': {
      count.lookups += 1
      const target = plainName(term.domain ?? own)
      if (hasMacro(target)) return undefined
      const ip4 = yield* isVoid(target, 'A')
      if (ip4) count.ip4 += 1
      // exists asks for A, also for an IPv6 sender (RFC 7208, section 5.7).
      if (term.name === 'exists' ? ip4 : yield* isVoid(target, 'AAAA')) count.ip6 += 1
      return undefined
    }
    case 'mx':
      count.lookups += 1
      return yield* lookMx(term.text, plainName(term.domain ?? own), count)
    case 'ptr':
      count.lookups += 1
      return undefined
    default:
      return undefined
  }
}

function* lookMx(text: string, target: Untrusted, count: Count): DnsWalk<undefined> {
  if (hasMacro(target)) return
  const answer: DnsAnswer = yield { name: target, type: 'MX' }
  if (answer.kind === 'no-data' || answer.kind === 'no-name') {
    count.ip4 += 1
    count.ip6 += 1
  }
  const hosts = valuesOf(answer)
    .map((value) => plainName(value.replace(/^\d+\s+/, '')))
    .filter((host) => host !== '')
  if (hosts.length > MOST_MX)
    count.findings.push(
      spfFinding(
        'spf-many-mx',
        `${text}: ${target} has ${hosts.length} MX records, and verifiers look at ${MOST_MX} (then permerror)`,
      ),
    )
  for (const host of hosts.slice(0, MOST_MX)) {
    if (yield* isVoid(host, 'A')) count.ip4 += 1
    if (yield* isVoid(host, 'AAAA')) count.ip6 += 1
  }
}

function* isVoid(name: Untrusted, type: 'A' | 'AAAA'): DnsWalk<boolean> {
  const answer: DnsAnswer = yield { name, type }
  return answer.kind === 'no-data' || answer.kind === 'no-name'
}

const plainName = (domain: Untrusted): string => domain.toLowerCase().replace(/\.$/, '')
