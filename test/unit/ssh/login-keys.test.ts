// Keys to log in with: whatever `ssh -i` takes is offered and signs; ssh-keygen and openssl make them, and
// `ssh-keygen -y` says what is right.
import { spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, verify } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type ParsedKey } from 'ssh2'
import * as assert from 'uvu/assert'
import { keyRing, type KeyRing } from '../../../src/ssh/login-keys/key-ring.ts'
import { askPassphrases } from '../../../src/ssh/login-keys/passphrases.ts'
import type { IdentityFile, SshTarget } from '../../../src/ssh/ssh-target.ts'
import { Unreachable } from '../../../src/engine/session/connection.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { suite } from '../../suite.ts'
import { makeKeys, PASSPHRASE, publicByOpenssh, type MadeKey } from './made-keys.ts'
import { puttyKey, rsaParts } from './putty-key.ts'

const test = suite('login keys')
const folder = mkdtempSync(join(tmpdir(), 'mailrun-login-keys-'))
const DATA = Buffer.from('what a login signs')
let made: readonly MadeKey[] = []
test.before(() => {
  delete process.env['SSH_AUTH_SOCK']
  made = makeKeys(folder)
})
test.after(() => rmSync(folder, { recursive: true }))

const targetOf = (identityFiles: readonly IdentityFile[], passphrases: ReadonlyMap<string, Secret>): SshTarget =>
  ({ identityFiles, identitiesOnly: true, agent: undefined, passphrases, jumps: [] }) as unknown as SshTarget

const ringOf = (path: string, passphrase?: string): Promise<KeyRing> =>
  keyRing(targetOf([{ path, named: true }], new Map(passphrase === undefined ? [] : [[path, new Secret(passphrase)]])))

const keysOf = ({ agent }: KeyRing): Promise<readonly ParsedKey[]> =>
  new Promise((resolve, reject) => {
    if (agent === undefined) return resolve([])
    agent.getIdentities((error, keys) => (error ? reject(error) : resolve(keys as ParsedKey[])))
  })

const signatureOf = ({ agent }: KeyRing, key: ParsedKey, hash: 'sha512' | undefined): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    agent!.sign(key, DATA, hash === undefined ? {} : { hash }, (error, signature) =>
      error ? reject(error) : resolve(signature!),
    )
  })

const written = (key: ParsedKey): string => `${key.type} ${key.getPublicSSH().toString('base64')}`
/** What is said of a key that cannot be offered. */
const refusal = (path: string, passphrase?: string): Promise<string> =>
  ringOf(path, passphrase).then(
    ({ tried }) => tried,
    (error: unknown) => {
      assert.instance(error, Unreachable)
      return (error as Error).message
    },
  )
const openssl = (...args: readonly string[]): void => {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
  assert.is(status, 0, stderr)
}

const pem = (what: string, lines: readonly string[]): string =>
  [`-----BEGIN ${what}-----`, ...lines, `-----END ${what}-----`, ''].join('\n')

test('every key that OpenSSH takes is offered, and signs', async () => {
  const faults: string[] = []
  for (const { form, path, encrypted } of made) {
    const expected = publicByOpenssh(path)
    if (expected instanceof Error) throw expected
    try {
      const ring = await ringOf(path, encrypted ? PASSPHRASE : undefined)
      const [key] = await keysOf(ring)
      if (key === undefined) throw new Error(`nothing is offered: ${ring.tried}`)
      assert.is(written(key), expected)
      const hash = key.type === 'ssh-rsa' ? 'sha512' : undefined
      const signature = await signatureOf(ring, key, hash)
      const publicKey = ssh2.utils.parseKey(expected) as ParsedKey
      assert.is(publicKey.verify(DATA, signature, hash), true, 'the signature is not by the key')
      if (ring.sole !== undefined) assert.is(publicKey.verify(DATA, ring.sole(DATA) as Buffer), true, 'sole')
    } catch (error) {
      faults.push(`${form}: ${(error as Error).message}`)
    }
  }
  assert.equal(faults, [])
  assert.ok(made.length > 45, `${made.length} forms`)
})

test('what encrypts a key is opened by its passphrase alone; the words name what to do', async () => {
  const faults: string[] = []
  for (const { form, path, encrypted } of made) {
    if (!encrypted) continue
    const without = await refusal(path)
    if (without !== `${path}, which has a passphrase (ssh-add it, or say ansible_private_key_passphrase)`)
      faults.push(`${form}: ${without}`)
    const wrong = await refusal(path, 'another')
    if (wrong !== `${path}, which the passphrase that was given does not open (ansible_private_key_passphrase)`)
      faults.push(`${form}: ${wrong}`)
  }
  assert.equal(faults, [])
})

test('a passphrase is asked for once, and asked for again where it is wrong', async () => {
  for (const { path, encrypted } of made) {
    if (!encrypted) continue
    const passphrases = new Map<string, Secret>()
    const questions: string[] = []
    const answers = ['wrong', PASSPHRASE]
    const target = targetOf([{ path, named: true }], passphrases)
    await askPassphrases([target, target], passphrases, (question) => {
      questions.push(question)
      return Promise.resolve(new Secret(answers[questions.length - 1]!))
    })
    assert.equal(questions, [`passphrase of ${path}: `, `passphrase of ${path} (that was wrong): `])
    assert.is((await keysOf(await keyRing(target))).length, 1, path)
  }
})

test('a key with line ends of Windows, or text around it, is taken', async () => {
  for (const form of ['openssh ed25519', 'PEM rsa', 'PKCS8 p256']) {
    const { path } = made.find((each) => each.form === form)!
    const text = readFileSync(path, 'utf8')
    const expected = publicByOpenssh(path)
    for (const [index, odd] of [text.replaceAll('\n', '\r\n'), `Bag Attributes\n  x: y\n${text}\n`].entries()) {
      const copy = `${path}-odd-${index}`
      writeFileSync(copy, odd, { mode: 0o600 })
      assert.equal((await keysOf(await ringOf(copy))).map(written), [expected])
    }
  }
})

test('what mailrun cannot read and OpenSSH perhaps can is left to the system’s ssh', async () => {
  const curve = join(folder, 'secp256k1')
  openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1', '-out', curve)
  const { agent, unsupported } = await ringOf(curve)
  assert.is(agent, undefined)
  assert.equal(unsupported, [
    `${curve} (a key of the curve secp256k1, which SSH does not have: make another by ssh-keygen -t ed25519)`,
  ])
  const dsa = join(folder, 'dsa')
  openssl('dsaparam', '-genkey', '-noout', '-out', dsa, '1024')
  assert.equal((await ringOf(dsa)).unsupported, [
    `${dsa} (a DSA key, which sshd no longer accepts: make another by ssh-keygen -t ed25519)`,
  ])
  const cipher = join(folder, 'des')
  const lines = ['Proc-Type: 4,ENCRYPTED', 'DEK-Info: DES-CBC,0011223344556677', '', 'AAAAAAAAAAA=']
  writeFileSync(cipher, pem('RSA PRIVATE KEY', lines))
  // A passphrase that nobody here can try is taken as it is given.
  const passphrases = new Map<string, Secret>()
  const target = targetOf([{ path: cipher, named: true }], passphrases)
  await askPassphrases([target], passphrases, () => Promise.resolve(new Secret('x')))
  assert.match((await keyRing(target)).unsupported.join(), `${cipher} (what encrypts it is too old for OpenSSL 3: `)
})

test('Ed25519 in PKCS#8 is taken, which OpenSSH 9.2 leaves', async () => {
  const path = join(folder, 'ed25519-pkcs8')
  openssl('genpkey', '-algorithm', 'ed25519', '-aes256', '-pass', `pass:${PASSPHRASE}`, '-out', path)
  const ring = await ringOf(path, PASSPHRASE)
  const [key] = await keysOf(ring)
  const publicKey = createPublicKey(createPrivateKey({ key: readFileSync(path), passphrase: PASSPHRASE }))
  assert.is(key?.type, 'ssh-ed25519')
  assert.ok(verify(null, DATA, publicKey, await signatureOf(ring, key!, undefined)))
})

test('a key of old PuTTY is taken, with its passphrase', async () => {
  const { n, e, d, p, q, qi } = rsaParts(made.find(({ form }) => form === 'PEM rsa')!.path)
  const expected = publicByOpenssh(made.find(({ form }) => form === 'PEM rsa')!.path)
  for (const passphrase of [undefined, PASSPHRASE]) {
    const path = join(folder, `putty-${passphrase === undefined}`)
    writeFileSync(path, puttyKey({ n, e, d, p, q, qi }, passphrase))
    assert.equal((await keysOf(await ringOf(path, passphrase))).map(written), [expected])
    if (passphrase !== undefined) assert.match(await refusal(path), 'which has a passphrase')
  }
})

test('a key that is of no use is refused, with what to do', async () => {
  const short = join(folder, 'short')
  openssl('genrsa', '-traditional', '-out', short, '512')
  assert.match(
    await refusal(short),
    `the private key ${short} cannot be used: it is an RSA key of 512 bits, and OpenSSH wants 1024`,
  )
  const damaged = join(folder, 'damaged')
  copyFileSync(made.find(({ form }) => form === 'openssh ed25519')!.path, damaged)
  const text = readFileSync(damaged, 'utf8').split('\n')
  writeFileSync(damaged, [text[0], text[1], ...text.slice(3)].join('\n'))
  assert.match(await refusal(damaged), `the private key ${damaged} cannot be used: it is damaged`)
  const putty = join(folder, 'putty')
  writeFileSync(putty, 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\n')
  assert.match(await refusal(putty), `puttygen ${putty} -O private-openssh`)
})

test('the key that most hosts took is offered first, after those that are named', async () => {
  const [named, first, second] = ['named', 'first', 'second'].map((name) => {
    const path = join(folder, `order-${name}`)
    writeFileSync(path, ssh2.utils.generateKeyPairSync('ed25519').private, { mode: 0o600 })
    return path
  }) as [string, string, string]
  const passphrases = new Map<string, Secret>()
  const ring = (...files: readonly IdentityFile[]): Promise<KeyRing> => keyRing(targetOf(files, passphrases))
  const here = await ring({ path: first, named: false }, { path: second, named: false }, { path: named, named: true })
  const [a, b, c] = (await keysOf(here)) as [ParsedKey, ParsedKey, ParsedKey]
  await signatureOf(here, c, undefined)
  assert.equal(await keysOf(here), [a, c, b])
  // For the whole run, whatever else a host may be offered.
  const there = await ring({ path: first, named: false }, { path: second, named: false })
  assert.equal((await keysOf(there)).map(written), [c, b].map(written))
  const otherRun = await keyRing(
    targetOf(
      [first, second].map((path) => ({ path, named: false })),
      new Map(),
    ),
  )
  assert.equal((await keysOf(otherRun)).map(written), [b, c].map(written))
})

test('a default key that is of no use is passed over, and reported', async () => {
  const garbage = join(folder, 'id_rsa')
  writeFileSync(garbage, pem('RSA PRIVATE KEY', ['AAAA']))
  const { agent, tried, unsupported } = await keyRing(targetOf([{ path: garbage, named: false }], new Map()))
  assert.is(agent, undefined)
  assert.match(tried, new RegExp(`^${garbage}, which cannot be used \\(it is damaged`))
  assert.equal(unsupported, [])
})

test.run()
