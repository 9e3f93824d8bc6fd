// A line of OpenDKIM's configuration that signs mail now, and whether it signs with the key that a domain uses. Pure
// functions.
import type { SigningLine } from '../configuration/index.ts'
import type { ComingKey } from './coming-tables.ts'

/** A line by which mail is signed now. */
export type SignedLine = Pick<
  SigningLine,
  'pattern' | 'place' | 'domain' | 'selector' | 'identity' | 'key' | 'keyPlace'
>

/** d= for mail from a host. */
export const domainFor = (by: SignedLine, host: string): string => (by.domain === '%' ? host : by.domain.toLowerCase())

/** i= is `@` and d= where it is left out (RFC 6376, section 3.5). */
const isPlain = ({ identity }: SignedLine, domain: string): boolean =>
  identity === undefined || identity.toLowerCase() === `@${domain}`

/** Whether mail from the host is signed now by the key that is in use for the domain. */
export function isSignedBy(by: SignedLine, host: string, { domain, now }: ComingKey): boolean {
  if (now === undefined || domainFor(by, host) !== domain || !isPlain(by, domain)) return false
  return by.selector === now.selector && by.key?.replaceAll('%', domain) === now.path
}
