// download: the digest decides; a URL is shown without what may be secret in it.
import * as assert from 'uvu/assert'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import type { PathState } from '../../../src/resources/files/path.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { download } from '../../../tasks/download.ts'
import { suite } from '../../suite.ts'
import { absent, folder, text } from './states.ts'

const test = suite('download')
const content = 'a file\n'
const digest = (state: PathState): string => (state.is.kind === 'file' ? String(state.is.sha256) : '')
const withDigest = (owner = 'root', mode = '0644'): PathState => {
  const { is, ...rest } = text(content, owner, mode)
  if (is.kind !== 'file') throw new Error(is.kind)
  const { content: _content, ...known } = is
  return { ...rest, is: known }
}
const args = { url: 'https://example.org/a/tool?token=hunter2', path: '/opt/tool', sha256: digest(withDigest()) }

test('a file with this digest is left alone, whatever the URL; another is fetched', () => {
  checkCase(download, { args, now: withDigest(), expect: [] })
  checkCase(download, { args: { ...args, sha256: args.sha256.toUpperCase() }, now: withDigest(), expect: [] })
  checkCase(download, { args, now: absent, expect: ['fetch from https://example.org/a/tool?…'] })
  checkCase(download, { args, now: text('other'), expect: ['fetch again from https://example.org/a/tool?…'] })
  checkCase(download, { args: { ...args, mode: '0755' }, now: withDigest(), expect: ['mode 0644 → 0755'] })
})

test('it keeps the owner of what was there, and is nobody else’s before', () => {
  const plan = planOf(download(args), text('other', 'mail', '0640'), {})
  if (plan.kind !== 'change') throw new Error(plan.kind)
  assert.match(plan.changes[0]!.apply.text, 'owner=mail')
  assert.equal(plan.then.is.kind === 'file' && [plan.then.is.owner, plan.then.is.mode], ['mail', '0640'])
})

test('what is in the way blocks', () => {
  checkCase(download, { args, now: folder(), expect: { blocked: 'is a directory' } })
  checkCase(download, { args, now: { ...absent, parent: 'absent' }, expect: { blocked: 'make it with directory' } })
})

test('what is no digest, no URL, and a flag are refused', () => {
  for (const sha256 of ['', 'x', args.sha256.slice(1), `${args.sha256}0`])
    assert.throws(() => download({ ...args, sha256 }), /sha256 must be/)
  for (const url of ['', '-o', 'ftp://x/', 'https:///x', 'https://a b', 'https://a\n', 'file:x', '/etc/passwd'])
    assert.throws(() => download({ ...args, url }), /url must begin/, JSON.stringify(url))
  assert.throws(() => download({ ...args, path: 'x' }), /absolute path/)
})

test('a secret URL is shown nowhere', () => {
  const secret = new Secret('https://example.org/a?token=hunter2')
  checkCase(download, { args: { ...args, url: secret }, now: absent, expect: ['fetch'] })
})

test('a password in a URL is not reported', () => {
  const plan = planOf(download({ ...args, url: 'https://user:hunter2@example.org/x' }), absent, {})
  assert.is(plan.kind === 'change' && plan.changes[0]!.summary, 'fetch from https://example.org/x')
})

test.run()
