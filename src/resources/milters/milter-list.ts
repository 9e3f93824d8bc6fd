// Parses Postfix's lists of milters: items between commas and blanks, some in braces with settings of their own
// (postconf(5), smtpd_milters).
import type { Untrusted } from '../../shell/untrusted.ts'
import type { Range } from '../postfix/settings/range.ts'

const isSeparator = (char: Untrusted | undefined): boolean => char !== undefined && ', \t\r\n'.includes(char)

/** Where the items stand, as mystrtokq(3) of Postfix parts them. */
export function itemRanges(list: Untrusted): readonly Range[] {
  const ranges: Range[] = []
  for (let at = 0; at < list.length;) {
    while (isSeparator(list[at])) at++
    if (at >= list.length) break
    const start = at
    for (let level = 0; at < list.length && (level > 0 || !isSeparator(list[at])); at++) {
      if (list[at] === '{') level++
      else if (list[at] === '}' && level > 0) level--
    }
    ranges.push({ start, end: at })
  }
  return ranges
}

/** The items as written: `inet:localhost:8891`, `{ unix:/run/x.sock, default_action=accept }`, `$smtpd_milters`. */
export const listItems = (list: Untrusted): readonly string[] =>
  itemRanges(list).map(({ start, end }) => list.slice(start, end))

export interface MilterItem {
  /** Where the endpoint stands: `inet:localhost:8891`. */
  readonly head: Range
  /** Settings of its own: `default_action`. */
  readonly options: ReadonlyMap<string, string>
  /** Why Postfix cannot read it: its processes stop then. */
  readonly problem?: string
}

/** An item of a list whose `$name` are expanded. */
export function milterItem(list: Untrusted, { start, end }: Range): MilterItem {
  if (list[start] !== '{') return { head: { start, end }, options: new Map() }
  const bare = { head: { start, end }, options: new Map<string, string>() }
  if (closingAt(list, { start, end }) !== end - 1) return { ...bare, problem: 'its braces are not closed' }
  const inner = { start: start + 1, end: end - 1 }
  const [first, ...rest] = itemRanges(list.slice(inner.start, inner.end))
  if (first === undefined) return { ...bare, problem: 'its braces are empty' }
  const options = new Map<string, string>()
  for (const each of rest) {
    const pair = pairOf(unbraced(list.slice(inner.start + each.start, inner.start + each.end)))
    if (pair === undefined) return { ...bare, problem: 'one of its options has no name and value' }
    options.set(...pair)
  }
  return { head: { start: inner.start + first.start, end: inner.start + first.end }, options }
}

/** What an item is about: itself, or what stands first in its braces. */
export function headOf(item: Untrusted): string {
  const { head } = milterItem(item, { start: 0, end: item.length })
  return item.slice(head.start, head.end)
}

/** `name = value`, blanks around both left away (split_nameval(3) of Postfix). */
export function pairOf(text: Untrusted): [name: string, value: string] | undefined {
  const equals = text.indexOf('=')
  if (equals < 0) return undefined
  const name = text.slice(0, equals).trim()
  return name === '' || /\s/.test(name) ? undefined : [name, text.slice(equals + 1).trim()]
}

export const unbraced = (text: Untrusted): string => (text.startsWith('{') ? text.slice(1, -1) : text)

/** The brace that closes the one at the start; -1 where none does. */
function closingAt(text: Untrusted, { start, end }: Range): number {
  let level = 0
  for (let at = start; at < end; at++) {
    if (text[at] === '{') level++
    else if (text[at] === '}') level--
    if (level === 0) return at
  }
  return -1
}

/** The same list without blanks: `postconf -P` takes no value that has one. Some stay: in conditions, in options. */
export const compactList = (list: Untrusted): string => listItems(list).map(compactItem).join(',')

export function compactItem(item: Untrusted): string {
  if (!item.startsWith('{') || !item.endsWith('}')) return item
  const parts = listItems(item.slice(1, -1)).map((part) => {
    const pair = part.startsWith('{') && part.endsWith('}') ? pairOf(unbraced(part)) : undefined
    if (pair === undefined) return part
    return /[\s,]/.test(pair[1]) ? `{${pair.join('=')}}` : pair.join('=')
  })
  return `{${parts.join(',')}}`
}
