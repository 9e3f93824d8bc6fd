// The selector of a new key: the host's name and the day; never one that was there before.

const MOST = 63
const LETTERS = [...'bcdefghijklmnopqrstuvwxyz']

/**
 * In the order in which they are to be tried: `mx1-20270301`, `mx1-20270301b`, …
 *
 * @param first - the selector of the host's first key; a day at its end makes way for the new one.
 * @param now - seconds since 1970
 */
export function newSelectors(first: string, now: number): readonly string[] {
  const day = new Date(now * 1000).toISOString().slice(0, 10).replaceAll('-', '')
  const base = first
    .replace(/-\d{8}[a-z]?$/, '')
    .slice(0, MOST - day.length - 2)
    .replace(/[.-]+$/, '')
  return ['', ...LETTERS].map((letter) => `${base}-${day}${letter}`)
}
