// Findings about SPF records, except those that the rules in `rules.ts` find in a single record.
import { findingsIn, kindsOf } from '../../../findings/rule.ts'
import { byLive, byRecord } from '../../../findings/superseded.ts'

/** Of a proof, and of a record. */
export const SPF_NONE = kindsOf('spf', {
  'spf-none': {
    severity: 'error',
    means: 'The domain has no SPF record.',
    remedy: 'publish one that lists the addresses that send',
    supersededBy: [byLive('column', ['spf-none']), byRecord('column', ['record-missing'])],
  },
})

/** Of a proof, and of a record. */
export const SPF_MISSING = kindsOf('spf', {
  'spf-missing-ip4': {
    severity: 'error',
    means: "One of the host's IPv4 addresses is in the record, and another one is not.",
    remedy: 'add the address with ip4:',
  },
  'spf-missing-ip6': {
    severity: 'error',
    means:
      "The host's IPv4 address is in the record, and its IPv6 address is not: mail that leaves by IPv6 " +
      'fails, and Postfix uses IPv6 about half of the time.',
    remedy: 'add the address with ip6:, or set inet_protocols = ipv4',
  },
})

export const SPF_KINDS = {
  ...SPF_NONE,
  ...SPF_MISSING,
  ...kindsOf('spf', {
    'spf-many': {
      severity: 'error',
      means: 'There are several SPF records, so verifiers use none of them (RFC 7208, section 4.5).',
      remedy: 'merge them into one',
    },
    'spf-syntax': {
      severity: 'error',
      means: 'The record cannot be parsed: verifiers return permerror.',
      remedy: 'correct or remove the term',
    },
    'spf-stranger': {
      severity: 'note',
      means: 'An address may send that belongs to no known host.',
      remedy: 'add it to spf.networks if it sends, or to spf.retired if it no longer sends',
    },
    'spf-lookups': {
      severity: 'error',
      means: 'The record needs more than 10 lookups: verifiers return permerror.',
      remedy: 'list your own hosts with ip4: and ip6:, and remove services that no longer send',
    },
    'spf-voids': {
      severity: 'error',
      means: 'More than 2 lookups find nothing: verifiers return permerror.',
      remedy: 'remove the terms whose names have no such record',
    },
    'spf-many-mx': {
      severity: 'error',
      means: 'A name in mx has more MX records than verifiers look at.',
      remedy: 'list the addresses that send with ip4: and ip6:',
    },
    'spf-no-record': {
      severity: 'error',
      means: 'The target of an include or redirect has no record: verifiers return permerror.',
      remedy: 'remove it',
    },
    'spf-loop': {
      severity: 'error',
      means: 'An include or redirect leads back to the record itself.',
      remedy: 'remove it',
    },
    'spf-unanswered': {
      severity: 'unknown',
      means: 'The name servers of an include or redirect do not answer.',
      remedy: 'try again later',
    },
  }),
} as const

export const spfFinding = findingsIn(SPF_KINDS)
