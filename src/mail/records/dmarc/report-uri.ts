// The destinations of DMARC reports: the URIs of rua and ruf (RFC 9989, section 4.6).
import { mailDomain } from '../../names/names.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

const encoded = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

/**
 * A mail address as the URI of a record, its domain in A-labels; a URI stays as it is. Commas and exclamation marks
 * must be encoded, the record's own semicolons too.
 */
export function reportUri(given: Untrusted): string {
  const at = given.lastIndexOf('@')
  if (at === -1 || /^[a-z][a-z0-9+.-]*:/i.test(given)) return given
  const local = given.slice(0, at).replaceAll(/[^\w.+=~*$'-]/g, encoded)
  const domain = given.slice(at + 1)
  return `mailto:${local}@${mailDomain(domain) ?? domain}`
}

/**
 * The domain of a `mailto:` address, in A-labels; `undefined` for other URIs and for what is none. An obsolete `!10m`
 * is passed over.
 */
export function reportDomain(uri: Untrusted): string | undefined {
  const domain = /^mailto:[^@?]+@([^?!]+)(?:![0-9]+[kmgt]?)?$/i.exec(uri)?.[1]
  return domain === undefined ? undefined : mailDomain(domain)
}

/** Why receivers cannot use it, or `undefined`. */
export function reportUriProblem(uri: Untrusted): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(uri)) return 'is no URI, mailto:dmarc@example.org is wanted'
  if (/^mailto:/i.test(uri) && reportDomain(uri) === undefined) return 'has no mail address'
  return undefined
}
