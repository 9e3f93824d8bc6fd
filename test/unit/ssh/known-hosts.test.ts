// known_hosts files: which lines name a host, and which keys can be read.
import * as assert from 'uvu/assert'
import { canonicalAddress, knownHostsName } from '../../../src/ssh/host-keys/host-name.ts'
import { hashedName, keysFor, parseKnownHosts } from '../../../src/ssh/host-keys/known-hosts.ts'
import { fingerprint, parsePublicKey, readPublicKey } from '../../../src/ssh/login-keys/public-key.ts'
import { wireMpint, wireString } from '../../../src/ssh/login-keys/wire.ts'
import { lowerAscii, matchesPattern, matchPatternList } from '../../../src/text/openssh-pattern.ts'
import { cases } from '../../fuzz/known-hosts.ts'
import { ecdsaKey, ed25519Key, rsaKey, testKey } from '../../host-keys.ts'
import { suite } from '../../suite.ts'

const test = suite('known_hosts')

const key = ed25519Key('one')
const linesFor = (text: string, name: string): readonly number[] =>
  keysFor(parseKnownHosts(text, 'f'), name).map(({ line }) => line)

test("a pattern knows * and ? only, and is the whole text's", () => {
  for (const [text, pattern] of [
    ['', ''],
    ['', '*'],
    ['a', '?'],
    ['abc', 'a*c'],
    ['abc', '*'],
    ['a[b]c', 'a[b]*'],
    ['aXbXc', '*X*X?'],
    ['abab', '*ab'],
    ['ab', 'a**b'],
  ] as const)
    assert.ok(matchesPattern(text, pattern), `${text} ${pattern}`)
  for (const [text, pattern] of [
    ['a', ''],
    ['', '?'],
    ['abc', 'ab'],
    ['abc', 'bc'],
    ['b', '[ab]'],
    ['a.b', 'a?'],
    ['A', 'a'],
    ['aXc', '*X*X*'],
    ['x', '?*?'],
  ] as const)
    assert.not.ok(matchesPattern(text, pattern), `${text} ${pattern}`)
})

test('many stars take no time that grows with their number', () => {
  const began = performance.now()
  for (let round = 0; round < 20; round += 1) assert.not.ok(matchesPattern('a'.repeat(1000), `${'*a'.repeat(500)}b`))
  assert.ok(performance.now() - began < 5000, 'a backtracking matcher would not end in a lifetime')
})

test('in a list an excluded name wins, and too long a pattern spoils the list', () => {
  assert.is(matchPatternList('mx1', 'mx?,!mx1'), 'excluded')
  assert.is(matchPatternList('mx2', 'mx?,!mx1'), 'match')
  assert.is(matchPatternList('mx1', '!mx1'), 'excluded')
  assert.is(matchPatternList('mx1', ',,mx1,'), 'match')
  assert.is(matchPatternList('mx1', 'mx9'), 'none')
  assert.is(matchPatternList('mx1', `mx1,${'x'.repeat(1023)}`), 'none')
  assert.is(matchPatternList('mx1', `mx1,${'x'.repeat(1022)}`), 'match')
  assert.is(lowerAscii('MXÄ'), 'mxÄ')
})

test('addresses are looked up in the one spelling that getnameinfo gives them', () => {
  const spelt = {
    '2001:DB8:0:0:0:0:0:1': '2001:db8::1',
    '::0001': '::1',
    '0:0:0:0:0:0:0:0': '::',
    '::FFFF:10.0.0.5': '::ffff:10.0.0.5',
    '::ffff:a00:5': '::ffff:10.0.0.5',
    '::1.2.3.4': '::1.2.3.4',
    '1:0:0:2:0:0:0:3': '1:0:0:2::3',
    '127.1': '127.0.0.1',
    '010.0.0.5': '8.0.0.5',
    '0x7f.1': '127.0.0.1',
    '256.1.1.1': '256.1.1.1',
    '1.2.3.4.': '1.2.3.4.',
    mx1: 'mx1',
    'fe80::1%eth0': 'fe80::1%eth0',
  }
  for (const [from, to] of Object.entries(spelt)) assert.is(canonicalAddress(from), to, from)
  assert.is(knownHostsName('MX1.Example.ORG', 22), 'mx1.example.org')
  assert.is(knownHostsName('2001:DB8:0::1', 2222), '[2001:db8::1]:2222')
})

test('lists, case, ports, wildcards and hashes name a host; comments, empty lines and other names do not', () => {
  const text = [
    `mx1,mx2 ${key.text}`,
    '# mx1',
    '',
    `  MX1\t${key.text} a comment`,
    `[mx1]:22 ${key.text}`,
    `${hashedName('mx1')} ${key.text}`,
    `m* ${key.text}`,
    `*,!mx1 ${key.text}`,
    `mx11 ${key.text}`,
    `#mx1 ${key.text}`,
  ].join('\n')
  assert.equal(linesFor(text, 'mx1'), [1, 4, 6, 7])
  assert.equal(linesFor(text, 'MX2'), [1, 7, 8])
  assert.equal(linesFor(`[mx1]:2222 ${key.text}`, '[mx1]:2222'), [1])
})

test('a line that names a host twice counts once; the same line twice counts twice', () => {
  assert.equal(linesFor(`mx1,mx1,MX1 ${key.text}\nmx1 ${key.text}`, 'mx1'), [1, 2])
})

test('each hashed name is found among others, in any order, and again', () => {
  const names = ['mx1', 'mx2', '[mx1]:2222', 'mx3']
  const known = parseKnownHosts([...names, 'mx2'].map((name) => `${hashedName(name)} ${key.text}`).join('\n'), 'f')
  const lines = (name: string): readonly number[] => keysFor(known, name).map(({ line }) => line)
  for (const name of ['mx2', 'mx4', 'mx1', 'mx2', 'mx4', '[mx1]:2222', 'mx3', 'mx1']) {
    assert.equal(lines(name), { mx1: [1], mx2: [2, 5], '[mx1]:2222': [3], mx3: [4] }[name] ?? [], name)
  }
})

test("a hash in another spelling than base64 has, of another salt length, or in a list is nobody's", () => {
  const [, , salt, digest] = hashedName('mx1').split('|')
  for (const hosts of [
    `|1|${salt!.slice(0, -1)}|${digest}`,
    `|2|${salt}|${digest}`,
    `|1|${salt}|${digest},mx1`,
    `|1||${digest}`,
    '|1|',
    '|',
    `|1|${Buffer.alloc(19).toString('base64')}|${digest}`,
  ])
    assert.equal(linesFor(`${hosts} ${key.text}`, 'mx1'), [], hosts)
})

test('markers: two known ones, once; any other spoils its line', () => {
  const found = keysFor(
    parseKnownHosts(
      `@revoked mx1 ${key.text}\n` +
        `@cert-authority * ${key.text}\n` +
        `@other mx1 ${key.text}\n` +
        `@revoked @revoked mx1 ${key.text}\n` +
        `@REVOKED mx1 ${key.text}\n` +
        `@revoked\tmx1 ${key.text}`,
      'f',
    ),
    'mx1',
  )
  assert.equal(
    found.map(({ line, marker }) => [line, marker]),
    [
      [1, 'revoked'],
      [2, 'cert-authority'],
      [6, 'revoked'],
    ],
  )
})

test('Windows line ends do no harm, a carriage return in a name does; a NUL ends a line', () => {
  assert.equal(
    linesFor(`mx1 ${key.text}\r\nmx1\r ${key.text}\r\nmx1 ${key.text}\0mx1\nmx1\0 ${key.text}\n`, 'mx1'),
    [1, 3],
  )
})

test('keys that cannot be read, or are of another type than their line says, are passed over', () => {
  const base64 = key.blob.toString('base64')
  const wrong = [
    'ssh-ed25519',
    `ssh-ed25519 ${base64.slice(0, -4)}`,
    `ssh-ed25519 ${base64}AAAA`,
    `ssh-rsa ${base64}`,
    `ecdsa-sha2-nistp256 ${base64}`,
    `ssh-ed25519 ${base64.slice(0, -1)}-`,
    'ssh-ed25519 AAAA',
    '1024 35 1234567',
    `SSH-ED25519 ${base64}`,
  ]
  for (const each of wrong) assert.equal(linesFor(`mx1 ${each}`, 'mx1'), [], each)
})

test('ECDSA keys must lie on their curve', () => {
  const good = ecdsaKey()
  assert.is(parsePublicKey(good.type, good.blob.toString('base64'))?.type, 'ecdsa-sha2-nistp256')
  const off = Buffer.from(good.blob)
  off[off.length - 1]! ^= 1
  assert.is(readPublicKey(off), undefined)
})

test('RSA keys have one spelling, whatever leading zeros and names they came with, and 1024 bits at least', () => {
  const good = rsaKey(1024)
  assert.is(readPublicKey(good.blob)?.type, 'ssh-rsa')
  const modulus = good.blob.subarray(good.blob.length - 129)
  const padded = testKey(
    'ssh-rsa',
    wireMpint(Buffer.of(1, 0, 1)),
    wireString(Buffer.concat([Buffer.of(0, 0), modulus])),
  )
  assert.ok(readPublicKey(padded.blob)!.blob.equals(good.blob))
  assert.ok(parsePublicKey('rsa-sha2-512', good.blob.toString('base64'))!.blob.equals(good.blob))
  assert.is(
    readPublicKey(testKey('ssh-rsa', wireMpint(Buffer.of(1, 0, 1)), wireMpint(Buffer.alloc(127, 0xff))).blob),
    undefined,
  )
  assert.is(
    readPublicKey(testKey('ssh-rsa', wireMpint(Buffer.of(1, 0, 1)), wireString(Buffer.alloc(128, 0xff))).blob),
    undefined,
    'negative',
  )
})

test("fingerprints are OpenSSH's", () => {
  const known = parsePublicKey('ssh-ed25519', 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl')!
  assert.is(fingerprint(known), 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
})

test('a host among 20,000 is found in no time that grows with them', () => {
  const known = parseKnownHosts(Array.from({ length: 20000 }, (_, index) => `mx${index} ${key.text}`).join('\n'), 'f')
  const began = performance.now()
  for (let index = 0; index < 2000; index += 1) assert.is(keysFor(known, `mx${index}`).length, 1)
  assert.ok(performance.now() - began < 10000)
})

test('whatever a file holds, it can be read, and no key that is not in it is found', () => {
  let found = 0
  for (const { text, name, absent } of cases(20240601, 3000)) {
    const keys = keysFor(parseKnownHosts(text, 'fuzz'), name)
    found += keys.length
    assert.not.ok(
      keys.some(({ blob }) => blob.equals(absent.blob)),
      JSON.stringify(text),
    )
    for (const { blob } of keys)
      assert.ok(text.replace(/[\r\v\f]/g, '').includes(blob.toString('base64')), JSON.stringify(text))
  }
  assert.ok(found > 500, `${found} keys found: the sample would say nothing`)
})

test.run()
