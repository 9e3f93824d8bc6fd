// What OpenDKIM's configuration says: settings, options, includes, what is not understood, what is refused.
import * as assert from 'uvu/assert'
import {
  opendkimConfiguration,
  placeText,
  signaturesOf,
  type FileText,
} from '../../../src/signers/opendkim/configuration/index.ts'
import type { OpendkimConfiguration } from '../../../src/signers/opendkim/configuration/index.ts'
import { suite } from '../../suite.ts'

const test = suite('signers/configuration')

const text = (reported: string): FileText => ({ kind: 'text', text: reported })

/** @param files - by path; the configuration is /etc/opendkim.conf, with a socket. */
function read(
  conf: string,
  files: Readonly<Record<string, FileText>> = {},
  words: readonly string[] = ['-p', 'local:/s'],
): OpendkimConfiguration {
  return opendkimConfiguration({
    words,
    files: new Map(Object.entries({ '/etc/opendkim.conf': text(conf), ...files })),
  })
}

/** What is not understood: `refused at /etc/opendkim.conf:1: …`. */
const doubts = (configuration: OpendkimConfiguration): readonly string[] =>
  configuration.notUnderstood.map(
    ({ what, place, refused }) => `${refused ? 'refused' : 'unknown'} at ${placeText(place)}: ${what}`,
  )

const TABLES = 'KeyTable file:/K\nSigningTable refile:/S\n'
const FILES = { '/K': text('k a.example:s:/key\n'), '/S': text('*@a.example k\n') }

test('of a setting that stands several times the last counts, in the order of includes', () => {
  const configuration = read(
    `Mode v\nInclude /b\nMode s\n${TABLES}`,
    { ...FILES, '/b': text('UserID b\nSocket local:/b\n') },
    [],
  )
  assert.is(configuration.settings.get('mode')?.value, 's')
  assert.is(configuration.socket, 'local:/b')
  assert.is(configuration.userId, 'b')
  assert.equal(
    configuration.lines.map(({ name, depth, ...place }) => `${name} ${depth} ${placeText(place)}`).slice(0, 4),
    ['Mode 0 /etc/opendkim.conf:1', 'UserID 1 /b:1', 'Socket 1 /b:2', 'Mode 0 /etc/opendkim.conf:3'],
  )
})

test('an option counts before the setting', () => {
  const words = ['-x', '/c', '-p', 'inet:8891', '-u', 'o', '-fd', 'b.example', '-sother', '-k', '/key']
  const configuration = read('', { '/c': text('Socket local:/s\nUserID x\nDomain a.example\nSelector s\n') }, words)
  assert.equal(doubts(configuration), [])
  assert.is(configuration.path, '/c')
  assert.is(configuration.socket, 'inet:8891')
  assert.is(configuration.userId, 'o')
  assert.equal(signaturesOf(configuration, 'a@b.example'), [
    { domain: 'b.example', selector: 'other', identity: undefined, key: '/key' },
  ])
  assert.equal(signaturesOf(configuration, 'a@a.example'), [])
})

test('a host without a configuration signs nobody, and nothing is unknown', () => {
  const configuration = opendkimConfiguration({
    words: [],
    files: new Map([['/etc/opendkim.conf', { kind: 'absent' }]]),
  })
  assert.equal(doubts(configuration), [])
  assert.equal(signaturesOf(configuration, 'a@a.example'), [])
})

test('what asks somebody else, or could not be read, is unknown, and said so', () => {
  for (const type of ['db:/x', 'dsn:mysql://x', 'ldap://x', 'lua:/x', 'memcache:x/y', '/x.db'])
    assert.match(
      doubts(read(`${TABLES}SigningTable ${type}\n`, FILES))[0]!,
      /^unknown at .*:3: SigningTable is a data set/,
    )
  const reported = (file: FileText): readonly string[] => doubts(read(TABLES, { ...FILES, '/S': file }))
  assert.equal(reported({ kind: 'cut' }), ['unknown at /etc/opendkim.conf:2: /S is larger than what is read'])
  assert.equal(reported({ kind: 'other' }), ['unknown at /etc/opendkim.conf:2: /S is no file'])
  assert.equal(reported({ kind: 'unreadable', why: 'EIO' }), [
    'unknown at /etc/opendkim.conf:2: /S could not be read: EIO',
  ])
  assert.match(doubts(read(`${TABLES}SetupPolicyScript /x\n`, FILES))[0]!, /^unknown at .*:3: SetupPolicyScript/)
  assert.equal(signaturesOf(read(TABLES, { ...FILES, '/S': { kind: 'cut' } }), 'a@a.example'), {
    unknown: '/S is larger than what is read (/etc/opendkim.conf:2)',
  })
})

test('with what the daemon does not start, it is said where and why', () => {
  const cases: Readonly<Record<string, RegExp>> = {
    'NoSuch yes': /:1: it knows no setting "NoSuch"$/,
    'Syslog maybe': /:1: Syslog has a value that is neither yes nor no$/,
    'UMask 08': /:1: UMask has a value that is no number$/,
    'Selector # x': /:1: Selector has no value$/,
    'Mode x': /:1: Mode cannot be "x"$/,
    'Include /etc/opendkim.conf': /:1: files include each other more than 5 deep$/,
    'Include /gone': /:1: \/gone is not there$/,
    'ExemptDomains nis:x': /:1: ExemptDomains names a data set of a type that Debian's OpenDKIM does not have, nis:$/,
    'SigningTable x=y': /:1: SigningTable needs a KeyTable$/,
    'KeyTable x=y': /: KeyTable needs a SigningTable$/,
    'Selector s': /:1: KeyFile and Selector need each other$/,
    'Domain a.example': /:1: Domain needs KeyFile and Selector$/,
  }
  for (const [line, wanted] of Object.entries(cases)) {
    const configuration = read(line, { '/gone': { kind: 'absent' } })
    assert.match(doubts(configuration)[0]!, wanted, line)
    assert.ok(doubts(configuration)[0]!.startsWith('refused'), line)
    assert.match(JSON.stringify(signaturesOf(configuration, 'a@a.example')), /"fails":"OpenDKIM does not start/)
  }
  assert.equal(doubts(read('', {}, [])), ['refused at /etc/opendkim.conf: it has no Socket'])
  assert.match(doubts(read('', {}, ['-z']))[0]!, /^refused at -z: it has no option -z$/)
})

test('a key that a SigningTable names first, with a signer, must be there at the start', () => {
  const dangling = (line: string): readonly string[] =>
    doubts(read('KeyTable /K\nSigningTable /S\n', { ...FILES, '/S': text(line) }))
  assert.equal(dangling('a.example none:x@a.example\n'), ['refused at /S:1: the KeyTable has no whole key "none"'])
  assert.equal(dangling('a.example none\n'), [])
})

test('a line of a table that is longer than 1023 bytes is several', () => {
  const comment = `*@a.example k #${'x'.repeat(1010)}\n`
  const configuration = read(TABLES, { ...FILES, '/S': text(comment) })
  assert.equal(
    configuration.signing.map(({ pattern }) => pattern),
    ['*@a.example'],
  )
  // What is left of the comment is a line of its own.
  assert.equal(
    configuration.idle.map(({ written, place }) => `${written} ${placeText(place)}`),
    ['xx /S:1'],
  )
})

test.run()
