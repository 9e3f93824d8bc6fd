// A host that was taken over says what it likes of its addresses and keys, before real BIND: what it says is its own
// fault, DNS keeps what it has, and all of the other host goes on. Has a lab of its own.
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { MAIN, project, ROOT, type Ended, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('claims')
const lab = await import('../../lab/index.ts')
const test = suite('lab: what a taken host claims of addresses and keys')
const MAIL_AUTH = join(ROOT, 'playbooks/mail-auth.ts')
const DKIM = join(ROOT, 'playbooks/dkim.ts')

let here: Project
let dns: Awaited<ReturnType<typeof lab.dns>>

const mailrun = (...words: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...words, '-i', 'lab.yaml', '-i', 'over.yaml'],
      { cwd: here.folder, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })
const ended = async (code: number, ...words: readonly string[]): Promise<string> => {
  const { code: is, stdout, stderr } = await mailrun(...words)
  assert.is(is, code, `${words.join(' ')}\n${stdout}${stderr}`)
  return stdout + stderr
}
/** JSON is YAML. */
const over = (hosts: Readonly<Record<string, object>>): void =>
  writeFileSync(
    join(here.folder, 'over.yaml'),
    JSON.stringify({ mail: { vars: { dmarc: { p: 'none', rua: 'dmarc@fleet.test' }, dns_ttl: 5 }, hosts } }),
  )
const served = (name: string): Promise<string> =>
  inHost('resolver', `dig +short +norecurse @${dns.primary} '${name}' TXT`)
const NAMES = ['mx1._domainkey.fleet.test', 'mx1._domainkey.example.test', 'fleet.test', 'example.test'] as const
const allServed = (): Promise<readonly string[]> => Promise.all(NAMES.map(served))

/** Something of the other host that is to be done, so that it shows whether that goes on. */
const OTHERS = 'mx2._domainkey.example.test'
const takeOthersRecord = (): Promise<void> => lab.dnsUpdate([`update delete ${OTHERS}. TXT`])
const othersKey = (): Promise<string> =>
  inHost('mx2', "openssl pkey -in /etc/dkimkeys/example.test/mx2.private -pubout | sed '/-----/d' | tr -d '\\n'")
const servedKey = async (name: string): Promise<string> =>
  (await served(name)).replace(/[" ]/g, '').split('p=')[1] ?? ''

/** What stands in the place of a program of the host, for root. */
const inPlaceOf = (program: string, script: string): Promise<string> =>
  inHost(
    'mx1',
    `echo ${Buffer.from(script).toString('base64')} | base64 -d > /usr/local/bin/${program}
chmod 0755 /usr/local/bin/${program}`,
  )
/** The words of `ip route get`, by family, from two files. */
const IP = String.raw`#!/bin/sh
case "$*" in
*'route get'*)
  [ ! -s "/etc/src$1" ] || printf '198.41.0.4 via 10.0.0.1 dev host0 src %s uid 0 \\    cache\n' "$(cat "/etc/src$1")";;
*) exec /usr/sbin/ip "$@";;
esac
`
/** With the public half of every key, whatever it is asked for. */
const OPENSSL = String.raw`#!/bin/sh
case "$*" in
*-pubout*) cat /etc/reported.pem;;
*) exec /usr/bin/openssl "$@";;
esac
`
/** A key with words before it is one that openssl is asked about. */
const WORDS_BEFORE_KEYS = "sed -i '1i Bag Attributes' /etc/dkimkeys/*/*.private"
const NO_WORDS_BEFORE_KEYS = 'sed -i 1d /etc/dkimkeys/*/*.private'
const says = (four: string, six: string): Promise<string> =>
  inHost('mx1', `base64 -d > /etc/src-4 <<'E'\n${base64(four)}\nE\nbase64 -d > /etc/src-6 <<'E'\n${base64(six)}\nE`)
const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')

const [FOUR, SIX] = ['203.0.113.7', '2001:db8::7']

test.before(async () => {
  here = project({})
  await lab.labUp({ size: 2, tools: false, internet: true, wire: undefined })
  dns = await lab.dns()
  // mx1 stands first; its addresses are what it says.
  const inventory = readFileSync(lab.inventoryPath, 'utf8').replace(/^ +outgoing_addresses: .*\n/m, '')
  writeFileSync(join(here.folder, 'lab.yaml'), inventory)
  over({})
  await inPlaceOf('ip', IP)
  await says(FOUR, SIX)
  await ended(0, MAIL_AUTH)
  assert.match(await served('fleet.test'), `ip4:${FOUR} ip6:${SIX}`)
})
test.after(async () => {
  here.remove()
  await lab.labDown()
})

/** What it says of its addresses, and what is reported for that. */
const ADDRESSES: readonly (readonly [four: string, six: string, reported: string])[] = [
  ['0.0.0.0/0', SIX, '0.0.0.0/0 is no address'],
  ['evil', SIX, 'evil is no address'],
  [`${FOUR}/32`, SIX, `${FOUR}/32 is no address`],
  [`${FOUR},0.0.0.0/0`, '', 'is no address'],
  ['+all', '', '+all is no address'],
  ['\u001b[2J', '', 'is no address'],
  ['9'.repeat(70_000), SIX, 'is no address'],
  ['0.0.0.0', SIX, 'unspecified'],
  ['127.0.0.1', SIX, 'loopback'],
  ['224.0.0.5', SIX, 'multicast'],
  ['255.255.255.255', SIX, 'reserved'],
  ['10.9.9.9', SIX, 'sends from 10.9.9.9, which is not its address outside'],
  ['169.254.7.7', SIX, 'sends from 169.254.7.7, which is not its address outside'],
  [FOUR, '::/0', '::/0 is no address'],
  [FOUR, 'ff02::1', 'multicast'],
  [FOUR, '::ffff:203.0.113.7', 'reserved'],
  [FOUR, '2002:cb00:7107::1', 'for the protocol itself'],
  [FOUR, 'fd00::7', 'sends from fd00::7, which is not its address outside'],
  ['', 'fe80::7', 'has no route to the world'],
  ['', '', 'has no route to the world'],
]

test('addresses that none can have: SPF keeps what it has, and the other host goes on', async () => {
  const before = await allServed()
  for (const [four, six, reported] of ADDRESSES) {
    await says(four, six)
    await takeOthersRecord()
    const pushed = await ended(3, 'dns', 'push', '--yes')
    assert.match(pushed, /error spf-sender-unknown: mx1 /, `${four} ${six}`)
    assert.match(pushed, reported)
    assert.match(pushed, `pushed  ${OTHERS} TXT`)
    assert.not.match(pushed, /\u001b|TypeError|\bbug\b/)
    assert.equal(await allServed(), before, `${four} ${six}`)
    assert.is(await servedKey(OTHERS), await othersKey())
  }
  await says(FOUR, SIX)
})

test('several at once, and an address of the link beside a good one: the first of a family counts, alone', async () => {
  const before = await allServed()
  for (const [four, six] of [
    [`${FOUR} src 0.0.0.0/0`, SIX],
    [FOUR, `${SIX} via fe80::1 src ::/0`],
    [FOUR, 'fe80::7'],
  ] as const) {
    await says(four, six)
    await ended(0, 'dns', 'push', '--yes')
    assert.equal(await allServed(), before, `${four} ${six}`)
  }
  await says(FOUR, SIX)
})

test('a run, verify, audit and rotate go on beside a host that says 0.0.0.0/0 or evil', async () => {
  const before = await allServed()
  for (const address of ['0.0.0.0/0', 'evil']) {
    await says(address, '')
    await takeOthersRecord()
    const run = await mailrun(MAIL_AUTH)
    assert.is(run.code, 3, run.stdout + run.stderr)
    assert.match(run.stdout + run.stderr, 'spf-sender-unknown')
    assert.match(run.stdout, /^ +mx2 +ok /m)
    assert.is(await servedKey(OTHERS), await othersKey())
    for (const words of [['dns', 'verify'], ['verify'], ['audit'], ['rotate']]) {
      const { code, stdout, stderr } = await mailrun(...words)
      assert.not.ok([1, 130, null].includes(code), `${words.join(' ')}: ${code}\n${stdout}${stderr}`)
      assert.not.match(stdout + stderr, /TypeError|\bbug\b/)
    }
    assert.match(await ended(3, 'dns', 'verify'), 'spf-sender-unknown')
    assert.match((await mailrun('verify')).stdout, 'mx2')
    assert.equal(await allServed(), before)
  }
  await says(FOUR, SIX)
})

const pemOf = (base: string): string =>
  `-----BEGIN PUBLIC KEY-----\n${base.replace(/.{64}/g, '$&\n')}\n-----END PUBLIC KEY-----\n`
const spki = (kind: 'ed25519' | 'x25519' | 'ed448'): string => {
  const made = {
    ed25519: generateKeyPairSync('ed25519'),
    x25519: generateKeyPairSync('x25519'),
    ed448: generateKeyPairSync('ed448'),
  }
  return made[kind].publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
}
const rsa = (modulusLength: number): string =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
const longer = (key: string): string => Buffer.concat([Buffer.from(key, 'base64'), Buffer.alloc(9)]).toString('base64')

/** What it says is the public half of its keys, and what is reported for that. */
const UNFIT: readonly (readonly [what: string, key: string, reported: string])[] = [
  ['70,000 bytes', Buffer.alloc(52_500, 1).toString('base64'), 'has 70000 characters, and 800 are the most'],
  ['RSA of 512 bits', rsa(512), 'has 512 bits, and 1024 to 4096 are wanted'],
  ['RSA of 8192 bits', rsa(8192), 'are the most'],
  ['garbage', 'aGVsbG8sIHdvcmxk', 'is no SubjectPublicKeyInfo'],
  ['a key that was cut short', rsa(2048).slice(0, 200), 'is no SubjectPublicKeyInfo'],
  ['a key with more behind it', longer(rsa(2048)), 'has more than a key in it'],
  ['Ed25519 with more behind it', longer(spki('ed25519')), 'has more than a key in it'],
  ['X25519', spki('x25519'), 'is of the type x25519'],
  ['Ed448', spki('ed448'), 'is of the type ed448'],
]

test('public keys that no verifier uses: none is published, whether DNS has a key there or not', async () => {
  const before = await allServed()
  await inPlaceOf('openssl', OPENSSL)
  await inHost('mx1', WORDS_BEFORE_KEYS)
  for (const [what, key, reported] of UNFIT) {
    await inHost('mx1', `base64 -d > /etc/reported.pem <<'E'\n${base64(pemOf(key))}\nE`)
    for (const isThere of what === 'garbage' ? [true, false] : [false]) {
      await takeOthersRecord()
      if (!isThere) await lab.dnsUpdate([`update delete ${NAMES[0]}. TXT`])
      const pushed = await ended(3, 'dns', 'push', '--yes')
      assert.match(pushed, `error dkim-unfit-key: mx1 has a key for ${NAMES[0]} that is not published`, what)
      assert.match(pushed, reported, what)
      assert.match(pushed, `pushed  ${OTHERS} TXT`, what)
      assert.is(await served(NAMES[0]), isThere ? before[0] : '', what)
    }
    await lab.dnsUpdate([`update add ${NAMES[0]}. 5 TXT ${before[0]!}`])
  }
  const run = await ended(3, MAIL_AUTH)
  assert.match(run, /^ +mx2 +ok /m)
  const audited = await mailrun('audit')
  assert.match(audited.stdout, 'dkim-unfit-key')
  assert.match(audited.stdout, 'mx2')
  assert.equal(await allServed(), before)
})

test('a good key, Ed25519 or RSA, that is another than DNS has: it replaces nothing', async () => {
  const before = await allServed()
  for (const [key, reported] of [
    [spki('ed25519'), 'OpenDKIM signs with RSA keys only'],
    [rsa(2048), 'DNS has something else there, which no push replaces unasked'],
  ] as const) {
    await inHost('mx1', `base64 -d > /etc/reported.pem <<'E'\n${base64(pemOf(key))}\nE`)
    await takeOthersRecord()
    const pushed = await ended(3, 'dns', 'push', '--yes')
    assert.match(pushed, `${NAMES[0]} TXT: cannot be put there: DNS serves another key there`)
    assert.match(pushed, `pushed  ${OTHERS} TXT`)
    await takeOthersRecord()
    const run = await ended(3, MAIL_AUTH)
    assert.match(run, reported)
    assert.not.match(run, 'publish it ("mailrun dns push")')
    assert.match(run, /^ +mx2 +ok /m)
    assert.is(await servedKey(OTHERS), await othersKey())
    assert.equal(await allServed(), before)
  }
  await inHost('mx1', `rm /usr/local/bin/openssl; ${NO_WORDS_BEFORE_KEYS}`)
  await ended(0, MAIL_AUTH)
})

const signsWith = (selector: string, host: string): string => `tar -C /etc -cf /root/tables.tar dkimkeys
sed -i 's|example.test:${host}:|example.test:${selector}:|' /etc/dkimkeys/KeyTable`

test('two hosts with different keys at one selector that both are given: neither is published', async () => {
  const before = await allServed()
  over({ mx1: { dkim_selectors: ['both'] }, mx2: { dkim_selectors: ['both'] } })
  for (const host of ['mx1', 'mx2']) await inHost(host, signsWith('both', host))
  const pushed = await ended(3, 'dns', 'push', '--yes')
  assert.match(pushed, 'error dkim-rival-keys: both._domainkey.example.test is the selector of mx1 and mx2')
  assert.is(await served('both._domainkey.example.test'), '')
  assert.equal(await allServed(), before)
  for (const host of ['mx1', 'mx2']) await inHost(host, 'tar -C /etc -xf /root/tables.tar')
  over({})
  await ended(0, 'dns', 'push', '--yes')
})

test('playbooks/dkim.ts prints the records of its own selectors alone, and tells the others', async () => {
  for (const selector of ['google', 'mx2', '*', 'mx2-20270301']) {
    await inHost('mx1', signsWith(selector, 'mx1'))
    const { code, stdout, stderr } = await mailrun(DKIM, '-l', 'mx1', '--verbose')
    assert.is(code, 0, stdout + stderr)
    assert.not.ok(stdout.includes(`\n${selector}._domainkey.example.test. IN TXT`), stdout)
    assert.match(stdout, '\nmx1._domainkey.fleet.test. IN TXT')
    assert.match(stdout, `selector-foreign: the host signs for example.test with the selector`, selector)
    await inHost('mx1', 'tar -C /etc -xf /root/tables.tar')
  }
})

test.run()
