// Rules about a single DKIM record. RFC 8301, section 3.2: signers must use 1024 bits at least and should use 2048;
// verifiers need not accept more than 4096.
import type { FindingDetails } from '../../../findings/finding.ts'
import { foundIf, rule, type Rule } from '../../../findings/rule.ts'
import { byLive } from '../../../findings/superseded.ts'
import { SHORT_KEY, WEAK_KEY } from './findings.ts'
import { keyOf } from './key.ts'
import type { DkimKeyRecord } from './record.ts'

const isKnown = (k: string): boolean => k === 'rsa' || k === 'ed25519'

const revoked = rule({
  id: 'dkim-revoked',
  check: 'dkim',
  severity: 'note',
  means: 'The key is revoked, and nobody signs with it.',
  remedy: 'remove the record when no mail that the key signed is on its way',
  supersededBy: [byLive('record', ['key-revoked'])],
  find: ({ p }: DkimKeyRecord) => foundIf(p === '', { message: 'the key is revoked' }),
})

const keyType = rule({
  id: 'dkim-key-type',
  check: 'dkim',
  severity: 'error',
  means: 'k= is a type of key that verifiers do not know.',
  remedy: 'publish the key with its type',
  find: ({ k = 'rsa' }: DkimKeyRecord) => foundIf(!isKnown(k), { message: `k=${k}: verifiers know rsa and ed25519` }),
})

/** `none`: there is none to look at. `bad`: p holds no key of that type. Else its bits, where its type has sizes. */
function sizeOf({ k = 'rsa', p }: DkimKeyRecord): 'none' | 'bad' | { readonly bits: number | undefined } {
  if (p === '' || !isKnown(k)) return 'none'
  const key = keyOf(k, p)
  const bits = key?.asymmetricKeyDetails?.modulusLength
  return key !== undefined && (k !== 'rsa' || bits !== undefined) ? { bits } : 'bad'
}

const badKey = rule({
  id: 'dkim-bad-key',
  check: 'dkim',
  severity: 'error',
  means: 'p= does not contain a key of this type.',
  remedy: 'publish the whole key again: a part of it may be missing',
  find: (record: DkimKeyRecord) =>
    foundIf(sizeOf(record) === 'bad', { message: `p holds no ${record.k ?? 'rsa'} key` }),
})

/** Of a key of so many bits: from `least` on, and below `below`. */
const ofBits =
  (least: number, below: number, say: (bits: number) => string) =>
  (record: DkimKeyRecord): readonly FindingDetails[] => {
    const size = sizeOf(record)
    const bits = typeof size === 'string' ? undefined : size.bits
    return bits === undefined || bits < least || bits >= below ? [] : [{ message: say(bits) }]
  }

const weakKey: Rule<DkimKeyRecord, 'dkim-weak-key'> = {
  ...WEAK_KEY,
  find: ofBits(0, 1024, (bits) => `${bits} bits: verifiers pass over keys of less than 1024 (RFC 8301)`),
}

const shortKey: Rule<DkimKeyRecord, 'dkim-short-key'> = {
  ...SHORT_KEY,
  find: ofBits(1024, 2048, (bits) => `${bits} bits, and 2048 are wanted (RFC 8301)`),
}

const longKey = rule({
  id: 'dkim-long-key',
  check: 'dkim',
  severity: 'warning',
  means: 'The key has 4096 bits or more: the answer does not fit into a UDP packet of 512 bytes.',
  remedy: 'a key of 2048 bits is enough',
  find: ofBits(
    4096,
    Infinity,
    (bits) => `${bits} bits: the answer fits no UDP packet of 512 bytes, and verifiers need not take more than 4096`,
  ),
})

const testMode = rule({
  id: 'dkim-test-mode',
  check: 'dkim',
  severity: 'warning',
  means: 't=y: verifiers treat the mail as if it were not signed.',
  remedy: 'remove y from t',
  find: ({ t = [] }: DkimKeyRecord) =>
    foundIf(t.includes('y'), { message: 't=y: verifiers treat the mail as if it were not signed' }),
})

const hash = rule({
  id: 'dkim-hash',
  check: 'dkim',
  severity: 'error',
  means: 'h= does not include sha256, and verifiers accept nothing else (RFC 8301).',
  remedy: 'use h=sha256, or leave h out',
  find: ({ h }: DkimKeyRecord) =>
    foundIf(h !== undefined && !h.includes('sha256'), {
      message: `h=${h?.join(':')} leaves out sha256, and verifiers take no other (RFC 8301)`,
    }),
})

const service = rule({
  id: 'dkim-service',
  check: 'dkim',
  severity: 'error',
  means: 's= says that the key is not for mail.',
  remedy: 'use s=email, or leave s out',
  find: ({ s }: DkimKeyRecord) =>
    foundIf(s !== undefined && !s.some((each) => each === '*' || each === 'email'), {
      message: `s=${s?.join(':')}: the key is not for mail`,
    }),
})

export const DKIM_RULES = [revoked, keyType, badKey, weakKey, shortKey, longKey, testMode, hash, service]
