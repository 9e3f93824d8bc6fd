// Makes the selector of a new key from the host's first selector and the day, so that it was never used before.

const MOST = 63
const DAY_LENGTH = 8
const LETTERS = [...'bcdefghijklmnopqrstuvwxyz']

/** What the names for new keys begin with: a selector without the day at its end, short enough for another day. */
export const rotationBase = (first: string): string =>
  first
    .replace(/-\d{8}[a-z]?$/, '')
    .slice(0, MOST - DAY_LENGTH - 2)
    .replace(/[.-]+$/, '')

/**
 * In the order in which they are to be tried: `mx1-20270301`, `mx1-20270301b`, …
 *
 * @param first - the selector of the host's first key; a day at its end makes way for the new one.
 * @param now - seconds since 1970
 */
export const newSelectors = (first: string, now: number): readonly string[] => datedSelectors(rotationBase(first), now)

/** @param base - as {@link rotationBase} gives it */
export function datedSelectors(base: string, now: number): readonly string[] {
  const day = new Date(now * 1000).toISOString().slice(0, 10).replaceAll('-', '')
  return ['', ...LETTERS].map((letter) => `${base}-${day}${letter}`)
}
