// Makes reports show one cause once: leaves out findings about DNS records if another finding has the same cause.
import type { Finding } from './finding.ts'

/**
 * What a finding and the one that supersedes it have in common. `column`: the domain and the check. `name`: the
 * record's name is the other's domain. `whole domain`: the other is of the whole domain, and this one of a record.
 */
export type Alike = 'record' | 'domain' | 'column' | 'name' | 'whole domain' | 'nothing'

export interface Superseding {
  /** Of the other finding: one of these. */
  readonly by: readonly string[]
  /** `live`: on a host, or between hosts. `dns`: on a record. */
  readonly seen: 'live' | 'dns' | 'anywhere'
  readonly alike: Alike
  /** Only of records that are there for this; left out: of all. */
  readonly purpose?: string
}

/** Superseded by a finding on a host, as by what its live signature comes to. */
export const byLive = (alike: Alike, by: readonly string[], purpose?: string): Superseding => ({
  by,
  seen: 'live',
  alike,
  ...(purpose === undefined ? {} : { purpose }),
})

/** Superseded by another finding on a record. */
export const byRecord = (alike: Alike, by: readonly string[], purpose?: string): Superseding => ({
  ...byLive(alike, by, purpose),
  seen: 'dns',
})

export interface AllFindings {
  /** On hosts, and between them. */
  readonly live: readonly Finding[]
  /** On records. */
  readonly dns: readonly Finding[]
}

/** @param finding - on a record */
export const isSuperseded = (
  finding: Finding,
  supersededBy: readonly Superseding[] | undefined,
  { live, dns }: AllFindings,
): boolean =>
  (supersededBy ?? []).some(({ by, seen, alike, purpose }) => {
    if (purpose !== undefined && purpose !== finding.purpose) return false
    const among = seen === 'live' ? live : seen === 'dns' ? dns : [...live, ...dns]
    return among.some((other) => by.includes(other.id) && isAlike(alike, finding, other))
  })

function isAlike(alike: Alike, { subject, check }: Finding, { subject: other, check: otherCheck }: Finding): boolean {
  switch (alike) {
    case 'record':
      return subject.record !== undefined && subject.record === other.record
    case 'domain':
      return subject.domain === other.domain
    case 'column':
      return subject.domain === other.domain && check === otherCheck
    case 'name':
      return subject.record === other.domain
    case 'whole domain':
      return subject.record !== undefined && other.record === undefined && subject.domain === other.domain
    case 'nothing':
      return true
  }
}
