// Finds what is risky, wrong or out of date in a single DMARC record.
import type { Finding } from '../../../findings/finding.ts'
import { findAll } from '../../../findings/rule.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { dmarcFinding, type DMARC_KINDS } from './findings.ts'
import { isDmarc, readDmarc } from './parse.ts'
import type { DmarcRecord } from './record.ts'
import { DMARC_RULES } from './rules.ts'

export type DmarcFindingId = keyof typeof DMARC_KINDS | (typeof DMARC_RULES)[number]['id']

export const lintDmarc = (record: DmarcRecord): readonly Finding<DmarcFindingId>[] => findAll(DMARC_RULES, record)

/** Checks all TXT values at `_dmarc.DOMAIN`: finds out whether there is one record, and what is wrong with it. */
export function lintDmarcSet(txt: readonly Untrusted[]): readonly Finding<DmarcFindingId>[] {
  const records = txt.filter(isDmarc)
  if (records.length > 1)
    return [dmarcFinding('dmarc-many', `there are ${records.length} DMARC records, so receivers use none of them`)]
  const near = txt
    .filter((value) => !isDmarc(value) && /^\s*v\s*=\s*dmarc/i.test(value))
    .map((value) => {
      const why = 'does not begin with v=DMARC1; in exactly these letters, so receivers ignore it'
      const message = `${JSON.stringify(value)} ${why}`
      return dmarcFinding('dmarc-version', message)
    })
  if (records.length === 0) {
    const none = { severity: 'warning', remedy: 'publish one' } as const
    return near.length > 0 ? near : [dmarcFinding('dmarc-none', 'there is no DMARC record', none)]
  }
  const { record, findings } = readDmarc(records[0]!)!
  return [...near, ...findings, ...lintDmarc(record)]
}
