// authorizedKey: lines found by their key, homes that are elsewhere, options that hide a key.
import * as assert from 'uvu/assert'
import { exampleBlob } from '../../../src/resources/accounts/ssh-key.ts'
import type { UserState } from '../../../src/resources/accounts/accounts-probe.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { authorizedKey, type AuthorizedKeyArgs, type AuthorizedKeyState } from '../../../tasks/authorized-key.ts'
import { suite } from '../../suite.ts'
import { absent, folder, link, text, textOf } from './states.ts'

const test = suite('authorizedKey')
const [mine, other] = [exampleBlob(1), exampleBlob(2)]
const args: AuthorizedKeyArgs = { user: 'ops', key: `ssh-ed25519 ${mine} me` }
const user: UserState = {
  is: {
    kind: 'user',
    uid: 1001,
    group: 'staff',
    groups: [],
    home: '/home/ops',
    shell: '/bin/sh',
    comment: '',
    locked: true,
  },
  password: '!',
  missing: [],
  homeThere: true,
}
const there = {
  ...folder('ops', '0700'),
  is: { kind: 'directory', owner: 'ops', group: 'staff', mode: '0700' },
} as const
const keys = (content: string): AuthorizedKeyState => ({
  user,
  folder: there,
  file: text(content, 'ops', '0600', 'staff'),
})

function after(given: AuthorizedKeyArgs, now: AuthorizedKeyState): string {
  const plan = planOf(authorizedKey(given), now, {})
  return plan.kind === 'change' ? textOf(plan.then.file) : plan.kind
}

test('folder and file are made where they are not there', () => {
  const now = { user, folder: absent, file: { ...absent, parent: 'absent' } } as const
  checkCase(authorizedKey, { args, now, expect: ['create /home/ops/.ssh', 'authorized_keys: create'] })
  assert.is(after(args, now), `ssh-ed25519 ${mine} me\n`)
})

test('a line is found by its key, whatever stands around it', () => {
  assert.is(after(args, keys(`ssh-ed25519 ${mine} me\n`)), 'ok')
  assert.is(
    after(args, keys(`# x\nno-pty,command="a \\"b c" ssh-ed25519 ${mine} old\n`)),
    `# x\nssh-ed25519 ${mine} me\n`,
  )
  assert.is(
    after({ ...args, options: 'restrict' }, keys(`ssh-ed25519 ${mine} me\n`)),
    `restrict ssh-ed25519 ${mine} me\n`,
  )
  assert.is(
    after({ ...args, key: `ssh-ed25519 ${mine}` }, keys(`ssh-ed25519  ${mine} theirs\n`)),
    `ssh-ed25519 ${mine} theirs\n`,
  )
  assert.is(after(args, keys(`ssh-ed25519 ${other}`)), `ssh-ed25519 ${other}\nssh-ed25519 ${mine} me\n`)
  assert.is(after(args, keys(`ssh-ed25519 ${mine} me\nssh-ed25519 ${mine} twice\n`)), `ssh-ed25519 ${mine} me\n`)
})

test('exclusive removes other keys, and what is none stays', () => {
  const before = `# mine\nssh-ed25519 ${other}\nfrom="x" ssh-ed25519 ${other}\nssh-ed25519 ${mine} me\n`
  assert.is(after({ ...args, exclusive: true }, keys(before)), `# mine\nssh-ed25519 ${mine} me\n`)
})

test('absent removes its lines; without user or file there is nothing to do', () => {
  const gone: AuthorizedKeyArgs = { ...args, state: 'absent' }
  assert.is(after(gone, keys(`a="b" ssh-ed25519 ${mine}\nssh-ed25519 ${other}\n`)), `ssh-ed25519 ${other}\n`)
  assert.is(after(gone, keys(`ssh-ed25519 ${other}\n`)), 'ok')
  assert.is(after(gone, { ...keys(''), file: absent }), 'ok')
  assert.is(after(gone, { ...keys(''), user: { ...user, is: { kind: 'absent' } } }), 'ok')
})

test('a user who is not there, a home elsewhere, and a link in the place of .ssh block', () => {
  const no = (now: AuthorizedKeyState, blocked: string): void =>
    checkCase(authorizedKey, { args, now, expect: { blocked } })
  no({ ...keys(''), user: { ...user, is: { kind: 'absent' } } }, 'there is no user ops')
  const elsewhere = { ...user, is: { ...user.is, home: '/srv/ops' } } as UserState
  no({ ...keys(''), user: elsewhere }, "say home: '/srv/ops'")
  no({ ...keys(''), folder: { ...absent, parent: 'absent' } }, '/home/ops is not there')
  no({ ...keys(''), folder: link('/etc') }, 'is no directory')
})

test('what is no key, and options that would hide one or a line, are refused', () => {
  const refused = (given: object, message: RegExp): void =>
    assert.throws(() => authorizedKey({ ...args, ...given }), message, JSON.stringify(given))
  const rsa = mine.replace('AAAAC3', 'AAAAB3')
  for (const key of [
    '',
    'x',
    `ssh-ed25519 ${mine.slice(0, 10)}`,
    `ssh-rsa ${mine}`,
    `ssh-ed25519 ${rsa}`,
    `ssh-ed25519 ${mine} a\nssh-ed25519 ${other}`,
  ])
    refused({ key }, /key must be a public key/)
  for (const options of ['a b', '# x', 'a\nb', '', `ssh-ed25519 ${other}`, 'command="open', 'ü'])
    refused({ options }, /options must be/)
  for (const name of ['', '../x', 'a b', '-x']) refused({ user: name }, /user must be/)
  refused({ home: 'x' }, /home must be an absolute path/)
  refused({ state: 'absent', exclusive: true }, /do not go with/)
})

test.run()
