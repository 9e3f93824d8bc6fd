// The public key in a DKIM record: whether it is the one that a host signs with, and what is wrong with it.
import { createPublicKey, type KeyObject } from 'node:crypto'
import { parseDkim, type DkimKeyRecord } from './dkim-record.ts'
import { finding, type RecordFinding } from './record-finding.ts'
import { RecordSyntaxError } from './record-syntax-error.ts'
import type { Untrusted } from '../shell/untrusted.ts'

/**
 * SubjectPublicKeyInfo in DER, base64; `undefined` for what is no key. Records hold RSA keys as SubjectPublicKeyInfo
 * or, by the letter of RFC 6376, as RSAPublicKey; both verify.
 */
export function publicKeyOf({ k = 'rsa', p }: DkimKeyRecord): string | undefined {
  return keyOf(k, p)?.export({ format: 'der', type: 'spki' }).toString('base64')
}

function keyOf(k: string, p: string): KeyObject | undefined {
  const key = Buffer.from(p, 'base64')
  const ways =
    k === 'ed25519'
      ? [() => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') }, format: 'jwk' })]
      : (['spki', 'pkcs1'] as const).map((type) => () => createPublicKey({ key, format: 'der', type }))
  for (const way of ways) {
    try {
      return way()
    } catch {
      // Not in this form.
    }
  }
  return undefined
}

/** Whether two records hold the same key, however they are written. Two that are revoked are the same. */
export function sameDkimKey(a: DkimKeyRecord, b: DkimKeyRecord): boolean {
  if (a.p === '' || b.p === '') return a.p === b.p
  const key = publicKeyOf(a)
  return key !== undefined && key === publicKeyOf(b)
}

/**
 * RFC 8301, section 3.2: signers use 1024 bits at least and should use 2048; verifiers need not take more than 4096.
 */
export function lintDkim(record: DkimKeyRecord): readonly RecordFinding[] {
  return [...keyFindings(record), ...useFindings(record)]
}

function keyFindings({ k = 'rsa', p }: DkimKeyRecord): readonly RecordFinding[] {
  const findings: RecordFinding[] = []
  if (p === '')
    findings.push(
      finding(
        'dkim-revoked',
        'note',
        'the key is revoked',
        'remove the record once no mail signed with it is on its way',
      ),
    )
  const known = ['rsa', 'ed25519'].includes(k)
  if (!known)
    findings.push(
      finding('dkim-key-type', 'error', `k=${k}: verifiers know rsa and ed25519`, 'publish the key with its type'),
    )
  if (p === '' || !known) return findings
  const key = keyOf(k, p)
  const bits = key?.asymmetricKeyDetails?.modulusLength
  if (key !== undefined && (k !== 'rsa' || bits !== undefined)) return sizeFindings(bits)
  const remedy = 'publish the whole key again: a piece may have been lost on its way'
  return [finding('dkim-bad-key', 'error', `p holds no ${k} key`, remedy)]
}

/** @param bits - `undefined` where the type of the key has no sizes */
function sizeFindings(bits: number | undefined): readonly RecordFinding[] {
  if (bits === undefined) return []
  if (bits < 1024) {
    const message = `${bits} bits: verifiers pass over keys of less than 1024 (RFC 8301)`
    return [finding('dkim-weak-key', 'error', message, 'rotate to a key of 2048 bits')]
  }
  if (bits < 2048) {
    const message = `${bits} bits, and 2048 are wanted (RFC 8301)`
    return [finding('dkim-short-key', 'warning', message, 'rotate to a key of 2048 bits')]
  }
  if (bits < 4096) return []
  const message = `${bits} bits: the answer fits no UDP packet of 512 bytes, and verifiers need not take more than 4096`
  return [finding('dkim-long-key', 'warning', message, 'a key of 2048 bits is enough')]
}

/** What the record says of how the key is to be used. */
function useFindings({ h, s, t = [] }: DkimKeyRecord): readonly RecordFinding[] {
  const findings: RecordFinding[] = []
  if (t.includes('y')) {
    const message = 't=y: verifiers treat the mail as if it were not signed'
    findings.push(finding('dkim-test-mode', 'warning', message, 'remove y from t'))
  }
  if (h !== undefined && !h.includes('sha256')) {
    const message = `h=${h.join(':')} leaves out sha256, and verifiers take no other (RFC 8301)`
    findings.push(finding('dkim-hash', 'error', message, 'h=sha256, or no h'))
  }
  if (s !== undefined && !s.some((each) => each === '*' || each === 'email'))
    findings.push(finding('dkim-service', 'error', `s=${s.join(':')}: the key is not for mail`, 's=email, or no s'))
  return findings
}

/** Of all TXT values at a selector: no record, one or more, with what is wrong in the one. */
export function lintDkimSet(txt: readonly Untrusted[]): readonly RecordFinding[] {
  if (txt.length === 0)
    return [
      finding(
        'dkim-none',
        'error',
        'there is no DKIM record: signatures with this selector fail',
        'publish the key, or sign with another',
      ),
    ]
  if (txt.length > 1)
    return [
      finding(
        'dkim-many',
        'error',
        `there are ${txt.length} TXT records, and which one a verifier takes is chance (RFC 6376, section 3.6.2.2)`,
        'keep one',
      ),
    ]
  try {
    return lintDkim(parseDkim(txt[0]!))
  } catch (error) {
    if (error instanceof RecordSyntaxError)
      return [finding('dkim-syntax', 'error', error.message, 'publish the record again')]
    throw error
  }
}
