// Finds what is risky or wrong in a single SPF record, without asking DNS.
import type { Finding } from '../../../findings/finding.ts'
import { findAll } from '../../../findings/rule.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { covers, parseNetwork } from './network.ts'
import { RecordSyntaxError } from '../record-syntax-error.ts'
import { spfFinding, type SPF_KINDS } from './findings.ts'
import { parseSpf } from './parse.ts'
import { isSpf, reachedTerms, type SpfRecord } from './record.ts'
import { SPF_RULES } from './rules.ts'

export type SpfFindingId = keyof typeof SPF_KINDS | (typeof SPF_RULES)[number]['id']

export const lintSpf = (record: SpfRecord): readonly Finding<SpfFindingId>[] => findAll(SPF_RULES, record)

/** Of all TXT values at a name: no SPF record, one or more, with what is wrong in the one. */
export function lintSpfSet(txt: readonly Untrusted[]): readonly Finding<SpfFindingId>[] {
  const records = txt.filter(isSpf)
  if (records.length === 0)
    return [spfFinding('spf-none', 'there is no SPF record', { severity: 'warning', remedy: 'publish one' })]
  if (records.length > 1) {
    const message = `there are ${records.length} SPF records, and verifiers then use none`
    return [spfFinding('spf-many', `${message} (permerror; RFC 7208, section 4.5)`)]
  }
  try {
    return lintSpf(parseSpf(records[0]!))
  } catch (error) {
    if (error instanceof RecordSyntaxError)
      return [spfFinding('spf-syntax', `${error.message}: verifiers return permerror`)]
    throw error
  }
}

/** Addresses and networks that may send by the record, and in which no sender that is known of is. */
export function lintSpfStrangers(record: SpfRecord, networks: readonly string[]): readonly Finding<SpfFindingId>[] {
  const known = networks.flatMap((each) => parseNetwork(each) ?? [])
  const strangers = reachedTerms(record).filter((term) => {
    if ((term.name !== 'ip4' && term.name !== 'ip6') || term.qualifier !== '+') return false
    const network = parseNetwork(term.network)!
    return !known.some((each) => covers(network, each) || covers(each, network))
  })
  return strangers.map(({ text }) => spfFinding('spf-stranger', `${text} may send, and is no host that is known`))
}

/** Addresses that the record does not name: through `ip4:` and `ip6:` alone, as mailrun writes them. */
export function lintSpfCoverage(record: SpfRecord, addresses: readonly string[]): readonly Finding<SpfFindingId>[] {
  const networks = reachedTerms(record).flatMap((term) =>
    (term.name === 'ip4' || term.name === 'ip6') && term.qualifier === '+' ? [parseNetwork(term.network)!] : [],
  )
  return addresses.flatMap((address) => {
    const one = parseNetwork(address)
    if (one === undefined || networks.some((network) => covers(network, one))) return []
    const message = `${address} sends, and no ip${one.family}: lists it`
    return [spfFinding(`spf-missing-ip${one.family}`, message, { remedy: `add ip${one.family}:${address}` })]
  })
}
