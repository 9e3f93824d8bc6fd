// A mail address on a command line: a plain local part at a domain (RFC 5321, section 4.1.2).
import { mailDomain } from './names.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface MailAddress {
  readonly local: string
  /** In A-labels and lower case. */
  readonly domain: string
}

/**
 * RFC 5321, section 4.1.2: Dot-string@Domain, of ASCII, with nothing that is quoted and no address literal; `undefined`
 * for anything else. No hyphen at the front, which programs take for an option.
 */
export function mailAddress(text: Untrusted): MailAddress | undefined {
  const [, local = '', name = ''] = /^([^@\s]+)@([^@\s]+)$/.exec(text) ?? []
  const domain = mailDomain(name)
  return domain === undefined || !isLocalPart(local) ? undefined : { local, domain }
}

const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~]+(?:[.-]+[A-Za-z0-9!#$%&'*+/=?^_`{|}~]+|-)*$/

const isLocalPart = (text: Untrusted): boolean => text.length <= 64 && LOCAL_PART.test(text) && !text.includes('..')

export const addressText = ({ local, domain }: MailAddress): string => `${local}@${domain}`
