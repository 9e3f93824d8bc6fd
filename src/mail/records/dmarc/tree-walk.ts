// DMARC's walk up the DNS tree: finds the policy that applies to a domain, and the organization that it belongs to (RFC
// 9989, section 4.10).
import { valuesOf, type DnsAnswer, type DnsWalk } from '../dns-walk.ts'
import { isDmarc, readDmarc } from './parse.ts'
import type { DmarcPolicy, DmarcRecord } from './record.ts'

const MOST_LABELS = 8

/** A step that found a record. */
export interface DmarcFound {
  readonly domain: string
  readonly record: DmarcRecord
}

/** `failed`: a name that could not be asked for, after which nothing certain can be said. */
export interface TreeWalk {
  /** From the domain itself upwards. */
  readonly found: readonly DmarcFound[]
  readonly failed: { readonly name: string; readonly why: string } | undefined
}

/** The domains that are asked for, at most eight: the domain, and what is above its last seven labels. */
export function treeWalkTargets(domain: string): readonly string[] {
  const labels = domain.split('.')
  const rest = labels.slice(labels.length >= MOST_LABELS ? labels.length - (MOST_LABELS - 1) : 1)
  return [domain, ...rest.map((_, index) => rest.slice(index).join('.'))]
}

/** Ends at a record that says `psd=y` or `psd=n`. Several records at a name count as none. */
export function* treeWalk(domain: string): DnsWalk<TreeWalk> {
  const found: DmarcFound[] = []
  for (const target of treeWalkTargets(domain)) {
    const answer: DnsAnswer = yield { name: `_dmarc.${target}`, type: 'TXT' }
    if (answer.kind === 'failed') return { found, failed: { name: `_dmarc.${target}`, why: answer.why } }
    const records = valuesOf(answer).filter(isDmarc)
    if (records.length !== 1) continue
    const { record } = readDmarc(records[0]!)!
    found.push({ domain: target, record })
    if (record.psd === 'y' || record.psd === 'n') break
  }
  return { found, failed: undefined }
}

/** Of a whole walk from `domain`. One label below a public suffix; a public suffix itself is its own. */
function organizationOf(domain: string, { found }: TreeWalk): string {
  for (const { domain: at, record } of found) {
    if (record.psd === 'n') return at
    if (record.psd === 'y')
      return domain
        .split('.')
        .slice(-at.split('.').length - 1)
        .join('.')
  }
  return found.at(-1)?.domain ?? domain
}

/** The organizational domain; `undefined` where DNS does not answer. */
export function* organizationalDomain(domain: string): DnsWalk<string | undefined> {
  const walk = yield* treeWalk(domain)
  return walk.failed === undefined ? organizationOf(domain, walk) : undefined
}

export interface DmarcDiscovery {
  /** `undefined`: DMARC does not apply to mail of the domain. */
  readonly applied: DmarcFound | undefined
  readonly organization: string
  readonly failed: TreeWalk['failed']
}

/**
 * Which record holds for mail from an author's domain: its own, else its organization's, else its public suffix's
 * (section 4.10.1).
 */
export function* discoverDmarc(domain: string): DnsWalk<DmarcDiscovery> {
  const walk = yield* treeWalk(domain)
  const organization = organizationOf(domain, walk)
  const at = (name: string): DmarcFound | undefined => walk.found.find((each) => each.domain === name)
  const applied = at(domain) ?? at(organization) ?? walk.found.find(({ record }) => record.psd === 'y')
  return {
    applied: applied !== undefined && counts(applied.record) ? applied : undefined,
    organization,
    failed: walk.failed,
  }
}

/** Without a valid `p` a record counts only with `rua`, and then as `p=none`. */
const counts = ({ p, rua = [] }: DmarcRecord): boolean => p !== undefined || rua.length > 0

/**
 * What is asked of receivers for failing mail from `domain` by the record that holds.
 *
 * @param exists - whether the domain is there in DNS; one that is not has `np`
 */
export function policyFor(domain: string, exists: boolean, { domain: at, record }: DmarcFound): DmarcPolicy {
  const { p = 'none', sp, np } = record
  if (at === domain) return p
  return (exists ? sp : (np ?? sp)) ?? p
}
