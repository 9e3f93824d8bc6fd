// Hides secrets in what is reported of a change: its summary, and the diff of a file.
import type { Diff } from '../core/task/change.ts'
import type { Mask } from '../shell/mask.ts'
import { STARS } from '../shell/secret.ts'

/**
 * `undefined` where a secret stands in either text: the one that stood there before it may be known to nobody here, and
 * is one all the same.
 */
export function maskDiff(mask: Mask, { path, before, after }: Diff): Diff | undefined {
  const clean = (text: string | undefined): boolean => text === undefined || mask(text) === text
  return clean(before) && clean(after) ? { path: mask(path), before, after } : undefined
}

/** `old → new` is hidden whole where either is secret, for the same reason. */
export function maskSummary(mask: Mask, summary: string): string {
  const masked = mask(summary)
  return masked !== summary && masked.includes(' → ') ? STARS : masked
}
