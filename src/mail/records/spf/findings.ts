// Findings about SPF records, except those that the rules in `rules.ts` find in a single record.
import { findingsIn, kindsOf } from '../../../findings/rule.ts'
import { byLive, byRecord } from '../../../findings/superseded.ts'

/** Of a proof, and of a record. */
export const SPF_NONE = kindsOf('spf', {
  'spf-none': {
    severity: 'error',
    means: 'The domain has no SPF record.',
    remedy: 'publish one that names the addresses that send',
    supersededBy: [byLive('column', ['spf-none']), byRecord('column', ['record-missing'])],
  },
})

/** Of a proof, and of a record. */
export const SPF_MISSING = kindsOf('spf', {
  'spf-missing-ip4': {
    severity: 'error',
    means: 'An own IPv4 address is not in the record, while another one is.',
    remedy: 'add ip4: with the address',
  },
  'spf-missing-ip6': {
    severity: 'error',
    means:
      'An own IPv6 address is not in the record, while IPv4 is: ' +
      'mail fails whenever it goes by IPv6, which Postfix prefers as often as not.',
    remedy: 'add ip6: with the address, or inet_protocols = ipv4',
  },
})

export const SPF_KINDS = {
  ...SPF_NONE,
  ...SPF_MISSING,
  ...kindsOf('spf', {
    'spf-many': {
      severity: 'error',
      means: 'There are several SPF records, and verifiers then use none (RFC 7208, section 4.5).',
      remedy: 'merge them into one',
    },
    'spf-syntax': {
      severity: 'error',
      means: 'The record cannot be read: verifiers answer permerror.',
      remedy: 'correct or remove the term',
    },
    'spf-stranger': {
      severity: 'note',
      means: 'An address may send that is no known host.',
      remedy: 'put it into spf.networks if it sends, into spf.retired if it sends no more',
    },
    'spf-lookups': {
      severity: 'error',
      means: 'More than 10 lookups: verifiers answer permerror.',
      remedy: 'name own hosts with ip4: and ip6:, and take out services that send no more',
    },
    'spf-voids': {
      severity: 'error',
      means: 'More than 2 lookups that find nothing: verifiers answer permerror.',
      remedy: 'take out the terms whose names have no such record',
    },
    'spf-many-mx': {
      severity: 'error',
      means: 'More MX records behind mx than verifiers look at.',
      remedy: 'name the addresses that send with ip4: and ip6:',
    },
    'spf-no-record': {
      severity: 'error',
      means: 'An include or redirect leads to no record: verifiers answer permerror.',
      remedy: 'take it out',
    },
    'spf-loop': { severity: 'error', means: 'An include or redirect leads back to itself.', remedy: 'take it out' },
    'spf-unanswered': {
      severity: 'unknown',
      means: 'An include or redirect leads to no answer.',
      remedy: 'ask again later',
    },
  }),
} as const

export const spfFinding = findingsIn(SPF_KINDS)
