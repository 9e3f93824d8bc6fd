// An index of sender patterns: finds the first pattern that matches an address, by name, because tables have a line for
// each domain.
import { witnessOf, type SenderPattern } from '../../../mail/names/sender-pattern.ts'
import { matchesWild } from '../../../text/wild.ts'

/**
 * Comparisons of one character with another: patterns that have a `*` in the midst are compared one by one. Tables of
 * people have none of those, or a handful.
 */
const MOST_STEPS = 50_000_000

/** `a.b.c`: `b.c`, `c` */
export const aboveOf = (host: string): readonly string[] =>
  [...host.matchAll(/\./g)].map(({ index }) => host.slice(index + 1))

export class SenderIndex {
  private readonly first = new Map<string, number>()
  private readonly odd: (readonly [text: string, at: number])[] = []
  private length = 0
  private left = MOST_STEPS

  constructor(patterns: readonly SenderPattern[]) {
    for (const [at, { local, host, text }] of patterns.entries()) {
      const isAddress = host.kind === 'name' && !local.includes('*')
      const isPlain = isAddress || (local === '*' && host.kind !== 'odd')
      if (!isPlain) {
        this.odd.push([text, at])
        this.length += text.length
      } else if (!this.first.has(text)) this.first.set(text, at)
    }
  }

  /** Whether it took too long, and what was reported means nothing. */
  get tooOdd(): boolean {
    return this.left < 0
  }

  /** The place of the pattern that counts; `undefined` where none does. */
  at(local: string, host: string): number | undefined {
    const names = [`${local}@${host}`, `*@${host}`, ...aboveOf(host).map((above) => `*@*.${above}`), '*@*']
    const known = names.flatMap((name) => this.first.get(name) ?? [])
    this.left -= this.length * (local.length + 1 + host.length)
    if (this.tooOdd) return undefined
    const first = this.odd.find(([text]) => matchesWild(text, `${local}@${host}`))
    const all = [...known, ...(first === undefined ? [] : [first[1]])]
    return all.length === 0 ? undefined : Math.min(...all)
  }

  /** For whom but those that narrower patterns are for. */
  firstFor(pattern: SenderPattern): number | undefined {
    const { local, host } = witnessOf(pattern)
    return this.at(local, host)
  }
}
