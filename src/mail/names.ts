// Domain names and DKIM selectors: what is one, and how it is written in DNS.
import { domainToASCII } from 'node:url'

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** A mail domain in A-labels and lower case (RFC 5890, RFC 1035); `undefined` for what is none. At least two labels, no final dot. */
export function mailDomain(text: string): string | undefined {
  if (/[\s/:@\\?#%[\]"'`$;|&<>()]/.test(text) || text.endsWith('.')) return undefined
  const ascii = domainToASCII(text)
  const labels = ascii.split('.')
  return labels.length >= 2 && ascii.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1)!) ? ascii : undefined
}

/** RFC 6376, section 3.1: one or more labels. */
export const isSelector = (text: string): boolean => text.length <= 63 && text.split('.').every((label) => LABEL.test(label))
