// Keys as hosts tell them are parsed and weighed before they are published.
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import { publishableKey } from '../../../src/mail/records/dkim/public-key.ts'
import { suite } from '../../suite.ts'

const test = suite('mail/public-key')
const DER = { format: 'der', type: 'spki' } as const
/** Of no primes, which nobody looks for. */
function rsa(bits: number, e = 'AQAB'): Buffer {
  const n = randomBytes(bits / 8)
  n[0]! |= 0x80
  n[n.length - 1]! |= 1
  return createPublicKey({ key: { kty: 'RSA', n: n.toString('base64url'), e }, format: 'jwk' }).export(DER)
}
const text = (der: Buffer): string => der.toString('base64')

for (const [what, der] of [
  ['RSA of 1024 bits', rsa(1024)],
  ['RSA of 2048 bits', rsa(2048)],
  ['RSA of 4096 bits', rsa(4096)],
  ['RSA with the exponent 3', rsa(1024, 'Aw')],
  ['Ed25519', generateKeyPairSync('ed25519').publicKey.export(DER)],
] as const)
  test(what, () => assert.equal(publishableKey(text(der)), { key: text(der) }))

const good = rsa(2048)
const cut = Buffer.from(good.subarray(0, -1))
for (const [what, reported, why] of [
  ['nothing', '', 'is no SubjectPublicKeyInfo'],
  ['70,000 bytes', 'A'.repeat(70_000), 'has 70000 characters, and 800 are the most'],
  ['no base64', 'v=DKIM1; p=', 'is no SubjectPublicKeyInfo'],
  ['base64 of anything', 'AAAA', 'is no SubjectPublicKeyInfo'],
  ['a key that is cut short', text(cut), 'is no SubjectPublicKeyInfo'],
  ['a key with more behind it', text(Buffer.concat([good, Buffer.from('x=1; p=')])), 'has more than a key in it'],
  ['a key that is parted by lines', text(good).replace(/.{64}/g, '$&\n'), 'is no SubjectPublicKeyInfo'],
  ['RSA with the exponent 1', text(rsa(2048, 'AQ')), 'has the exponent 1, which is none of RSA'],
  ['RSA of 512 bits', text(rsa(512)), 'has 512 bits, and 1024 to 4096 are wanted (RFC 8301)'],
  [
    'an elliptic curve that DKIM does not know',
    text(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export(DER)),
    'is of the type ec, and RSA or Ed25519 is wanted',
  ],
  [
    'RSA-PSS',
    text(generateKeyPairSync('rsa-pss', { modulusLength: 1024 }).publicKey.export(DER)),
    'is of the type rsa-pss, and RSA or Ed25519 is wanted',
  ],
] as const)
  test(`refused: ${what}`, () => assert.equal(publishableKey(reported), { why }))

test('refused: RSA of more than 4096 bits', () => {
  const refused = publishableKey(text(rsa(4104)))
  assert.equal(refused, { why: 'has 4104 bits, and 1024 to 4096 are wanted (RFC 8301)' })
})

test.run()
