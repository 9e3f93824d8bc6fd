// Refuses names of domains and DKIM selectors that are none.
import { isSelector, mailDomain } from '../mail/names.ts'

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
