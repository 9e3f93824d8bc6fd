// git: the working copy alone decides; changes of others in it are kept; no secret and no option gets into a command.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Copy } from '../../../src/resources/git/working-copy.ts'
import { workingCopy, type WorkingCopyState } from '../../../src/resources/git/working-copy.ts'
import { setReader } from '../../../src/resources/files/program/read.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { git, type GitState } from '../../../tasks/git.ts'
import { suite } from '../../suite.ts'
import { absent, folder, link, text } from './states.ts'

const test = suite('git')
const ONE = '1'.repeat(40)
const TWO = '2'.repeat(40)
const args = { repository: 'https://git.example.org/tool.git', dest: '/opt/tool', commit: TWO }
const bare = { installed: true, user: 'root', above: undefined } as const
const nothing: GitState = { ...bare, copy: 'none', dest: absent, holds: 'absent' }
const at = (commit: string | undefined, more: Partial<Copy> = {}): GitState => ({
  ...bare,
  copy: { commit, changed: [], unfinished: false, ...more },
  dest: folder(),
  holds: 'full',
})
const blocked = (now: GitState, why: string, more: object = {}): void =>
  checkCase(git, { args: { ...args, ...more }, now, expect: { blocked: why } })

test('the commit of the working copy decides', () => {
  checkCase(git, { args, now: at(TWO), expect: [] })
  checkCase(git, { args, now: at(ONE), expect: ['111111111111 → 222222222222'] })
  checkCase(git, { args, now: nothing, expect: ['check out 222222222222'] })
  checkCase(git, { args, now: { ...nothing, dest: folder(), holds: 'empty' }, expect: ['check out 222222222222'] })
})

test('changes in it are told, block another commit, and go with force', () => {
  const changed = { changed: ['a', 'b', 'c', 'd'] }
  const plan = planOf(git(args), at(TWO, changed), {})
  assert.match(plan.kind === 'ok' ? (plan.warning ?? '') : plan.kind, /\/opt\/tool has changes of its own: a, b, c, …/)
  blocked(at(ONE, changed), 'has changes of its own')
  checkCase(git, { args: { ...args, force: true }, now: at(TWO, changed), expect: ['check out 222222222222 again'] })
  checkCase(git, { args: { ...args, force: true }, now: at(ONE, changed), expect: ['111111111111 → 222222222222'] })
})

test('what was interrupted is finished', () => {
  const half = { changed: ['a'], unfinished: true }
  checkCase(git, { args, now: at(ONE, half), expect: ['111111111111 → 222222222222'] })
  checkCase(git, { args, now: at(TWO, half), expect: ['check out 222222222222 again'] })
  checkCase(git, { args, now: at(undefined), expect: ['check out 222222222222'] })
})

test('what stands in the way blocks, and so does a directory that others can exchange', () => {
  blocked({ ...nothing, installed: false }, 'install it with apt')
  blocked({ ...nothing, dest: link('/x') }, 'symbolic link')
  blocked({ ...nothing, dest: text('x') }, 'is a file')
  blocked({ ...nothing, dest: { ...absent, parent: 'absent' } }, 'make it with directory')
  blocked({ ...nothing, dest: folder(), holds: 'full' }, 'holds files and is no working copy')
  blocked({ ...at(TWO), copy: 'broken' }, 'no working copy that git can read')
  blocked({ ...at(TWO), above: '/srv, which mail can write' }, 'above it is /srv, which mail can write')
  blocked({ ...at(TWO), dest: folder('mail') }, 'belongs to mail, not to root')
  blocked(nothing, "as one of mail's", { user: 'mail' })
  blocked({ ...at(TWO), dest: folder('root') }, 'belongs to root, not to mail', { user: 'mail' })
  const his = { ...at(TWO), above: '/srv, which mail can write', dest: folder('mail') }
  checkCase(git, { args: { ...args, user: 'mail' }, now: his, expect: [] })
})

test('a git that a package brings is foreseen; of a working copy that nobody could ask, nothing is', () => {
  const { probe } = git(args)
  const fact = { resource: 'package:git', value: { kind: 'installed', version: '1' } } as const
  assert.is(probe.foresee({ ...nothing, installed: false }, fact)?.installed, true)
  assert.is(probe.foresee({ ...at(TWO), installed: false, copy: 'unread' }, fact), undefined)
  const below = { resource: 'path:/opt/tool/x', value: { kind: 'absent' } } as const
  assert.is(probe.foresee(at(TWO), below), undefined)
})

test('a header is a secret that no argument has', () => {
  const authorization = new Secret('Bearer hunter2')
  checkCase(git, { args: { ...args, authorization }, now: nothing, expect: ['check out 222222222222'] })
  const plan = planOf(git({ ...args, authorization }), nothing, {})
  const script = plan.kind === 'change' ? plan.changes[0]!.apply.text : ''
  assert.equal(
    script.split('\n').filter((line) => line.includes('hunter2')),
    ["export GIT_CONFIG_VALUE_0='Authorization: ''Bearer hunter2'"],
  )
  assert.match(script, /GIT_CONFIG_KEY_0=\S*http\.https:\/\/git\.example\.org\/\.extraHeader/)
})

test('addresses that are options, programs or hold passwords are refused', () => {
  const refused = (given: object, message: RegExp): void =>
    assert.throws(() => git({ ...args, ...given }), message, JSON.stringify(given))
  for (const repository of ['--upload-pack=x', 'ext::sh -c x', 'x', '/srv/x', 'https://', 'https://a b', '-o@h:x y'])
    refused({ repository }, /repository must be an address/)
  refused({ repository: 'https://token@git.example.org/x' }, /give it as authorization/)
  for (const repository of ['http://git.example.org/x', 'git@git.example.org:x'])
    refused({ repository, authorization: new Secret('x') }, /goes with an https repository/)
  refused({ authorization: new Secret('a\nb') }, /one line of printable ASCII/)
  for (const commit of ['main', 'v1.0', ONE.slice(1), `${ONE}0`, 'A'.repeat(40)]) refused({ commit }, /commit must be/)
  refused({ user: '-x' }, /user must be/)
  refused({ dest: '/' }, /dest cannot be/)
  refused({ dest: 'x' }, /absolute path/)
})

test('with a real git: fetched, changed, interrupted, and read as foreseen', () => {
  const top = mkdtempSync(join(tmpdir(), 'mailrun-git-'))
  const dest = join(top, "it's $HOME")
  const run = (script: string): string => {
    const { status, stdout, stderr } = spawnSync('sh', [], {
      input: `${script}\n`,
      env: { PATH: process.env['PATH'], HOME: top, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1' },
      encoding: 'utf8',
    })
    assert.is(status, 0, stderr)
    return stdout
  }
  const asked = (): WorkingCopyState => {
    const { question, parse } = workingCopy(dest, undefined)
    const { text: script } = (question as { readonly script: { readonly text: string } }).script
    return parse({ code: 0, stdout: run([...setReader([script]), script].join('\n')), stderr: '' })
  }
  const commits = run(`
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
git init -q -b main '${top}/from' && cd '${top}/from'
for text in one two; do
  echo $text > README && git add README && git commit -qm $text && git rev-parse HEAD
done`)
  const [one = '', two = ''] = commits.split('\n')
  const goTo = (commit: string, now: WorkingCopyState): void => {
    const own = now.copy === 'none' ? absent : folder(userInfo().username)
    const state: GitState = { ...now, above: undefined, dest: own, holds: now.copy === 'none' ? 'absent' : 'full' }
    const plan = planOf(git({ repository: `file://${top}/from`, dest, commit }), state, {})
    assert.is(plan.kind, 'change', JSON.stringify(plan))
    if (plan.kind === 'change') run(plan.changes.map(({ apply }) => apply.text).join('\n'))
  }
  try {
    assert.is(asked().copy, 'none')
    assert.match(asked().above ?? '', /tmp, which/)
    goTo(one, asked())
    assert.equal(asked().copy, { commit: one, changed: [], unfinished: false })
    goTo(two, asked())
    assert.equal(asked().copy, { commit: two, changed: [], unfinished: false })
    assert.is(readFileSync(join(dest, 'README'), 'utf8'), 'two\n')
    // As a host that lost its power in the middle has it.
    run(`git -C "${top}/it's \\$HOME" config mailrun.checkout ${one}`)
    writeFileSync(join(dest, 'README'), 'half')
    writeFileSync(join(dest, '.git/index.lock'), '')
    assert.equal(asked().copy, { commit: two, changed: ['README'], unfinished: true })
    goTo(one, asked())
    assert.equal(asked().copy, { commit: one, changed: [], unfinished: false })
    // Half of a repository.
    rmSync(dest, { recursive: true })
    mkdirSync(join(dest, '.git'), { recursive: true })
    assert.is(asked().copy, 'broken')
    assert.ok(!existsSync(join(dest, '.git/HEAD')))
  } finally {
    rmSync(top, { recursive: true })
  }
})

test.run()
