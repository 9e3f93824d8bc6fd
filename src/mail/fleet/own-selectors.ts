// The DKIM selectors that an inventory gives to a host. A selector is the name of a key: SELECTOR._domainkey.DOMAIN in
// DNS. What a host says about other selectors is ignored.
import type { Untrusted } from '../../shell/untrusted.ts'
import { isSelector, nameKey } from '../names/names.ts'
import { rotationBase } from '../rotation/new-selector.ts'

/** All in lower case: DNS knows no case. */
export interface OwnSelectors {
  /** That the host sends for, in A-labels. */
  readonly domains: readonly string[]
  /** Of its first key: `dkim_selector`, else its short name. */
  readonly first: string
  /** Its var `dkim_selectors`. */
  readonly further: readonly string[]
  /** That the inventory gives by name to other hosts that have a domain in common with it. */
  readonly others: readonly string[]
}

/**
 * What the names that a rotation makes begin with. A day at the end of the first selector makes way for the new one,
 * unless another host would then make the same names.
 */
export function ownBase({ first, others }: Pick<OwnSelectors, 'first' | 'others'>): string {
  const base = rotationBase(first)
  return others.some((each) => rotationBase(each) === base) ? rotationBase(`${first}-00000000`) : base
}

/**
 * Whether the domain is the host's own and the selector, too: its first, one of its var `dkim_selectors`, or a name
 * that a rotation makes of the first (`mx1-20270301`, `mx1-20270301b`) and the inventory gives to nobody else.
 *
 * @param domain - whatever a host said, as is the selector; in either case
 */
export function speaksFor(own: OwnSelectors, domain: string, reported: Untrusted): boolean {
  if (!isSelector(reported) || !own.domains.includes(nameKey(domain))) return false
  const selector = nameKey(reported)
  if (selector === own.first || own.further.includes(selector)) return true
  const base = ownBase(own)
  const isMade = selector.startsWith(`${base}-`) && /^\d{8}[a-z]?$/.test(selector.slice(base.length + 1))
  return isMade && !own.others.includes(selector)
}

/** What to do about a selector that a host names and may not speak for. */
export const FOREIGN_REMEDY =
  'where it is its own, add it to the dkim_selectors of the host; else have the host sign with a key of its own ' +
  '(mailrun rotate --start)'
