// user on what a host answers: primary and supplementary groups, groups that are not there, homes, hashes.
import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { fact } from '../../../src/core/task/fact.ts'
import type { Script } from '../../../src/shell/script.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { userProbe, type UserState } from '../../../src/resources/accounts/accounts-probe.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { user } from '../../../tasks/user.ts'
import { suite } from '../../suite.ts'

const test = suite('user')

const answer = (passwd: string, group: string, groups: string, lacking = '', home = 'there') => ({
  code: 0,
  stderr: '',
  stdout: [`${passwd}\n`, `${group}\n`, `${groups}\n`, '!\n', lacking, `${home}\n`, 'end'].join('\0'),
})
const ops = (group: string, groups: string, lacking = '', home = 'there'): UserState =>
  userProbe({ name: 'ops', groups: [], home: undefined }).parse(
    answer('ops:x:1001:1001::/home/ops:/bin/sh', group, groups, lacking, home),
  )
const absent = (lacking = ''): UserState =>
  userProbe({ name: 'ops', groups: [], home: undefined }).parse(answer('', '', '', lacking, 'absent'))

test('the primary group among the others counts for nothing', () => {
  checkCase(user, {
    args: { user: 'ops', group: 'mail', groups: ['mail', 'daemon'] },
    now: ops('mail', 'mail daemon'),
    expect: [],
  })
  checkCase(user, {
    args: { user: 'ops', group: 'mail', groups: ['mail', 'daemon'] },
    now: ops('ops', 'ops mail'),
    expect: ['group ops → mail', 'groups none → daemon'],
  })
  checkCase(user, { args: { user: 'ops', groups: ['ops'] }, now: ops('ops', 'ops'), expect: [] })
  checkCase(user, { args: { user: 'ops', groups: ['ops'] }, now: absent('ops\n'), expect: ['create'] })
  checkCase(user, {
    args: { user: 'ops', groups: ['mail'], append: true },
    now: ops('ops', 'ops adm'),
    expect: ['groups adm → adm, mail'],
  })
})

test('a group that is not there blocks, one that is made before does not', () => {
  checkCase(user, {
    args: { user: 'ops', group: 'nosuch' },
    now: absent('nosuch\n'),
    expect: { blocked: 'there is no group nosuch on the host' },
  })
  checkCase(user, {
    args: { user: 'ops', groups: ['vmail', 'nosuch'] },
    now: ops('ops', 'ops', 'nosuch\n'),
    expect: { blocked: 'there is no group nosuch on the host' },
  })
  const { probe } = user({ user: 'ops', groups: ['vmail'] })
  assert.ok(probe.reads.includes('group:vmail'))
  assert.equal(probe.foresee(absent('vmail\n'), fact('group', 'vmail', { kind: 'group', gid: 5000 }))?.missing, [])
})

test('a home that is not there is made, of a new user and of an old one', () => {
  checkCase(user, {
    args: { user: 'ops', createHome: true },
    now: ops('ops', 'ops', '', 'absent'),
    expect: ['create /home/ops'],
  })
  checkCase(user, { args: { user: 'ops', createHome: true }, now: ops('ops', 'ops'), expect: [] })
  checkCase(user, {
    args: { user: 'ops', createHome: true, home: '/srv/ops' },
    now: ops('ops', 'ops', '', 'absent'),
    expect: ['home /home/ops → /srv/ops', 'create /srv/ops'],
  })
})

test('a password that is no hash is refused, and not shown', () => {
  for (const hash of [
    '$y$j9T$abc$def',
    '$6$rounds=5000$salt$hash',
    '$2b$12$abcdefghijklmnopqrstuv',
    '!',
    '*',
    '!$6$salt$hash',
  ])
    user({ user: 'ops', password: new Secret(hash) })
  for (const plain of ['hunter2', 'correcthorse1', '$ecret$word', '', '$6$a:b', '$6$a\nb']) {
    assert.throws(
      () => user({ user: 'ops', password: new Secret(plain) }),
      (error: Error) =>
        error.message.includes('password must be a hash') && (plain === '' || !error.message.includes(plain)),
    )
  }
})

test('what passwd(5) or a directory service has in the place of a hash is none', () => {
  const probe = userProbe({ name: 'root', groups: [], home: undefined })
  const { text } = (probe.question as { readonly script: Script }).script
  // As root, on a host whose shadow(5) does not know the user.
  const script = text.replace('$> == 0', '1').replaceAll(/getent|\/etc\/shadow/g, '/nonexistent')
  const stdout = execFileSync('sh', { input: script, encoding: 'latin1', stdio: ['pipe', 'pipe', 'ignore'] })
  const { is, password } = probe.parse({ code: 0, stdout, stderr: '' })
  assert.is(password, '')
  assert.is(is.kind === 'user' && is.locked, false)
})

test.run()
