// aptRepository: which key a block holds, the text for apt, and what is done where something is not so.
import * as assert from 'uvu/assert'
import { primaryKeys } from '../../../src/resources/apt/openpgp-key.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { aptRepository, type AptRepositoryArgs, type AptRepositoryState } from '../../../tasks/apt-repository.ts'
import { suite } from '../../suite.ts'
import { absent, folder, text, textOf } from './states.ts'

const test = suite('aptRepository')
const { key, fingerprint } = aptRepository.definition.examples[0]!.args as { key: string; fingerprint: string }
const args: AptRepositoryArgs = {
  name: 'mail',
  uris: ['https://deb.example.org/debian'],
  suites: ['bookworm', 'bookworm-updates'],
  components: ['main'],
  architectures: ['amd64'],
  key,
  fingerprint,
}
const none: AptRepositoryState = { key: absent, sources: absent, fetched: false }

const SOURCES =
  'Types: deb\nURIs: https://deb.example.org/debian\nSuites: bookworm bookworm-updates\nComponents: main\n' +
  'Architectures: amd64\nSigned-By: /etc/apt/keyrings/mail.asc\n'
const fit: AptRepositoryState = { key: text(`${key}\n`), sources: text(SOURCES), fetched: true }

test('key, sources and lists are brought about, each where it is not so', () => {
  const plan = planOf(aptRepository(args), none, {})
  assert.is(plan.kind === 'change' && textOf(plan.then.sources), SOURCES)
  checkCase(aptRepository, { args, now: none, expect: ['key: create', 'sources: create', 'fetch its package lists'] })
  checkCase(aptRepository, { args, now: fit, expect: [] })
  checkCase(aptRepository, { args, now: { ...fit, fetched: false }, expect: ['fetch its package lists'] })
  checkCase(aptRepository, {
    args,
    now: { ...fit, sources: text('x') },
    expect: ['sources: content', 'fetch its package lists'],
  })
  checkCase(aptRepository, { args, now: { ...fit, key: text('x') }, expect: ['key: content'] })
})

test('absent removes both files', () => {
  const gone: AptRepositoryArgs = { name: 'mail', state: 'absent' }
  checkCase(aptRepository, { args: gone, now: fit, expect: ['sources: remove', 'key: remove'] })
  checkCase(aptRepository, { args: gone, now: none, expect: [] })
  checkCase(aptRepository, { args: gone, now: { ...none, key: folder() }, expect: { blocked: 'is a directory' } })
})

test('a block tells its primary keys; what is cut short or secret is none', () => {
  assert.equal(primaryKeys(key), [fingerprint])
  assert.equal(primaryKeys(`\n${key.replaceAll('\n', '\r\n')}\r\n`), [fingerprint])
  const bytes = Buffer.from(key.split('\n').slice(2, -2).join(''), 'base64')
  const block = (content: Uint8Array): string =>
    [
      '-----BEGIN PGP PUBLIC KEY BLOCK-----',
      '',
      Buffer.from(content).toString('base64'),
      '-----END PGP PUBLIC KEY BLOCK-----',
    ].join('\n')
  assert.equal(primaryKeys(block(Buffer.concat([bytes, bytes]))), [fingerprint, fingerprint])
  const wrong = (content: string): string => {
    const keys = primaryKeys(content)
    return 'wrong' in keys ? keys.wrong : 'none'
  }
  for (let length = 1; length < bytes.length; length += 1)
    assert.ok(wrong(block(bytes.subarray(0, length))) !== 'none' || length >= 53, `${length}`)
  assert.match(wrong(''), 'no armored block')
  assert.match(wrong(key.replace('mDME', '!!!!')), 'base64')
  assert.match(wrong(block(Buffer.from([0x94, ...bytes.subarray(1)]))), 'no public key')
  assert.match(wrong(block(Buffer.from([...bytes.subarray(0, 2), 6, ...bytes.subarray(3)]))), 'version 6')
  assert.match(wrong(block(Buffer.from([0xb4, 0]))), 'no key')
})

test('another key, two keys, and what would be another field are refused', () => {
  const refused = (given: object, message: RegExp): void =>
    assert.throws(() => aptRepository({ ...args, ...given }), message, JSON.stringify(given))
  refused({ fingerprint: 'A'.repeat(40) }, /key has the fingerprint/)
  refused({ fingerprint: 'C2EE358DB4FE18B2' }, /40 hexadecimal digits/)
  refused({ key: 'x' }, /no armored block/)
  for (const name of ['', '../x', 'a.b', 'a b', '-x']) refused({ name }, /name must be/)
  for (const uri of ['', 'x', 'https://a b', 'https://a\nTrusted: yes']) refused({ uris: [uri] }, /uris/)
  for (const suite of ['', 'a b', 'a\nb', '$(ARCH)']) refused({ suites: [suite] }, /suites/)
  refused({ components: ['a\nb'] }, /components/)
  refused({ components: [] }, /components are wanted/)
  refused({ suites: ['./'] }, /do not go with/)
  refused({ suites: ['./', 'x'] }, /do not go together/)
  refused({ architectures: ['a b'] }, /architectures/)
  refused({ key: undefined }, /key and fingerprint are wanted/)
  refused({ state: 'absent' }, /nothing but name/)
  assert.not.throws(() => aptRepository({ ...args, fingerprint: fingerprint.toLowerCase().replace(/.{4}/g, '$& ') }))
})

test.run()
