// The history of a host's keys for a domain: which event happened when. It is a file on the host, because neither DNS
// nor the keys have these times.
import { distinctNames, isSameName, isSelector, nameKey } from '../names/names.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { groupedBy } from '../../text/grouped-by.ts'

/** In the order of a key's life; `compromised` may come at any time. */
export const KEY_EVENTS = [
  'keyed',
  'published',
  'active',
  'retired',
  'compromised',
  'revoking',
  'revoked',
  'removing',
  'removed',
] as const
/**
 * - `keyed`: its selector is taken.
 * - `published`: every name server was seen to serve it.
 * - `active`: it was seen to sign.
 * - `retired`: another one was seen to sign in its place.
 * - `revoking`, `removing`: that was begun.
 * - `revoked`: every name server was seen to serve `p=`.
 * - `removed`: none was seen to serve anything, and the private key is gone.
 */
export type KeyEvent = (typeof KEY_EVENTS)[number]

export interface Mark<Time = number> {
  /** Seconds since 1970, by the host's clock. */
  readonly time: Time
  readonly event: KeyEvent
  readonly selector: Untrusted
  /** Of the private key, where it is not beside the history. */
  readonly path?: string | undefined
}

export const HISTORY_HEADER =
  "# Written by mailrun: since when this host's keys are what they are, in seconds since 1970."

/** Its name, beside the keys of the domain. */
export const HISTORY = 'history'
export const historyPath = (directory: string, domain: string): string => `${directory}/${domain}/${HISTORY}`

/** As a line of the file, without its time. */
export const markWords = ({ event, selector, path }: Omit<Mark, 'time'>): string =>
  `${event} ${selector}${path === undefined ? '' : ` ${path}`}`

const isEvent = (word: Untrusted | undefined): word is KeyEvent => KEY_EVENTS.some((event) => event === word)

/** `undefined` for what is no mark: a comment, a line that was cut short. */
export function parseMark(line: Untrusted): Mark | undefined {
  const [, time, event, selector = '', path] = /^(\d{1,12}) ([a-z]+) ([A-Za-z0-9._-]+)(?: (\/\S+))?$/.exec(line) ?? []
  return isEvent(event) && isSelector(selector)
    ? { time: Number(time), event, selector, ...(path === undefined ? {} : { path }) }
    : undefined
}

/** What the history says of one selector. */
export interface Standing<Time = number> {
  readonly selector: string
  /** The last that befell it, `compromised` aside; `undefined`: nothing is known of it. */
  readonly last: Mark<Time> | undefined
  /** When it was made. */
  readonly keyed: Time | undefined
  readonly everActive: boolean
  readonly compromised: boolean
  readonly path: string | undefined
}

export const standingOf = <Time>(history: readonly Mark<Time>[], selector: Untrusted): Standing<Time> =>
  standingBy(
    history.filter((mark) => isSameName(mark.selector, selector)),
    selector,
  )

/** Of several selectors: each mark is looked at once. */
export function standingsOf<Time>(
  history: readonly Mark<Time>[],
  selectors: readonly string[],
): readonly Standing<Time>[] {
  const marks = groupedBy(history, ({ selector }) => nameKey(selector))
  return selectors.map((selector) => standingBy(marks.get(nameKey(selector)) ?? [], selector))
}

/** @param own - the selector's marks. */
function standingBy<Time>(own: readonly Mark<Time>[], selector: Untrusted): Standing<Time> {
  return {
    selector,
    last: own.findLast(({ event }) => event !== 'compromised'),
    keyed: own.find(({ event }) => event === 'keyed')?.time,
    everActive: own.some(({ event }) => event === 'active' || event === 'retired'),
    compromised: own.some(({ event }) => event === 'compromised'),
    path: own.findLast(({ path }) => path !== undefined)?.path,
  }
}

/** Each once, as it was written first. */
export const selectorsIn = (history: readonly Mark<unknown>[]): readonly string[] =>
  distinctNames(history.map(({ selector }) => selector))

/** What an event may come after; `nothing`: of a selector that is new here. */
const AFTER: Readonly<Record<Exclude<KeyEvent, 'compromised'>, readonly (KeyEvent | 'nothing')[]>> = {
  keyed: ['nothing', 'published'],
  published: ['keyed'],
  // Of a key from before the first rotation; of one whose tables somebody put back.
  active: ['nothing', 'keyed', 'published', 'retired'],
  retired: ['active'],
  // A key that was given up was never active.
  revoking: ['keyed', 'published', 'retired'],
  revoked: ['revoking'],
  removing: ['revoked'],
  removed: ['removing'],
}

/** Whether the event is already the last one; else whether it may come now. */
export function mayFollow(
  { last, compromised }: Pick<Standing<unknown>, 'last' | 'compromised'>,
  event: KeyEvent,
): 'is so' | 'yes' | 'no' {
  if (event === 'compromised') return compromised ? 'is so' : 'yes'
  if (last?.event === event) return 'is so'
  return AFTER[event].includes(last?.event ?? 'nothing') ? 'yes' : 'no'
}
