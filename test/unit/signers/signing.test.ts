// Who is signed how by tables and domains, which lines sign, and by which addresses configurations are compared.
import * as assert from 'uvu/assert'
import {
  isSigned,
  opendkimConfiguration,
  signaturesOf,
  signedPatterns,
  witnessesOf,
  type FileText,
  type OpendkimConfiguration,
} from '../../../src/signers/opendkim/configuration/index.ts'
import { suite } from '../../suite.ts'

const test = suite('signers/signing')

function tables(type: string, signing: string, keys: string, more = ''): OpendkimConfiguration {
  const conf = `Socket local:/s\nKeyTable file:/K\nSigningTable ${type}:/S\n${more}`
  const files = { '/etc/opendkim.conf': conf, '/K': keys, '/S': signing }
  return opendkimConfiguration({
    words: [],
    files: new Map(Object.entries(files).map(([path, text]): [string, FileText] => [path, { kind: 'text', text }])),
  })
}

/** `a.example/s`, `fails` or nothing. */
function reported(configuration: OpendkimConfiguration, sender: string): string {
  const how = signaturesOf(configuration, sender)
  if (!isSigned(how)) return 'fails' in how ? 'fails' : how.unknown
  return how.map(({ domain, selector, identity }) => [domain, selector, identity].filter(Boolean).join('/')).join(' ')
}

const KEYS = ['1', '2', '3', '4'].map((n) => `k${n} a.example:s${n}:/keys/%/${n}\n`).join('')

test('a file is looked up from the address to the star, whatever its order', () => {
  const lines = '* k4\n.a.example k3\na.example k2\ninfo@a.example k1\ninfo@.a.example k2\n'
  const configuration = tables('file', lines, KEYS)
  assert.is(reported(configuration, 'info@a.example'), 'a.example/s1')
  assert.is(reported(configuration, 'x@A.example'), 'a.example/s2')
  assert.is(reported(configuration, 'x@b.a.example'), 'a.example/s3')
  assert.is(reported(configuration, 'info@c.b.a.example'), 'a.example/s2')
  assert.is(reported(configuration, 'x@b.example'), 'a.example/s4')
  assert.equal(
    configuration.signing.map(({ pattern, selector }) => `${pattern} ${selector}`),
    ['info@a.example s1', '*@a.example s2', 'info@*.a.example s2', '*@*.a.example s3', '*@* s4'],
  )
})

test('of a refile the first line that matches counts, and an indented one does not', () => {
  const configuration = tables('refile', ' *@a.example k1\ni*@a.example k2\n*@*.a.example k3\n*@a.example k4\n', KEYS)
  assert.is(reported(configuration, 'info@a.example'), 'a.example/s2')
  assert.is(reported(configuration, 'x@a.example'), 'a.example/s4')
  assert.is(reported(configuration, 'x@b.a.example'), 'a.example/s3')
  assert.is(reported(configuration, 'x@b.example'), '')
})

test('of more than two signatures OpenDKIM makes the first and the last', () => {
  const configuration = tables('refile', '* k1\n* k2\n* k3\n', KEYS, 'MultipleSignatures yes\n')
  assert.is(reported(configuration, 'x@a.example'), 'a.example/s1 a.example/s3')
})

test('% is the sender’s domain: as a key, as a domain, in paths and signers', () => {
  const configuration = tables('file', '* %\nb.example k:x@sub.%\n', 'a.example a.example:s:/k\nk %:t:/keys/%\n')
  assert.is(reported(configuration, 'x@a.example'), 'a.example/s')
  assert.is(reported(configuration, 'x@c.example'), 'fails')
  assert.is(reported(configuration, 'x@b.example'), 'b.example/t/x@sub.b.example')
  assert.equal(
    configuration.signing.map(({ pattern, domain, key }) => `${pattern} ${domain} ${key}`),
    ['*@b.example b.example /keys/b.example', '*@a.example a.example /k'],
  )
})

test('a signer of another domain is left out; one without @ leaves mail unsigned', () => {
  const configuration = tables('file', 'a.example k1:x@b.example\nb.example k1:nobody\n', KEYS)
  assert.is(reported(configuration, 'x@a.example'), 'a.example/s1')
  assert.is(reported(configuration, 'x@b.example'), '')
  assert.match(configuration.idle[0]!.why, /has no @/)
})

test('a line whose key cannot be used is idle, and mail of it fails', () => {
  for (const key of ['', 'k a.example:s\n', 'k a.example:s:keys/x\n', 'K a.example:s:/k\n']) {
    const configuration = tables('refile', '*@a.example k\n', key)
    assert.is(reported(configuration, 'x@a.example'), 'fails', key)
    assert.equal(configuration.signing, [])
    assert.is(configuration.idle[0]!.fails, true)
  }
})

test('a pattern of a file with a star of its own is for nobody', () => {
  const configuration = tables('file', '*@a.example k1\n', KEYS)
  assert.is(reported(configuration, 'x@a.example'), '')
  assert.equal(
    configuration.idle.map(({ fails, pattern }) => [fails, pattern]),
    [[false, undefined]],
  )
})

test('signs of regular expressions are not understood', () => {
  assert.match(tables('refile', '(a|b)@a.example k1\n', KEYS).notUnderstood[0]!.what, /signs of a regular expression/)
})

test('addresses are of nobody else than the pattern', () => {
  assert.equal(witnessesOf('*@a.example'), ['mailrun-any@a.example'])
  assert.equal(witnessesOf('*@*.a.example'), ['mailrun-any@mailrun-any.a.example'])
  assert.equal(witnessesOf('*@*'), ['mailrun-any@mailrun-any.invalid'])
  assert.equal(witnessesOf('info@a.example'), ['info@a.example'])
  assert.equal(witnessesOf('*a.example'), [
    'mailrun-any@a.example',
    'mailrun-any@mailrun-any.a.example',
    'mailrun-any@mailrun-anya.example',
  ])
})

test('what is signed are the lines that count for somebody', () => {
  const configuration = tables('refile', '*@* k1\n*@a.example k2\n', KEYS)
  assert.equal(
    signedPatterns(configuration).map(({ pattern, selector }) => `${pattern} ${selector}`),
    ['*@* s1'],
  )
})

test.run()
