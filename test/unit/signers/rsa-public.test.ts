// The public half that Perl reads from a private key is the one of OpenSSL, or none: then openssl is asked.
import { spawnSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import * as assert from 'uvu/assert'
import { RSA_PUBLIC } from '../../../src/signers/opendkim/setup/rsa-public.ts'
import { suite } from '../../suite.ts'

const test = suite('signers/rsa-public')

/** By one process: texts apart by NUL, each answered by a line. */
function byPerl(texts: readonly string[]): readonly string[] {
  const program = `${RSA_PUBLIC}
    binmode STDIN; local $/ = "\\0"; while (<STDIN>) { chomp; print rsa_public($_) // '', "\\n" }`
  const { status, stdout, stderr } = spawnSync('perl', ['-we', program], {
    input: texts.map((text) => `${text}\0`).join(''),
    encoding: 'latin1',
    maxBuffer: 1 << 26,
  })
  assert.is(stderr, '')
  assert.is(status, 0)
  return stdout.split('\n').slice(0, -1)
}

/** By OpenSSL; '' for what it does not read. */
function byOpenssl(text: string): string {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'latin1'), format: 'pem' })
    return (key.export({ type: 'spki', format: 'der' }) as Buffer).toString('base64')
  } catch {
    return ''
  }
}

const keys = [512, 1024, 1031, 2048, 3072].map(
  (modulusLength) => [modulusLength, generateKeyPairSync('rsa', { modulusLength }).privateKey] as const,
)
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8'): string => key.export({ type, format: 'pem' }) as string

test('of keys of every size, in both forms, it is that of OpenSSL', () => {
  const texts = keys.flatMap(([, key]) => [pem(key, 'pkcs8'), pem(key, 'pkcs1')])
  assert.equal(byPerl(texts), texts.map(byOpenssl))
  assert.ok(byPerl(texts).every((each) => each !== ''))
})

test('a large exponent is read, too', () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 1024, publicExponent: 0x80000001 }).privateKey
  const texts = [pem(key, 'pkcs8'), pem(key, 'pkcs1')]
  assert.equal(byPerl(texts), texts.map(byOpenssl))
})

test('what is no plain RSA key is left to openssl', () => {
  const [, rsa] = keys[1]!
  const plain = pem(rsa, 'pkcs8')
  const sealed = rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }) as string
  const others = [
    pem(generateKeyPairSync('ed25519').privateKey, 'pkcs8'),
    pem(generateKeyPairSync('rsa-pss', { modulusLength: 1024 }).privateKey, 'pkcs8'),
    sealed,
    '',
    'x',
    `text before\n${plain}`,
    `${plain}text after\n`,
    plain + plain,
    plain.replace(/\n/g, '\r\n'),
    plain.trimEnd(),
    plain.replace('-----END', '\n-----END'),
    plain.replace('BEGIN PRIVATE', 'BEGIN RSA PRIVATE'),
    plain.replace(/(.{40})\n/, '$1'),
    createPublicKey(rsa).export({ type: 'spki', format: 'pem' }) as string,
  ]
  assert.equal(
    byPerl(others),
    others.map(() => ''),
  )
})

/** The same in every run: an LCG of Numerical Recipes. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

test('of a damaged key it is that of OpenSSL, or none', () => {
  const random = numbers(7)
  const [, key] = keys[0]!
  const texts: string[] = []
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    const der = key.export({ type, format: 'der' }) as Buffer
    const head = type === 'pkcs8' ? 'PRIVATE KEY' : 'RSA PRIVATE KEY'
    for (let round = 0; round < 1000; round += 1) {
      // Most faults in front: the lengths and the numbers that are read.
      const at = random(round % 2 === 0 ? 110 : der.length)
      const damaged = Buffer.from(der)
      damaged[at] = round % 3 === 0 ? damaged[at]! ^ (1 << random(8)) : random(256)
      const bytes = round % 17 === 0 ? damaged.subarray(0, random(der.length)) : damaged
      const lines = bytes.toString('base64').replace(/.{1,64}/g, '$&\n')
      texts.push(`-----BEGIN ${head}-----\n${lines}-----END ${head}-----\n`)
    }
  }
  const all = byPerl(texts)
  assert.ok(all.filter((each) => each !== '').length > 300)
  const others = texts.flatMap((text, index) => {
    const read = all[index]!
    return read === '' || read === byOpenssl(text) ? [] : [`${text}Perl: ${read}\nOpenSSL: ${byOpenssl(text)}`]
  })
  assert.equal(others.slice(0, 3), [])
})

test.run()
