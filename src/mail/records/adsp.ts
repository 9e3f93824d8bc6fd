// ADSP records (RFC 5617). They are Historic since 2013, and verifiers ignore them. They are published only on request.
import type { Finding } from '../../findings/finding.ts'
import { dkimFinding } from './dkim/findings.ts'
import { RecordSyntaxError } from './record-syntax-error.ts'
import { parseTags } from './tag-list.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/** What ADSP says about mail without a valid signature of the author's domain. */
export type AdspPractice = 'unknown' | 'all' | 'discardable'

export const adspName = (domain: string): string => `_adsp._domainkey.${domain}`

export const renderAdsp = (practice: AdspPractice): string => `dkim=${practice}`

/** @throws RecordSyntaxError */
export function parseAdsp(text: Untrusted): AdspPractice {
  const [name, value] = parseTags('ADSP record', text)[0] ?? []
  const practice = (['unknown', 'all', 'discardable'] as const).find((each) => each === value)
  if (name !== 'dkim' || practice === undefined)
    throw new RecordSyntaxError('ADSP record', text, 'is none: dkim=unknown, dkim=all or dkim=discardable is wanted')
  return practice
}

/** Checks all TXT values at `_adsp._domainkey.DOMAIN`. */
export const lintAdspSet = (txt: readonly Untrusted[]): readonly Finding<'legacy-adsp'>[] =>
  txt.some((each) => /^dkim\s*=/.test(each))
    ? [dkimFinding('legacy-adsp', 'an ADSP record is published: ADSP is Historic, DMARC took its place')]
    : []
