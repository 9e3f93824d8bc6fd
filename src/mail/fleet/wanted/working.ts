// The data from which the records of a fleet are computed. If one record is wrong, this is noted, and the others
// continue.
import { MailrunError } from '../../../core/mailrun-error.ts'
import type { MailRecord, Purpose } from '../../records/dns-record.ts'
import type { MailFleet } from '../mail-fleet.ts'
import type { Finding } from '../../../findings/finding.ts'

/** A record that cannot be worked out: its own fault, and no other's. */
export interface RecordFault {
  /** Whose mail the record is for; of a host's own name, that name. */
  readonly domain: string
  readonly name: string
  readonly type: MailRecord['type']
  readonly purpose: Purpose
  /** What is wrong, and what to do. */
  readonly why: string
}

/** The TXT values that are published at a name now, strings joined; none where nothing is known of it. */
export type PublishedTxt = (name: string) => readonly string[]

/** What records are worked out of, and where the result is reported. */
export interface Working {
  readonly fleet: MailFleet
  readonly published: PublishedTxt
  readonly findings: Finding[]
  /** Nothing where that cannot be worked out; it is noted. */
  attempt(at: Omit<RecordFault, 'why'>, make: () => readonly Part[]): readonly Part[]
}

export const attempts =
  (faults: RecordFault[]): Working['attempt'] =>
  (at, make) => {
    try {
      return make()
    } catch (error) {
      if (!(error instanceof MailrunError)) throw error
      faults.push({ ...at, why: error.message })
      return []
    }
  }

export type Part = Omit<MailRecord, 'ttl'>

export const txt = (purpose: Purpose, domain: string, name: string, value: string, why: readonly string[]): Part => ({
  name,
  type: 'TXT',
  value,
  purpose,
  domain,
  publishedBy: 'fleet',
  why,
})
