// Reads what a receiver added to a message: its results for DKIM, SPF and DMARC (RFC 8601), and which signatures the
// message has.
import { parseAuthenticationResults, type AuthenticationResult } from '../mail/messages/authentication-results.ts'
import { headerFields, valuesOfField } from '../mail/messages/header-fields.ts'
import type { Untrusted } from '../shell/untrusted.ts'

export const METHODS = ['dkim', 'spf', 'dmarc'] as const
export type Method = (typeof METHODS)[number]
export type Stamps = Readonly<Record<Method, readonly AuthenticationResult[]>> & {
  readonly by: string
  readonly signed: readonly { readonly domain: string; readonly selector: string }[]
}

/**
 * RFC 8601, section 5: each server puts its own on top, so those of the topmost one's name are the receiver's; others
 * were there before.
 */
export function stampsOf(mail: Untrusted): Stamps {
  const fields = headerFields(mail)
  const all = valuesOfField(fields, 'Authentication-Results').map(parseAuthenticationResults)
  const by = all[0]?.authservId ?? ''
  const results = all.filter(({ authservId }) => authservId === by).flatMap((each) => each.results)
  const of = (method: Method): readonly AuthenticationResult[] => results.filter((each) => each.method === method)
  const signed = valuesOfField(fields, 'DKIM-Signature').map((value) => ({
    domain: tagOf(value, 'd'),
    selector: tagOf(value, 's'),
  }))
  return { by, dkim: of('dkim'), spf: of('spf'), dmarc: of('dmarc'), signed }
}

const tagOf = (signature: string, tag: string): string =>
  (new RegExp(`(?:^|;)\\s*${tag}\\s*=([^;]*)`).exec(signature)?.[1] ?? '').replaceAll(/\s/g, '').toLowerCase()

/** Of the signatures that the receiver verified. */
export const selectorsOf = (stamps: Stamps): readonly string[] => [
  ...new Set(stamps.dkim.filter(({ result }) => result === 'pass').flatMap((each) => selectorsIn(each, stamps))),
]

/** Some verifiers do not say which signature they mean: then those of that domain. */
function selectorsIn({ properties }: AuthenticationResult, { signed }: Stamps): readonly string[] {
  const selector = properties['header.s']?.toLowerCase()
  if (selector !== undefined) return [selector]
  const domain = (properties['header.d'] ?? properties['header.i']?.replace(/^.*@/, ''))?.toLowerCase()
  return signed.filter((each) => each.domain === domain).map((each) => each.selector)
}
