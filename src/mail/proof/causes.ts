// Causes that several findings of a fleet may have in common.
import type { Cause } from '../../findings/cause.ts'

/** Records that this inventory wants are not in DNS. */
export const UNPUBLISHED: Cause = {
  key: 'unpublished',
  remedy: 'mailrun dns push; or mailrun dns plan --format web-form, to type the record into a form',
}

/**
 * No DMARC record holds for a domain, nor for those below it (RFC 9989, section 4.10).
 *
 * @param domain - whose record would hold for all of them
 */
export const noPolicy = (domain: string): Cause => ({ key: 'no-policy', remedy: `publish _dmarc.${domain}` })

/** Of these domains the one whose DMARC record holds for `domain`, too: the highest. */
export const policyDomain = (domain: string, domains: readonly string[]): string =>
  domains
    .filter((each) => domain.endsWith(`.${each}`))
    .reduce((highest, each) => (each.length < highest.length ? each : highest), domain)

/** Mail that is to be signed passes unsigned. */
export const unsigned = (remedy: string): Cause => ({ key: 'unsigned', remedy })

/** The same of mail of hosts themselves alone. */
export const UNSIGNED_OWN: Cause = {
  key: 'unsigned-own',
  remedy:
    'run playbooks/dkim.ts, with fqdn: NAME where the inventory calls a host otherwise; where the name is in none ' +
    'of its domains put it there, for a key of its own, or say sign_host_name: false',
}
