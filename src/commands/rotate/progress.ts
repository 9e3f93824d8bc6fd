// The record of what one `mailrun rotate` has done and tried so far.
import { pairKey, stepKey, type DueStep } from './due-step.ts'

/** The same step again and again is none. */
export const TRIES = 3

export interface Progress {
  /** Pairs whose new key was begun, and whose keys were noted as compromised. */
  readonly begun: Set<string>
  /** By step. */
  readonly tries: Map<string, number>
  /**
   * What failed is not tried again by this command; nor does anybody take up a new key once one of them did not work.
   */
  readonly failed: Set<string>
}

export const newProgress = (): Progress => ({ begun: new Set(), tries: new Map(), failed: new Set() })

/**
 * Of steps that are due, those to take now, and those that were tried often enough and are not so: their pairs count as
 * failed from now on, so that each is reported once.
 */
export function sorted(
  due: readonly DueStep[],
  progress: Progress,
): { readonly fresh: readonly DueStep[]; readonly vain: readonly DueStep[] } {
  const open = due.filter((each) => !isStopped(each, progress))
  const isFresh = (each: DueStep): boolean => (progress.tries.get(stepKey(each)) ?? 0) < TRIES
  const fresh = open.filter(isFresh)
  // What is done now may still help the others.
  const vain = fresh.length > 0 ? [] : open
  for (const { pair } of vain) progress.failed.add(pairKey(pair.evidence))
  return { fresh, vain }
}

const isStopped = ({ pair, step }: DueStep, { failed }: Progress): boolean =>
  failed.has(pairKey(pair.evidence)) || (step.kind === 'activate' && failed.has('activate'))
