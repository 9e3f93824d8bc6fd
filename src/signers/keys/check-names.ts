// Refuses invalid names of domains and DKIM selectors.
import { object, required, text } from '../../core/task/argument.ts'
import { isSelector, mailDomain } from '../../mail/names/names.ts'
import { checkPath } from '../../resources/files/check-path.ts'

/** What is wrong with a domain, or `undefined`. */
export const checkDomain = (domain: string): string | undefined =>
  mailDomain(domain) === domain
    ? undefined
    : `domain must be a domain name in lower case (A-labels), got ${JSON.stringify(domain)}`

/** What is wrong with a list of domains, or `undefined`. */
export function checkDomains(domains: readonly string[]): string | undefined {
  const wrong = domains.find((domain) => mailDomain(domain) !== domain)
  return wrong === undefined
    ? undefined
    : `domains must be domain names in lower case (A-labels), got ${JSON.stringify(wrong)}`
}

/** What is wrong with a selector, or `undefined`. */
export const checkSelector = (selector: string): string | undefined =>
  isSelector(selector) ? undefined : `selector must be a DNS label, got ${JSON.stringify(selector)}`

/** Whether it names a key: by a selector, or by `{ selector, path }`. */
export function isKeyName(key: unknown): boolean {
  if (typeof key === 'string') return isSelector(key)
  if (!KEY_ELSEWHERE.is(key)) return false
  const { selector, path } = key as { readonly selector: string; readonly path: string }
  return isSelector(selector) && checkPath('path', path) === undefined && !/[\s:]/.test(path)
}
const KEY_ELSEWHERE = object({ selector: required(text), path: required(text) })
