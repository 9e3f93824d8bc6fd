// Domain names and DKIM selectors: which are valid, and how they are written in DNS.
import { domainToASCII } from 'node:url'
import type { Untrusted } from '../../shell/untrusted.ts'

const LABEL_PATTERN = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const LABEL = new RegExp(`^${LABEL_PATTERN}$`)
const NOT_IN_NAMES = '\\s/:@\\\\?#%[\\]"\'`$;|&<>()'
const FORBIDDEN = new RegExp(`[${NOT_IN_NAMES}]`)

/** What every mail domain looks like, in whatever script, as far as a regular expression tells. */
export const DOMAIN_PATTERN = `^[^${NOT_IN_NAMES}]*[^.${NOT_IN_NAMES}]$`
const SELECTOR_LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?'
/** The same of selectors, and of them it tells all. */
export const SELECTOR_PATTERN = `^(?=.{1,63}$)${SELECTOR_LABEL}(?:\\.${SELECTOR_LABEL})*$`

/**
 * A mail domain in A-labels and lower case (RFC 5890, RFC 1035); `undefined` for what is none. At least two labels, no
 * final dot.
 */
export function mailDomain(text: Untrusted): string | undefined {
  if (FORBIDDEN.test(text) || text.endsWith('.')) return undefined
  const ascii = domainToASCII(text)
  const labels = ascii.split('.')
  if (labels.length < 2 || ascii.length > 253) return undefined
  const endsInNumber = /^\d+$/.test(labels.at(-1)!)
  return !endsInNumber && labels.every((label) => LABEL.test(label)) ? ascii : undefined
}

const SELECTOR_LABELS = new RegExp(`^${SELECTOR_LABEL}$`)

/**
 * RFC 6376, section 3.1: one or more labels, in either case. Underscores are in none of its selectors, and in those of
 * many signers; DNS and verifiers take them.
 */
export const isSelector = (text: Untrusted): boolean =>
  text.length <= 63 && text.split('.').every((label) => SELECTOR_LABELS.test(label))

/** What names that DNS takes for the same have in common (RFC 4343): ASCII letters in lower case. */
export const nameKey = (name: Untrusted): string => name.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())

/** Whether DNS takes them for the same name. */
export const isSameName = (one: Untrusted, other: Untrusted): boolean => nameKey(one) === nameKey(other)

/** Each once, as it is written first. */
export function distinctNames(names: readonly Untrusted[]): readonly string[] {
  const once = new Map<string, string>()
  for (const name of names) {
    const key = nameKey(name)
    if (!once.has(key)) once.set(key, name)
  }
  return [...once.values()]
}
