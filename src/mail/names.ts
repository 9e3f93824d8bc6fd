// Domain names and DKIM selectors: what is one, and how it is written in DNS.
import { domainToASCII } from 'node:url'
import type { Untrusted } from '../shell/untrusted.ts'

const LABEL_PATTERN = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const LABEL = new RegExp(`^${LABEL_PATTERN}$`)
const NOT_IN_NAMES = '\\s/:@\\\\?#%[\\]"\'`$;|&<>()'
const FORBIDDEN = new RegExp(`[${NOT_IN_NAMES}]`)

/** What every mail domain looks like, in whatever script, as far as a regular expression tells. */
export const DOMAIN_PATTERN = `^[^${NOT_IN_NAMES}]*[^.${NOT_IN_NAMES}]$`
/** The same of selectors, and of them it tells all. */
export const SELECTOR_PATTERN = `^(?=.{1,63}$)${LABEL_PATTERN}(?:\\.${LABEL_PATTERN})*$`

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

/** RFC 6376, section 3.1: one or more labels. */
export const isSelector = (text: Untrusted): boolean =>
  text.length <= 63 && text.split('.').every((label) => LABEL.test(label))
