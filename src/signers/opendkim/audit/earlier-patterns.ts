// Finds the first earlier line of a SigningTable that matches the pattern of a line and signs with another key. The
// time grows with the table, not with its square.
import { matchesWild } from '../../../text/wild.ts'
import type { SigningEntry } from './tables-read.ts'

export interface EarlierPatterns {
  /**
   * The first earlier line that matches this one's pattern and signs with another key; the line is then among the
   * earlier ones.
   */
  take(entry: SigningEntry): SigningEntry | undefined
}

/** Of those that are neither an address nor `*@domain`, this many are compared with the lines after them. */
const OTHERS_AT_MOST = 50
/** In characters, of either: longer ones are no addresses (RFC 5321, section 4.5.3.1). */
const LONGEST = 320

interface Numbered {
  readonly entry: SigningEntry
  readonly at: number
}

export function patternsSoFar(): EarlierPatterns {
  /** By `=ADDRESS` or `@DOMAIN`: the first, and the first after it with another key. */
  const exact = new Map<string, Numbered[]>()
  const others: Numbered[] = []
  let count = 0
  const keep = (entry: SigningEntry): void => {
    const numbered = { entry, at: count }
    count += 1
    const name = exactName(entry.pattern)
    if (name === undefined) {
      if (others.length < OTHERS_AT_MOST && entry.pattern.length <= LONGEST) others.push(numbered)
      return
    }
    const known = exact.get(name)
    if (known === undefined) exact.set(name, [numbered])
    else if (known.length === 1 && known[0]!.entry.key !== entry.key) known.push(numbered)
  }
  return {
    take(entry) {
      const { pattern, key } = entry
      const isLong = pattern.length > LONGEST
      const domain = pattern.includes('@') ? [pattern.slice(pattern.lastIndexOf('@'))] : []
      const named = [`=${pattern}`, ...domain].flatMap((name) => exact.get(name) ?? [])
      const matching = isLong ? [] : others.filter((each) => matchesWild(each.entry.pattern, pattern))
      const found = [...named, ...matching].filter((each) => each.entry.key !== key)
      keep(entry)
      return found.sort((a, b) => a.at - b.at)[0]?.entry
    },
  }
}

/** How a pattern is kept that matches one address, or those of one domain; `undefined`: it is another. */
function exactName(pattern: string): string | undefined {
  const domain = /^\*(@[^@*?]*)$/.exec(pattern)?.[1]
  return domain ?? (/[*?]/.test(pattern) ? undefined : `=${pattern}`)
}
