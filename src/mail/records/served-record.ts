// Compares a wanted record with a value that DNS serves at its name: the same, to be replaced, or somebody else's.
import { publicKeyOf, sameDkimKey } from './dkim/key.ts'
import { lintDkim } from './dkim/lint.ts'
import { parseDkim, type DkimKeyRecord } from './dkim/record.ts'
import type { MailRecord, WantedRecord } from './dns-record.ts'
import { isSpf } from './spf/record.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/**
 * Whether the value has the effect of the wanted record. For DKIM the keys are compared, not the text; but the value
 * must have no faults that the wanted record does not have, such as `t=y`. Other records are compared as text.
 */
export function serves({ purpose, value: wanted }: Pick<WantedRecord, 'purpose' | 'value'>, value: Untrusted): boolean {
  if (purpose !== 'dkim' || value === wanted) return value === wanted
  const [ours, theirs] = [readDkim(wanted), readDkim(value)]
  if (ours === undefined || theirs === undefined) return false
  return sameDkimKey(ours, theirs) && lintDkim(theirs).length <= lintDkim(ours).length
}

/**
 * Whether the wanted record replaces this value of the same name and type. Other TXT values beside an SPF record stay.
 */
export function supersedes({ purpose }: Pick<WantedRecord, 'purpose'>, value: Untrusted): boolean {
  switch (purpose) {
    case 'spf':
    case 'spf-helo':
      return isSpf(value)
    case 'dmarc':
    case 'dmarc-report':
      return /^\s*v\s*=\s*dmarc/i.test(value)
    default:
      // A selector has one record (RFC 6376, section 3.6.2.2), and a null MX is alone (RFC 7505, section 3).
      return true
  }
}

/**
 * Whether the value at the record's name is a key of somebody else: not the key of the record, and not one of the keys
 * that the record says it revokes. A value that no verifier can use is nobody's key. Neither is a key that the
 * inventory itself revokes (`*._domainkey`).
 */
export function isAnothersKey({ purpose, value: wanted, claim, replaces }: MailRecord, value: Untrusted): boolean {
  if (purpose !== 'dkim') return false
  const ours = readDkim(wanted)
  const key = servedKey(value)
  if (ours === undefined || key === undefined) return false
  if (ours.p !== '') return key !== publicKeyOf(ours)
  return claim === undefined ? replaces?.includes(key) === false : key !== claim.held
}

/** The public key of a DKIM record, as SubjectPublicKeyInfo in base64; `undefined` if it has no valid key. */
export function servedKey(value: Untrusted): string | undefined {
  const record = readDkim(value)
  return record === undefined ? undefined : publicKeyOf(record)
}

const readDkim = (value: Untrusted): DkimKeyRecord | undefined => {
  try {
    return parseDkim(value)
  } catch {
    return undefined
  }
}
