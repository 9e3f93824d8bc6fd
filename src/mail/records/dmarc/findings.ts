// Findings about DMARC records, except those that the rules in `rules.ts` find in a single record.
import { findingsIn, kindsOf } from '../../../findings/rule.ts'
import { byLive, byRecord } from '../../../findings/superseded.ts'

/** Of a proof, and of a record. */
export const DMARC_NONE = kindsOf('dmarc', {
  'dmarc-none': {
    severity: 'error',
    means: 'No DMARC record holds: receivers are asked for nothing, and large ones want one.',
    remedy: 'publish _dmarc, to begin with v=DMARC1; p=none; rua=mailto:…',
    supersededBy: [byLive('column', ['dmarc-none']), byRecord('column', ['record-missing'])],
  },
})

export const DMARC_KINDS = {
  ...DMARC_NONE,
  ...kindsOf('dmarc', {
    'dmarc-many': {
      severity: 'error',
      means: 'There are several DMARC records, and receivers then use none.',
      remedy: 'keep one',
    },
    'dmarc-version': {
      severity: 'error',
      means: 'The record does not begin with v=DMARC1, and receivers pass over it.',
      remedy: 'begin it with v=DMARC1;',
    },
    'dmarc-tag': {
      severity: 'error',
      means: 'A tag is wrong, and receivers pass over it.',
      remedy: 'correct or remove it',
    },
    'dmarc-p-place': {
      severity: 'warning',
      means: 'p is not right behind v, and receivers of RFC 7489 then pass over the record.',
      remedy: 'begin it with v=DMARC1; p=',
    },
  }),
} as const

export const dmarcFinding = findingsIn(DMARC_KINDS)
