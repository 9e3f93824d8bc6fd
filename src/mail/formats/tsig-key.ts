// A TSIG key (RFC 8945) as a checked part of a line. It has a file of its own, because every inventory is checked with
// it.
import type { DnsKey } from './dns-text.ts'

/** Names of algorithms (RFC 8945, section 6). */
const ALGORITHM = /^hmac-(?:md5|sha1|sha224|sha256|sha384|sha512)$/
/** @param secret - in base64. @returns `undefined` for what is no key */
export function tsigKey(name: string, algorithm: string, secret: string): DnsKey | undefined {
  const isKey = /^[\w-][\w.-]{0,253}$/.test(name) && ALGORITHM.test(algorithm) && isBase64(secret)
  return isKey ? (`${algorithm}:${name} ${secret}` as DnsKey) : undefined
}

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
