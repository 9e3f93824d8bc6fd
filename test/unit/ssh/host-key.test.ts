// Host keys: what is accepted, recorded and refused, and in which words.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { CIPHERS, HOST_KEYS, KEX, MACS } from '../../../src/ssh/client/algorithms.ts'
import { hostKeyCheck, type HostKeyVerdict } from '../../../src/ssh/host-keys/host-key.ts'
import type { HostKeySource } from '../../../src/ssh/host-keys/host-key-source.ts'
import { hashedName } from '../../../src/ssh/host-keys/known-hosts.ts'
import { fingerprint } from '../../../src/ssh/login-keys/public-key.ts'
import { wireString } from '../../../src/ssh/login-keys/wire.ts'
import { cases } from '../../fuzz/known-hosts.ts'
import { ecdsaKey, ed25519Key, rsaKey, type TestKey } from '../../host-keys.ts'
import { suite } from '../../suite.ts'

const test = suite('host keys')

const folder = mkdtempSync(join(tmpdir(), 'host-keys-'))
const [user, global, revoked] = ['user', 'global', 'revoked'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]
const [one, two, rsa, ecdsa] = [ed25519Key('one'), ed25519Key('two'), rsaKey(2048), ecdsaKey()] as const

test.before.each(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

const source = (more: Partial<HostKeySource>): HostKeySource => ({
  host: 'mx1',
  port: 22,
  alias: undefined,
  ip: undefined,
  userFiles: [user],
  globalFiles: [global],
  revokedHostKeys: undefined,
  strict: 'yes',
  hash: false,
  proxied: false,
  ...more,
})
const verify = (key: TestKey, more: Partial<HostKeySource>): HostKeyVerdict =>
  hostKeyCheck(source(more)).verify(key.blob)
const messageOf = (verdict: HostKeyVerdict): string =>
  'message' in verdict ? verdict.message : (assert.unreachable(verdict.kind) as never)

test("a known key is accepted, from the user's file or the global one", () => {
  writeFileSync(user, `mx1 ${one.text}\n`)
  writeFileSync(global, `mx1 ${two.text}\n`)
  assert.is(verify(one, {}).kind, 'accepted')
  assert.is(verify(two, {}).kind, 'accepted')
})

test('an unknown key: type, fingerprint, other names, how to compare, the command to add it, --accept-new', () => {
  writeFileSync(user, `mx9 ${one.text}\n`)
  const message = messageOf(verify(one, { port: 2222 }))
  assert.match(message, `the host key of [mx1]:2222 is not known: ssh-ed25519 ${fingerprint(one)}`)
  assert.match(message, `${user}:1: mx9`)
  assert.match(message, 'ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub')
  assert.match(message, `ssh-keyscan -p 2222 -t ed25519 mx1 >> ${user}`)
  assert.match(message, '--accept-new')
  assert.match(messageOf(verify(one, {})), `ssh-keyscan -t ed25519 mx1 >> ${user}`)
  assert.match(messageOf(verify(one, { alias: 'relay' })), `echo 'relay ${one.text}' >> ${user}`)
  assert.match(messageOf(verify(one, { proxied: true })), `echo 'mx1 ${one.text}' >> ${user}`)
})

test(
  'a changed key: both fingerprints, file and line, how to forget the old one once the new is verified; ' +
    'with accept-new as well, and nothing is written',
  () => {
    const text = `# mine\nmx1 ${one.text}\nmx1,mx2 ${rsa.text}\n`
    writeFileSync(user, text)
    for (const strict of ['yes', 'accept-new'] as const) {
      const verdict = verify(two, { strict })
      assert.is(verdict.kind, 'changed')
      const message = messageOf(verdict)
      assert.match(message, 'CHANGED')
      for (const part of [
        fingerprint(two),
        `${fingerprint(one)} (${user}:2)`,
        `ssh-keygen -f ${user} -R mx1`,
        `edit ${user}:3`,
        'only once the new key is verified',
      ])
        assert.match(message, part)
    }
    assert.is(readFileSync(user, 'utf8'), text)
  },
)

test('a key of another type than the known one is a changed key', () => {
  writeFileSync(user, `mx1 ${rsa.text}\n`)
  assert.is(verify(one, {}).kind, 'changed')
})

test('revoked wins over known, in whatever order and file', () => {
  writeFileSync(user, `mx1 ${one.text}\n`)
  writeFileSync(global, `@revoked * ${one.text}\n`)
  assert.match(messageOf(verify(one, {})), `REVOKED (${global}:1)`)
  assert.is(verify(one, { strict: 'accept-new' }).kind, 'revoked')
  assert.is(verify(two, {}).kind, 'changed')
})

test("where nothing is known for the port, the name's key is accepted; a changed one there is unknown", () => {
  writeFileSync(user, `mx1 ${one.text}\n`)
  assert.is(verify(one, { port: 2222 }).kind, 'accepted')
  assert.is(verify(two, { port: 2222 }).kind, 'unknown')
  writeFileSync(user, `mx1 ${one.text}\n[mx1]:2222 ${two.text}\n`)
  assert.is(verify(one, { port: 2222 }).kind, 'changed')
  writeFileSync(user, `mx1 ${one.text}\n@revoked mx1 ${one.text}\n`)
  assert.is(verify(one, { port: 2222, strict: 'accept-new' }).kind, 'revoked')
})

test('an alias is looked up without port, in lower case, and nothing else is', () => {
  writeFileSync(user, `relay ${one.text}\nmx1,[relay]:2222 ${two.text}\n`)
  assert.is(verify(one, { alias: 'Relay', port: 2222 }).kind, 'accepted')
  assert.is(verify(two, { alias: 'relay', port: 2222 }).kind, 'changed')
  assert.is(verify(two, { alias: 'other', port: 22 }).kind, 'unknown')
})

test('a certificate authority alone: said so, never recorded; a plain key beside it counts', () => {
  writeFileSync(user, `@cert-authority m* ${two.text}\n`)
  const check = hostKeyCheck(source({ strict: 'accept-new' }))
  assert.ok(check.needsCertificates)
  assert.match(check.authorityMessage, `${user}:1`)
  const verdict = check.verify(one.blob)
  assert.is(verdict.kind, 'authority')
  assert.ok('mayHaveCertificate' in verdict && verdict.mayHaveCertificate)
  assert.is(verify(two, {}).kind, 'authority', "the authority's key is no host's")
  writeFileSync(user, `@cert-authority m* ${two.text}\nmx1 ${one.text}\n`)
  assert.not.ok(hostKeyCheck(source({})).needsCertificates)
  assert.is(verify(one, {}).kind, 'accepted')
})

test("CheckHostIP: the address's key must not be another", () => {
  writeFileSync(user, `mx1 ${one.text}\n192.0.2.7 ${two.text}\n`)
  assert.is(verify(one, {}).kind, 'accepted')
  const message = messageOf(verify(one, { ip: '192.0.2.7' }))
  for (const part of ['192.0.2.7', 'DNS spoofing', `${user}:2`]) assert.match(message, part)
  assert.is(verify(one, { ip: '192.0.2.8' }).kind, 'accepted')
})

test('known types are asked for first, as OpenSSH orders them', () => {
  const order = (): readonly string[] => hostKeyCheck(source({})).algorithms(HOST_KEYS)
  assert.equal(order(), HOST_KEYS)
  writeFileSync(user, `mx1 ${rsa.text}\nmx1 ${ecdsa.text}\n`)
  assert.equal(order(), [
    'ecdsa-sha2-nistp256',
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-ed25519',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
  ])
  writeFileSync(user, `mx1 ${rsa.text}\nmx1 ${one.text}\n`)
  assert.equal(order(), HOST_KEYS)
  writeFileSync(user, `mx1 ${rsa.text}\nmx1 ${one.text}\n@revoked mx1 ${one.text}\n`)
  assert.is(order()[0], 'rsa-sha2-512')
})

test('no weak algorithm is offered', () => {
  assert.equal(
    [...KEX, ...HOST_KEYS, ...CIPHERS, ...MACS].filter((name) =>
      /cbc|sha1|md5|arcfour|3des|^ssh-rsa$|dss|group1-|group-exchange|-96/.test(name),
    ),
    [],
  )
})

test('accept-new records a new key, once, and says where; the next time it is known', () => {
  assert.equal(verify(one, { strict: 'accept-new', port: 2222 }), {
    kind: 'recorded',
    key: { type: 'ssh-ed25519', blob: one.blob },
    name: '[mx1]:2222',
    file: user,
  })
  assert.is(readFileSync(user, 'utf8'), `[mx1]:2222 ${one.text}\n`)
  assert.is(statSync(user).mode & 0o777, 0o600)
  assert.is(verify(one, { strict: 'accept-new', port: 2222 }).kind, 'accepted')
  assert.is(verify(two, { strict: 'accept-new', port: 2222 }).kind, 'changed')
  assert.is(readFileSync(user, 'utf8'), `[mx1]:2222 ${one.text}\n`)
})

test('accept-new ends a line that had no end, keeps the mode, and hashes names where that is wanted', () => {
  writeFileSync(user, `mx9 ${two.text}`)
  chmodSync(user, 0o644)
  assert.is(verify(one, { strict: 'accept-new', hash: true, ip: '192.0.2.7' }).kind, 'recorded')
  const lines = readFileSync(user, 'utf8').split('\n')
  assert.is(lines[0], `mx9 ${two.text}`)
  assert.match(lines[1]!, /^\|1\|[^ |]{28}\|[^ |]{28} ssh-ed25519 /)
  assert.is(lines.length, 4)
  assert.is(statSync(user).mode & 0o777, 0o644)
  assert.is(verify(one, { ip: '192.0.2.7' }).kind, 'accepted')
  assert.is(verify(one, { host: '192.0.2.7' }).kind, 'accepted')
})

test('accept-new with CheckHostIP records the address beside the name', () => {
  verify(one, { strict: 'accept-new', ip: '192.0.2.7' })
  assert.is(readFileSync(user, 'utf8'), `mx1,192.0.2.7 ${one.text}\n`)
})

test(
  'what cannot be recorded is refused: ' +
    'no folder, a folder for a file, no file, a name that would say something else',
  () => {
    for (const more of [
      { userFiles: [join(folder, 'none/here')] },
      { userFiles: [folder] },
      { userFiles: [] },
      { host: 'a*' },
      { host: 'a,b' },
      { alias: 'x\ny' },
      { alias: '@revoked' },
    ] as const) {
      const verdict = verify(one, { strict: 'accept-new', ...more })
      assert.is(verdict.kind, 'failed', JSON.stringify(more))
      assert.match(messageOf(verdict), 'cannot be recorded')
    }
    assert.not.ok(existsSync(user))
  },
)

test('a full disk is refused, and no half line stays', () => {
  const verdict = verify(one, { strict: 'accept-new', userFiles: ['/dev/full'] })
  assert.is(verdict.kind, 'failed')
  assert.match(messageOf(verdict), /no space/i)
})

test('/dev/null as the file records nothing, and works', () => {
  assert.is(verify(one, { strict: 'accept-new', userFiles: ['/dev/null'] }).kind, 'recorded')
})

test('several runs that record many hosts at once tear no line and write none twice', async () => {
  const script = join(folder, 'run.mjs')
  const path = (name: string): string => JSON.stringify(new URL(name, import.meta.url).pathname)
  writeFileSync(user, `mx999 ${two.text}`)
  writeFileSync(
    script,
    `import { hostKeyCheck } from ${path('../../../src/ssh/host-keys/host-key.js')}
    import { ed25519Key } from ${path('../../host-keys.js')}
    const source = ${JSON.stringify(source({ strict: 'accept-new' }))}
    for (let index = 0; index < 100; index += 1) {
      const key = ed25519Key('host ' + index).blob
      const verdict = hostKeyCheck({ ...source, host: 'mx' + index }).verify(key)
      if (verdict.kind !== 'recorded' && verdict.kind !== 'accepted') throw new Error(verdict.message)
    }`,
  )
  const codes = await Promise.all(
    Array.from(
      { length: 4 },
      () => new Promise((resolve) => spawn(process.execPath, [script], { stdio: 'inherit' }).on('close', resolve)),
    ),
  )
  assert.equal(codes, [0, 0, 0, 0])
  assert.equal(
    readFileSync(user, 'utf8').split('\n').sort(),
    [
      '',
      `mx999 ${two.text}`,
      ...Array.from({ length: 100 }, (_, index) => `mx${index} ${ed25519Key(`host ${index}`).text}`),
    ].sort(),
  )
  assert.not.ok(existsSync(`${user}.mailrun-lock`))
})

test('a lock that a killed run left does not stop the next', () => {
  writeFileSync(`${user}.mailrun-lock`, '')
  utimesSync(`${user}.mailrun-lock`, new Date(0), new Date(0))
  assert.is(verify(one, { strict: 'accept-new' }).kind, 'recorded')
  assert.not.ok(existsSync(`${user}.mailrun-lock`))
})

test('a file that changes is read again, even within a moment and at the same length', () => {
  for (let round = 0; round < 50; round += 1) {
    const [key, other] = round % 2 ? [one, two] : [two, one]
    writeFileSync(user, `mx1 ${key.text}\n`)
    assert.is(verify(key, {}).kind, 'accepted')
    assert.is(verify(other, {}).kind, 'changed')
  }
})

test('RevokedHostKeys: a plain list; one that cannot be read refuses every key', () => {
  writeFileSync(user, `mx1 ${one.text}\nmx2 ${two.text}\n`)
  writeFileSync(revoked, `# stolen\n\n ${one.text} of mx1\n`)
  assert.is(verify(one, { revokedHostKeys: revoked }).kind, 'revoked')
  assert.is(verify(two, { host: 'mx2', revokedHostKeys: revoked }).kind, 'accepted')
  writeFileSync(revoked, `${one.text}\nmx2 ${two.text}\n`)
  assert.match(messageOf(verify(two, { host: 'mx2', revokedHostKeys: revoked })), 'line 2 is no public key')
  rmSync(revoked)
  assert.match(messageOf(verify(one, { revokedHostKeys: revoked })), 'no such file')
})

test('RevokedHostKeys: a key revocation list with keys and digests', () => {
  writeFileSync(user, `mx1 ${one.text}\n`)
  const list = (...sections: readonly Buffer[]): Buffer =>
    Buffer.concat(
      [Buffer.from('SSHKRL\n\0'), Buffer.of(0, 0, 0, 1), Buffer.alloc(24), wireString(''), wireString('')].concat(
        sections,
      ),
    )
  const section = (type: number, ...parts: readonly Buffer[]): Buffer =>
    Buffer.concat([Buffer.of(type), wireString(Buffer.concat(parts.map((each) => wireString(each))))])
  const digest = (algorithm: string, { blob }: TestKey): Buffer => createHash(algorithm).update(blob).digest()
  const verdictFor = (data: Buffer): HostKeyVerdict => (
    writeFileSync(revoked, data),
    verify(one, { revokedHostKeys: revoked })
  )
  for (const each of [
    section(2, two.blob, one.blob),
    section(3, digest('sha1', one)),
    section(5, digest('sha256', two), digest('sha256', one)),
  ])
    assert.is(verdictFor(list(section(1), each)).kind, 'revoked')
  assert.is(verdictFor(list(section(2, two.blob), section(5, digest('sha256', two)))).kind, 'accepted')
  assert.is(verdictFor(list()).kind, 'accepted')
  assert.match(messageOf(verdictFor(list(section(9)))), 'not supported')
  assert.is(verdictFor(list(section(2, one.blob)).subarray(0, -3)).kind, 'failed')
})

test('no message advises to check less', () => {
  writeFileSync(user, `mx1 ${one.text}\n@cert-authority mx3 ${rsa.text}\n@revoked mx4 ${one.text}\n`)
  for (const host of ['mx1', 'mx2', 'mx3', 'mx4'])
    assert.not.match(
      messageOf(verify(host === 'mx4' ? one : two, { host })),
      /StrictHostKeyChecking|=no\b|\/dev\/null|insecure/i,
    )
})

test('whatever a file holds: no throw, and no key that is not in it is accepted, be it known or new', () => {
  let accepted = 0
  for (const { text, name, absent, present } of cases(7, 1000)) {
    writeFileSync(user, text, 'latin1')
    assert.is.not(verify(absent, { alias: name }).kind, 'accepted', JSON.stringify(text))
    const { kind } = verify(present, { alias: name })
    accepted += kind === 'accepted' ? 1 : 0
    if (kind === 'accepted') assert.match(text, present.blob.toString('base64').slice(0, 20))
  }
  assert.ok(accepted > 50, `${accepted} accepted: the sample would say nothing`)
})

test('a hashed name is found', () => {
  writeFileSync(user, `${hashedName('mx1')} ${one.text}\n`)
  assert.is(verify(one, {}).kind, 'accepted')
})

test.run()
