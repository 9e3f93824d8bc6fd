// A catalogue of findings: all kinds, by their ids.
import type { FindingKind } from './rule.ts'

export interface Catalogue<Id extends string> {
  readonly ids: readonly Id[]
  has(text: string): text is Id
  kindOf(id: Id): FindingKind<Id>
}

/** Of several rules of one id the first counts: they say the same but for how they find it. */
export function catalogueOf<Id extends string>(kinds: readonly FindingKind<Id>[]): Catalogue<Id> {
  const byId = new Map<string, FindingKind<Id>>(kinds.toReversed().map((kind) => [kind.id, kind]))
  const ids = [...new Set(kinds.map(({ id }) => id))]
  return { ids, has: (text): text is Id => byId.has(text), kindOf: (id) => byId.get(id)! }
}
