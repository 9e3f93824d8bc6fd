// git: the working copy alone decides; changes of others in it are kept; no secret and no option gets into a command.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Copy } from '../../../src/resources/git/working-copy.ts'
import { workingCopy, type WorkingCopyState } from '../../../src/resources/git/working-copy.ts'
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
const bare = { installed: true, user: 'root', above: undefined, inside: undefined } as const
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
  const others = '/opt/tool/.git, which others than root can write'
  blocked({ ...at(TWO), copy: 'unread', inside: others }, `have git run what they like: ${others}`)
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

test("a directory that an earlier task makes is foreseen where it is root's alone, and else asked for again", () => {
  const made = (mode: string, user?: string, now = nothing): GitState | undefined =>
    git({ ...args, ...(user === undefined ? {} : { user }) }).probe.foresee(now, {
      resource: 'path:/opt/tool',
      value: { kind: 'directory', owner: 'root', group: 'root', mode },
    })
  assert.is(made('0755')?.inside, undefined)
  assert.is(made('0755')?.copy, 'none')
  for (const mode of ['0775', '0757', '2775']) assert.is(made(mode), undefined, mode)
  assert.is(made('0775', 'root')?.copy, 'none')
  assert.is(made('0755', undefined, { ...at(TWO), inside: '/opt/tool, which others than root can write' }), undefined)
})

const ran = (script: string, home: string): SpawnSyncReturns<string> =>
  spawnSync('sh', [], {
    input: `${script}\n`,
    env: { PATH: process.env['PATH'], HOME: home, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1' },
    encoding: 'utf8',
  })
function askedOf(dest: string, home: string): WorkingCopyState {
  const { question, parse } = workingCopy(dest, undefined)
  const { text: script } = (question as { readonly script: { readonly text: string } }).script
  const { status, stdout, stderr } = ran(script, home)
  assert.is(status, 0, stderr)
  return parse({ code: 0, stdout, stderr: '' })
}
/** Below a directory that nobody else can write, as that for temporary files is not. */
const ownDirectory = (): string => mkdtempSync(join(homedir(), '.mailrun-git-'))

test('a working copy that others can write is not asked, and no change runs git in it', () => {
  const top = ownDirectory()
  const dest = join(top, 'tool')
  const seen = join(top, 'seen')
  try {
    ran(
      `git init -q '${dest}'
cd '${dest}'
echo x > x && git add x && git -c user.name=a -c user.email=a@b commit -qm x
echo '* filter=x' > .gitattributes
git config filter.x.clean 'touch ${seen}; cat'
touch x`,
      top,
    )
    const change = planOf(git({ ...args, dest }), { ...nothing, dest: folder(), holds: 'empty', copy: 'none' }, {})
    const apply = change.kind === 'change' ? change.changes[0]!.apply.text : ''
    for (const [path, mode, kept] of [
      ['.', 0o777, 0o755],
      ['.', 0o757, 0o755],
      ['.git', 0o777, 0o755],
      ['.git/config', 0o666, 0o644],
    ] as const) {
      rmSync(seen, { force: true })
      chmodSync(join(dest, path), mode)
      const now = askedOf(dest, top)
      assert.is(now.above, undefined)
      assert.match(now.inside ?? '', join(dest, path), path)
      assert.match(now.inside ?? '', 'which others than')
      assert.is(now.copy, 'unread', path)
      const { status, stderr } = ran(apply, top)
      assert.is(status, 1, path)
      assert.match(stderr, `others can change ${dest} now`)
      assert.not.ok(existsSync(seen), path)
      chmodSync(join(dest, path), kept)
    }
    const own = askedOf(dest, top)
    assert.is(own.inside, undefined)
    assert.is(typeof own.copy, 'object')
    assert.ok(existsSync(seen), 'this configuration runs a program')
  } finally {
    rmSync(top, { recursive: true })
  }
})

test('below a directory that others can write, git is not run', () => {
  const top = mkdtempSync(join(tmpdir(), 'mailrun-git-'))
  try {
    ran(`git init -q '${top}/tool'`, top)
    const now = askedOf(join(top, 'tool'), top)
    assert.match(now.above ?? '', /tmp, which/)
    assert.is(now.copy, 'unread')
  } finally {
    rmSync(top, { recursive: true })
  }
})

test('with a real git: fetched, changed, interrupted, and read as foreseen', () => {
  const top = ownDirectory()
  const dest = join(top, "it's $HOME")
  const run = (script: string): string => {
    const { status, stdout, stderr } = ran(script, top)
    assert.is(status, 0, stderr)
    return stdout
  }
  const asked = (): WorkingCopyState => askedOf(dest, top)
  const commits = run(`
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
git init -q -b main '${top}/from' && cd '${top}/from'
for text in one two; do
  echo $text > README && git add README && git commit -qm $text && git rev-parse HEAD
done`)
  const [one = '', two = ''] = commits.split('\n')
  const goTo = (commit: string, now: WorkingCopyState): void => {
    const own = now.copy === 'none' ? absent : folder(userInfo().username)
    const state: GitState = { ...now, dest: own, holds: now.copy === 'none' ? 'absent' : 'full' }
    const plan = planOf(git({ repository: `file://${top}/from`, dest, commit }), state, {})
    assert.is(plan.kind, 'change', JSON.stringify(plan))
    if (plan.kind === 'change') run(plan.changes.map(({ apply }) => apply.text).join('\n'))
  }
  try {
    assert.is(asked().copy, 'none')
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
