// Postfix's lists of milters: items between commas and spaces, some in braces with settings of their own (postconf(5),
// smtpd_milters).
import type { Untrusted } from '../shell/untrusted.ts'

/** The items as written: `inet:localhost:8891`, `{ unix:/run/x.sock, default_action=accept }`, `$smtpd_milters`. */
export function listItems(list: Untrusted): readonly string[] {
  // A brace that is never closed is a part of a word.
  const lastClosed = list.lastIndexOf('}')
  const items: string[] = []
  const word = /[^\s,]+/y
  for (let at = 0; at < list.length;) {
    word.lastIndex = at
    const inBraces = list[at] === '{' && at < lastClosed
    const item = inBraces ? list.slice(at, list.indexOf('}', at) + 1) : word.exec(list)?.[0]
    if (item !== undefined) items.push(item)
    at += item?.length ?? 1
  }
  return items
}

/** What an item is about: itself, or what stands first in its braces. */
export const headOf = (item: Untrusted): string =>
  item.startsWith('{') ? (listItems(item.slice(1, -1))[0] ?? '') : item

/** The parameter that `$name`, `${name}` or `$(name)` stands for. */
function referenceOf(item: Untrusted): string | undefined {
  const [, braced, bracketed, bare] = /^\$(?:\{(\w+)\}|\((\w+)\)|(\w+))$/.exec(item) ?? []
  return braced ?? bracketed ?? bare
}

export interface ListMerge {
  readonly is: Untrusted
  /** What must be among the items. */
  readonly wanted: string
  /** Items that the wanted ones take the place of. */
  readonly superseded: RegExp | undefined
  /** The value of another parameter, for items that refer to it. */
  valueOf(parameter: Untrusted): string | undefined
}

/**
 * The list with what is wanted in it, once; what others put there stays as it is written. Equal to `is` where nothing
 * is to be done.
 */
export function mergedList({ is, wanted, superseded, valueOf }: ListMerge): string {
  const items = listItems(is)
  const wantedItems = listItems(wanted)
  const stays = (item: Untrusted): boolean => wantedItems.includes(headOf(item)) || !superseded?.test(headOf(item))
  const kept = items.filter(stays)
  const heads = headsIn(kept, valueOf)
  const missing = wantedItems.filter((item) => !heads.has(headOf(item)))
  if (kept.length === items.length && missing.length === 0) return is
  return [...kept, ...missing].join(', ')
}

/** What the items are about, those among them that other parameters hold; each parameter is looked up once. */
function headsIn(items: readonly Untrusted[], valueOf: ListMerge['valueOf']): ReadonlySet<string> {
  const heads = new Set<string>()
  const seen = new Set<string>()
  const open = [...items]
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const parameter = referenceOf(item)
    const value = parameter === undefined || seen.has(parameter) ? undefined : valueOf(parameter)
    if (value === undefined) heads.add(headOf(item))
    else for (const each of listItems(value)) open.push(each)
    if (parameter !== undefined) seen.add(parameter)
  }
  return heads
}
