// Finds what is wrong with a single DKIM record.
import type { Finding } from '../../../findings/finding.ts'
import { findAll } from '../../../findings/rule.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { dkimFinding, type DKIM_KINDS } from './findings.ts'
import { parseDkim, type DkimKeyRecord } from './record.ts'
import { DKIM_RULES } from './rules.ts'
import { RecordSyntaxError } from '../record-syntax-error.ts'

export type DkimFindingId = keyof typeof DKIM_KINDS | (typeof DKIM_RULES)[number]['id']

export const lintDkim = (record: DkimKeyRecord): readonly Finding<DkimFindingId>[] => findAll(DKIM_RULES, record)

/** Of all TXT values at a selector: no record, one or more, with what is wrong in the one. */
export function lintDkimSet(txt: readonly Untrusted[]): readonly Finding<DkimFindingId>[] {
  if (txt.length === 0) return [dkimFinding('dkim-none', 'there is no DKIM record: signatures with this selector fail')]
  if (txt.length > 1) {
    const message = `there are ${txt.length} TXT records, and which one a verifier takes is chance`
    return [dkimFinding('dkim-many', `${message} (RFC 6376, section 3.6.2.2)`)]
  }
  try {
    return lintDkim(parseDkim(txt[0]!))
  } catch (error) {
    if (error instanceof RecordSyntaxError)
      return [dkimFinding('dkim-syntax', error.message, { remedy: 'publish the record again' })]
    throw error
  }
}
