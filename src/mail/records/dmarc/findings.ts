// Findings about DMARC records, except those that the rules in `rules.ts` find in a single record.
import { findingsIn, kindsOf } from '../../../findings/rule.ts'
import { byLive, byRecord } from '../../../findings/superseded.ts'

/** Of a proof, and of a record. */
export const DMARC_NONE = kindsOf('dmarc', {
  'dmarc-none': {
    severity: 'error',
    means: 'There is no valid DMARC record: receivers are asked to do nothing, and large ones require a ' + 'record.',
    remedy: 'publish _dmarc, for a start with v=DMARC1; p=none; rua=mailto:…',
    supersededBy: [byLive('column', ['dmarc-none']), byRecord('column', ['record-missing'])],
  },
})

export const DMARC_KINDS = {
  ...DMARC_NONE,
  ...kindsOf('dmarc', {
    'dmarc-many': {
      severity: 'error',
      means: 'There are several DMARC records, so receivers use none of them.',
      remedy: 'keep one',
    },
    'dmarc-version': {
      severity: 'error',
      means: 'The record does not begin with v=DMARC1, so receivers ignore it.',
      remedy: 'begin it with v=DMARC1;',
    },
    'dmarc-tag': {
      severity: 'error',
      means: 'A tag is wrong, and receivers ignore it.',
      remedy: 'correct or remove it',
    },
    'dmarc-p-place': {
      severity: 'warning',
      means: 'p does not follow directly after v, so receivers that follow RFC 7489 ignore the record.',
      remedy: 'begin it with v=DMARC1; p=',
    },
  }),
} as const

export const dmarcFinding = findingsIn(DMARC_KINDS)
