// Evaluates DMARC for a message as a receiver does (RFC 9989): whose policy applies, and which identifiers align with
// the author's domain (sections 4.4, 4.10 and 5.4).
import type { DnsWalk } from '../dns-walk.ts'
import type { DmarcAlignment, DmarcPolicy } from './record.ts'
import { discoverDmarc, organizationalDomain, policyFor, type DmarcFound, type TreeWalk } from './tree-walk.ts'

export interface DmarcInput {
  /** Of the From field, in A-labels and lower case. */
  readonly author: string
  /** Signing domains (`d=`) of signatures that verify. */
  readonly dkim: readonly string[]
  /** Domain of MAIL FROM, or of HELO where that is empty, where SPF passes. */
  readonly spf: readonly string[]
}

export interface DmarcOutcome {
  /** `none`: no record holds. `failed`: DNS did not answer, and nothing certain can be said. */
  readonly result: 'pass' | 'fail' | 'none' | 'failed'
  readonly applied: DmarcFound | undefined
  /** What receivers are asked to do with it where it fails; `t=y` counted in. */
  readonly policy: DmarcPolicy | undefined
  readonly aligned: { readonly dkim: readonly string[]; readonly spf: readonly string[] }
  readonly failed: TreeWalk['failed']
}

const ONE_DOWN: Readonly<Record<DmarcPolicy, DmarcPolicy>> = { none: 'none', quarantine: 'none', reject: 'quarantine' }

/** `t=y`: receivers apply the policy one step down (section 4.7). */
const testing = ({ record }: DmarcFound, policy: DmarcPolicy): DmarcPolicy =>
  record.t === 'y' ? ONE_DOWN[policy] : policy

/** @example await walkDns(evaluateDmarc({ author: 'example.org', dkim: ['example.org'], spf: [] }), resolve) */
export function* evaluateDmarc({ author, dkim, spf }: DmarcInput): DnsWalk<DmarcOutcome> {
  const { applied, organization, failed } = yield* discoverDmarc(author)
  const nothing = { applied, policy: undefined, aligned: { dkim: [], spf: [] }, failed }
  if (failed !== undefined) {
    // The author's own record holds whatever is above it, and so does what aligns to the letter.
    const exact = {
      dkim: dkim.filter((each) => each.toLowerCase() === author).slice(0, 1),
      spf: spf.filter((each) => each.toLowerCase() === author).slice(0, 1),
    }
    if (applied?.domain !== author || exact.dkim.length + exact.spf.length === 0)
      return { ...nothing, result: 'failed' }
    return { ...nothing, result: 'pass', aligned: exact, policy: testing(applied, policyFor(author, true, applied)) }
  }
  if (applied === undefined) return { ...nothing, result: 'none' }
  const { adkim = 'r', aspf = 'r' } = applied.record
  const alignedOf = function* (domains: readonly string[], mode: DmarcAlignment): DnsWalk<readonly string[]> {
    const found: string[] = []
    for (const domain of new Set(domains.map((each) => each.toLowerCase()))) {
      if (domain === author || (mode === 'r' && (yield* organizationalDomain(domain)) === organization))
        found.push(domain)
    }
    return found
  }
  const aligned = { dkim: yield* alignedOf(dkim, adkim), spf: yield* alignedOf(spf, aspf) }
  const policy = policyFor(author, yield* exists(author, applied), applied)
  return {
    result: aligned.dkim.length + aligned.spf.length > 0 ? 'pass' : 'fail',
    applied,
    policy: testing(applied, policy),
    aligned,
    failed,
  }
}

/** Asked only where it makes a difference (section 4.7: `np` is for names of which DNS says NXDOMAIN). */
function* exists(author: string, { domain, record }: DmarcFound): DnsWalk<boolean> {
  if (domain === author || record.np === undefined) return true
  return (yield { name: author, type: 'A' }).kind !== 'no-name'
}
