// The question with which keys a host signs, asked of files laid here: which key is in use by whatever words the
// configuration has, and that no secret of it leaves the host.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Answer } from '../../../src/core/probe/answer.ts'
import { ProbeError } from '../../../src/core/probe/probe.ts'
import { dkimKeysProbe } from '../../../src/signers/opendkim/keys/dkim-keys.ts'
import { keyOwnersProbe } from '../../../src/signers/opendkim/keys/key-owners-probe.ts'
import { signingFamily, type SigningItem } from '../../../src/signers/opendkim/setup/signing-family.ts'
import type { Signing } from '../../../src/signers/keys/signing.ts'
import { configurationOf, opendkimSetup, signingProbe } from '../../../src/signers/opendkim/setup/signing.ts'
import type { Script } from '../../../src/shell/script.ts'
import { suite } from '../../suite.ts'

const test = suite('probes/signing')
const root = realpathSync(mkdtempSync(join(tmpdir(), 'mailrun-signing-')))
test.after(() => rmSync(root, { recursive: true }))

const PEM = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' })

/** Files by path below a root of their own, `{R}` standing for it; `key` for a private key. */
function host(files: Readonly<Record<string, string>>): string {
  const at = mkdtempSync(join(root, 'h'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true })
    writeFileSync(join(at, path), text === 'key' ? PEM : text.replaceAll('{R}', at))
  }
  return at
}

const itemOf = (probe: { readonly question: object }): string => (probe.question as { readonly item: string }).item

/** As a trip asks it, of a daemon that was started with that configuration. */
function shell(question: string, at: string): Answer {
  const script = question
    .replace('@words = daemon_words();', `@words = qw(-x ${at}/opendkim.conf);`)
    .replaceAll('/var/lib/mailrun/opendkim', `${at}/activation`)
  assert.ok(script.includes(`qw(-x ${at}`))
  const stdout = execFileSync('sh', ['-c', script], { encoding: 'latin1' })
  return { code: 0, stdout, stderr: '' }
}
const ask = (at: string, items: readonly string[]): Answer => shell(signingFamily.script(items).text, at)

function signing(files: Readonly<Record<string, string>>, domain = 'example.org'): Signing & { readonly at: string } {
  const at = host(files)
  const probe = signingProbe({ domains: [domain], selector: 'mx1', directory: `${at}/dkimkeys` })
  const [answer] = signingFamily.split(ask(at, [itemOf(probe)]), [itemOf(probe)])
  return { ...probe.parse(answer!)[0]!, at }
}

const TABLES = 'KeyTable file:{R}/KeyTable\nSigningTable refile:{R}/SigningTable\nSocket local:/run/o.sock\n'
const USUAL = {
  'opendkim.conf': TABLES,
  KeyTable: 'k1 example.org:mail:{R}/k.pem\n',
  SigningTable: '*@example.org k1\n',
  'k.pem': 'key',
}
const RELATIVE = 'k1 example.org:mail:././k.pem\n'
const IN_USE: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['usual tables', USUAL],
  ['an included file', { ...USUAL, 'opendkim.conf': 'Socket local:/x\nInclude {R}/c', c: TABLES }],
  ['lines that end as on Windows', { ...USUAL, 'opendkim.conf': TABLES.replaceAll('\n', '\r\n') }],
  ['names in capitals', { ...USUAL, 'opendkim.conf': TABLES.replaceAll('Table ', 'TABLE ') }],
  ['a comment behind a key', { ...USUAL, KeyTable: '\tk1\texample.org:mail:{R}/k.pem\t# since 2023: main\n' }],
  ['a domain in capitals', { ...USUAL, KeyTable: 'k1 Example.ORG:mail:{R}/k.pem\n' }],
  ['a key for one address', { ...USUAL, SigningTable: 'info@example.org k1\n' }],
  ["the sender's domain", { ...USUAL, KeyTable: 'k1 %:mail:{R}/k.pem\n', SigningTable: '* k1\n' }],
  [
    'a path with the domain in it',
    { ...USUAL, KeyTable: 'k1 example.org:mail:{R}/%.pem\n', 'k.pem': '', 'example.org.pem': 'key' },
  ],
  [
    'a path with the domain in it, spelt as the table has it',
    { ...USUAL, KeyTable: 'k1 Example.ORG:mail:{R}/%.pem\n', 'k.pem': '', 'Example.ORG.pem': 'key' },
  ],
  [
    'names that sound like secrets',
    {
      ...USUAL,
      KeyTable: 'secret.k1 example.org:mail:{R}/k.pem\n',
      SigningTable: 'password@example.net secret.k1\n*@example.org secret.k1\n',
    },
  ],
  ['a key below BaseDirectory', { ...USUAL, 'opendkim.conf': `BaseDirectory {R}/\n${TABLES}`, KeyTable: RELATIVE }],
  [
    'KeyFile below BaseDirectory',
    { 'opendkim.conf': 'BaseDirectory {R}\nDomain example.org\nSelector mail\nKeyFile k.pem\nSocket local:/x\n' },
  ],
  ['a colon in a path', { ...USUAL, KeyTable: 'k1 example.org:mail:{R}/a:b/k.pem\n', 'a:b/k.pem': 'key' }],
  [
    'Domain as a file, and one key',
    {
      'opendkim.conf': 'Domain {R}/domains\nSelector mail\nKeyFile {R}/k.pem\nSocket local:/x\n',
      domains: 'example.net\nexample.org\n',
      'k.pem': 'key',
    },
  ],
]
for (const [what, files] of IN_USE)
  test(`${what}: the key in use is known`, () => {
    const { at, path, selector, inUse, key } = signing({ 'k.pem': 'key', ...files })
    const named = Object.keys(files).find((name) => /example\.org\.pem|\/k\.pem/i.test(name)) ?? 'k.pem'
    assert.equal([path.replace(at, ''), selector, inUse], [`/${named}`, 'mail', true])
    assert.is(key.kind, 'key')
    assert.match(key.kind === 'key' ? String(key.publicKey) : '', /^MIGf/)
  })

test('where none is in use, the first one is reported for, whatever it is', () => {
  const none = signing({ 'opendkim.conf': 'Socket local:/x\n' })
  assert.equal([none.selector, none.inUse, none.key, none.past], ['mx1', false, { kind: 'absent' }, undefined])
  const first = signing({ 'opendkim.conf': 'Socket local:/x\n', 'dkimkeys/example.org/mx1.private': 'key' })
  assert.equal([first.inUse, first.key.kind], [false, 'key'])
  const invalid = signing({ 'opendkim.conf': 'Socket local:/x\n', 'dkimkeys/example.org/mx1.private': 'no key' })
  assert.equal([invalid.inUse, invalid.key.kind], [false, 'invalid'])
})

test('where the key in use lies elsewhere, the directory of tables and first keys is reported for all the same', () => {
  const { path, directories, at } = signing({ ...USUAL, 'dkimkeys/KeyTable': '' })
  assert.is(path, `${at}/k.pem`)
  assert.ok(directories.some((each) => each.path === `${at}/dkimkeys`))
})

test('a key that is gone, and what its history says, are reported for', () => {
  const { past, at } = signing({
    ...USUAL,
    KeyTable: 'k1 example.org:mail:{R}/gone.pem\n',
    'dkimkeys/example.org/history': '# x\n1 keyed mx1\n2 active mx1\n3 revoked other\n',
  })
  assert.equal([past?.lost, past?.events], [{ selector: 'mail', path: `${at}/gone.pem` }, ['keyed', 'active']])
})

test('no private key and no password leaves the host', () => {
  const inline = String(PEM).replace(/-----.*-----|\s/g, '')
  const at = host({
    'opendkim.conf': `${TABLES}LDAPBindPassword hunter2\nPeerList dsn:mysql://u:hunter3@h/x\nMTA file:{R}/k.pem\n`,
    KeyTable: `k1 example.org:mail:${inline}\nk2 example.org:mail:hunter4\n`,
    SigningTable: '*@example.org k1\n',
    'k.pem': 'key',
  })
  const { stdout } = ask(at, [itemOf(opendkimSetup)])
  assert.not.match(stdout, /hunter|PRIVATE KEY/)
  assert.not.ok(stdout.includes(inline.slice(3, 40)))
  assert.match(stdout, `k1 example.org:mail:(key)${'.'.repeat(inline.length - 5)}\n`)
})

test('the keys of a domain are those beside it, of its history and of the tables in use', () => {
  const at = host({
    ...USUAL,
    KeyTable: 'k1 Example.ORG:mail:{R}/k.pem\nk2 %:all:{R}/%.pem\n',
    'example.org.pem': 'key',
    'old.pem': 'no key',
    'dkimkeys/example.org/mx1.private': 'key',
    'dkimkeys/example.org/history': '1 active old {R}/old.pem\n2 active gone {R}/gone.pem\n',
  })
  const probe = dkimKeysProbe(`${at}/dkimkeys`, ['example.org'])
  const script = (probe.question as { readonly script: Script }).script.text
  const { keys } = probe.parse(shell(script, at))
  assert.equal(
    keys.map(({ selector, path, publicKey }) => [selector, path.replace(at, ''), publicKey !== undefined]),
    [
      ['mx1', '/dkimkeys/example.org/mx1.private', true],
      ['old', '/old.pem', false],
      ['mail', '/k.pem', true],
      ['all', '/example.org.pem', true],
    ],
  )
})

test('a FIFO of the daemon in the place of its PID file holds up nobody', () => {
  const at = host(USUAL)
  execFileSync('mkfifo', [`${at}/opendkim.pid`])
  const script = signingFamily
    .script([itemOf(opendkimSetup)])
    .text.replaceAll('/sys/fs/cgroup', `${at}/none`)
    .replaceAll('/run/opendkim/opendkim.pid', `${at}/opendkim.pid`)
  assert.match(execFileSync('sh', { input: script, encoding: 'latin1', timeout: 20_000 }), /\nend\n$/)
})

test('where OpenDKIM listened before an activation that did not end is reported, by all that it read', () => {
  const setupOf = (files: Readonly<Record<string, string>>) => {
    const [answer] = signingFamily.split(ask(host({ ...USUAL, ...files }), [itemOf(opendkimSetup)]), [
      itemOf(opendkimSetup),
    ])
    return opendkimSetup.parse(answer!)
  }
  assert.is(setupOf({}).formerSocket, undefined)
  const former = setupOf({
    'activation/old/opendkim.conf': 'Socket local:/a\nInclude {R}/socket\n',
    socket: 'sOcKeT inet:8891@localhost\r\n',
  })
  assert.is(former.formerSocket, 'inet:8891@localhost')
  assert.is(configurationOf(former)?.socket, 'local:/run/o.sock')
  assert.is(configurationOf(former)?.signing.length, 1)
  assert.is(setupOf({ 'activation/old/KeyTable': '' }).formerSocket, '')
})

test('an answer that is cut short is an error', () => {
  const items = [itemOf(opendkimSetup), itemOf(keyOwnersProbe(['/etc']))]
  const answer = ask(host(USUAL), items)
  const [setup] = signingFamily.split(answer, items)
  assert.is(configurationOf(opendkimSetup.parse(setup!))?.signing.length, 1)
  for (let at = 0; at < answer.stdout.length; at += 7)
    assert.throws(
      () => signingFamily.split({ ...answer, stdout: answer.stdout.slice(0, at) }, items),
      (error: unknown) => error instanceof ProbeError,
    )
})

test('links are read where root alone made them, and a table of a thousand domains is read once', () => {
  const domains = Array.from({ length: 1000 }, (_, index) => `d${index}.example`)
  const at = host({
    ...USUAL,
    KeyTable: domains.map((each) => `${each} ${each}:s:{R}/k.pem\n`).join(''),
    real: domains.map((each) => `*@${each} ${each}\n`).join(''),
  })
  rmSync(join(at, 'SigningTable'))
  symlinkSync('real', join(at, 'SigningTable'))
  const item: SigningItem = domains.map((each) => [each, 'mx1', `${at}/dkimkeys/${each}/mx1.private`, 'first'])
  const [answer] = signingFamily.split(ask(at, [JSON.stringify(item)]), [JSON.stringify(item)])
  const reported = JSON.parse(answer!.stdout) as readonly Signing[]
  assert.ok(reported.every(({ inUse }) => inUse))
  assert.ok(readFileSync(join(at, 'real')).length > 0)
})

test.run()
