// The baseline of an audit: the findings that somebody accepted, each with a reason, and until when.
import type { Finding } from '../findings/finding.ts'
import { matchesWild } from '../text/wild.ts'
import type { FindingId } from './catalogue.ts'

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

/** What the baseline says of a finding that it knows. */
export interface Accepted {
  readonly reason: string
  /** YYYY-MM-DD, the last day on which it holds. */
  readonly until?: string
}

/** An entry of the baseline that accepts nothing. */
export interface StaleEntry {
  readonly id: FindingId
  /** As the file has it, with its line. */
  readonly where: string
  readonly why: 'unused' | 'expired'
}

export const BASELINE_SUBJECTS = ['host', 'domain', 'record', 'path', 'about'] as const

type Found = Pick<Finding, 'id' | 'subject'>

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

export function acceptedBy(baseline: Baseline, found: Found, today: string): Accepted | undefined {
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
