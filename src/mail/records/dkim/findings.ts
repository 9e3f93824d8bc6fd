// Findings about DKIM records and ADSP, except those that the rules in `rules.ts` find in a single record.
import { findingsIn, kindsOf } from '../../../findings/rule.ts'
import { byLive } from '../../../findings/superseded.ts'

export const DKIM_KINDS = kindsOf('dkim', {
  'dkim-none': {
    severity: 'error',
    means: 'There is no DKIM record for a selector.',
    remedy: 'publish the key, or sign with another one',
    supersededBy: [byLive('record', ['no-key'])],
  },
  'dkim-many': {
    severity: 'error',
    means: 'There are several records for a selector, and a verifier may use any of them.',
    remedy: 'keep one',
    supersededBy: [byLive('record', ['many-keys'])],
  },
  'dkim-syntax': {
    severity: 'error',
    means: 'The record cannot be read.',
    remedy: 'publish it again',
    supersededBy: [byLive('record', ['bad-record'])],
  },
  'dkim-weak-key': {
    severity: 'error',
    means: 'The key has less than 1024 bits: verifiers ignore it (RFC 8301).',
    remedy: 'rotate to a key of 2048 bits',
    supersededBy: [byLive('record', ['weak-key'])],
  },
  'dkim-short-key': {
    severity: 'warning',
    means: 'The key has less than 2048 bits (RFC 8301).',
    remedy: 'rotate to a key of 2048 bits',
  },
  'legacy-adsp': {
    severity: 'note',
    means: 'An ADSP record is published. ADSP is Historic; DMARC has replaced it.',
    remedy: 'remove it',
  },
})

/** Of a record, and of a private key on a host. */
export const WEAK_KEY = DKIM_KINDS['dkim-weak-key']
export const SHORT_KEY = DKIM_KINDS['dkim-short-key']

export const dkimFinding = findingsIn(DKIM_KINDS)
