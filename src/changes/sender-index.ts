// Which of many sender patterns counts for an address: the first in their order; found by name, as tables have one line
// for each domain.
import { witnessOf, type SenderPattern } from '../mail/sender-pattern.ts'
import { matchesWild } from '../text/wild.ts'

/** Patterns that are found one by one; tables of people have none, or a handful. */
export const ODD_AT_MOST = 200

/** `a.b.c`: `b.c`, `c` */
export const aboveOf = (host: string): readonly string[] =>
  [...host.matchAll(/\./g)].map(({ index }) => host.slice(index + 1))

export class SenderIndex {
  private readonly first = new Map<string, number>()
  private readonly odd: (readonly [text: string, at: number])[] = []

  constructor(patterns: readonly SenderPattern[]) {
    for (const [at, { local, host, text }] of patterns.entries()) {
      const isAddress = host.kind === 'name' && !local.includes('*')
      const isPlain = isAddress || (local === '*' && host.kind !== 'odd')
      if (!isPlain) this.odd.push([text, at])
      else if (!this.first.has(text)) this.first.set(text, at)
    }
  }

  get tooOdd(): boolean {
    return this.odd.length > ODD_AT_MOST
  }

  /** The place of the pattern that counts; `undefined` where none does. */
  at(local: string, host: string): number | undefined {
    const names = [`${local}@${host}`, `*@${host}`, ...aboveOf(host).map((above) => `*@*.${above}`), '*@*']
    const known = names.flatMap((name) => this.first.get(name) ?? [])
    const others = this.odd.filter(([text]) => matchesWild(text, `${local}@${host}`)).map(([, at]) => at)
    const all = [...known, ...others]
    return all.length === 0 ? undefined : Math.min(...all)
  }

  /** Whether the pattern counts for anybody but those that earlier ones are for. */
  counts(pattern: SenderPattern, at: number): boolean {
    const { local, host } = witnessOf(pattern)
    return this.at(local, host) === at
  }
}
