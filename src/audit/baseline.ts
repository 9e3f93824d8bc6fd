// The baseline: findings that somebody has accepted, each with a reason, and until when.
import type { AuditFinding, StaleEntry } from '../model/audit.ts'
import type { FindingId } from '../model/findings/finding-kinds.ts'
import { matchesWild } from '../text/wild.ts'
import type { Judged } from './fault.ts'

export interface BaselineEntry {
  readonly id: FindingId
  /** What it is of; `*` and `?` stand for any characters. Left out: whatever it is of. */
  readonly host?: string
  readonly domain?: string
  readonly record?: string
  readonly path?: string
  readonly about?: string
  readonly reason: string
  /** YYYY-MM-DD, the last day. */
  readonly until?: string
  /** FILE:LINE */
  readonly where: string
}
export type Baseline = readonly BaselineEntry[]

export const BASELINE_SUBJECTS = ['host', 'domain', 'record', 'path', 'about'] as const

type Found = Pick<Judged, 'id' | 'subject'>

function matches(entry: BaselineEntry, { id, subject }: Found): boolean {
  return (
    entry.id === id &&
    BASELINE_SUBJECTS.every(
      (name) =>
        entry[name] === undefined ||
        (subject[name] !== undefined && matchesWild(entry[name].toLowerCase(), subject[name].toLowerCase())),
    )
  )
}

const isOver = ({ until }: BaselineEntry, today: string): boolean => until !== undefined && until < today

export function acceptedBy(baseline: Baseline, found: Found, today: string): AuditFinding['accepted'] {
  const entry = baseline.find((each) => !isOver(each, today) && matches(each, found))
  return entry === undefined
    ? undefined
    : { reason: entry.reason, ...(entry.until === undefined ? {} : { until: entry.until }) }
}

/** @param limited - not all was looked at: entries that match nothing may be of the rest. */
export function staleEntries(
  baseline: Baseline,
  all: readonly Found[],
  today: string,
  limited: boolean,
): readonly StaleEntry[] {
  return baseline.flatMap((entry): readonly StaleEntry[] => {
    const stale = { id: entry.id, where: entry.where }
    if (isOver(entry, today)) return [{ ...stale, why: 'expired' }]
    return limited || all.some((found) => matches(entry, found)) ? [] : [{ ...stale, why: 'unused' }]
  })
}
