// How a host is reached, by Ansible's names and precedence; what cannot be honoured is refused with its line.
import * as assert from 'uvu/assert'
import { addressOf } from '../../../src/inventory/address.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { suite } from '../../suite.ts'

const test = suite('address')
const address = (vars: Readonly<Record<string, unknown>>) =>
  addressOf('mx1', new Map(Object.entries(vars).map(([key, value]) => [key, { value, where: `hosts:${key}` }])))
const extra = (text: string) => address({ ansible_ssh_common_args: text }).sshExtraArgs.words

test('nothing said: the name, and the rest is for ssh_config to say', () => {
  const { address: name, port, user, become, connection } = address({})
  assert.equal([name, port, user, become, connection], ['mx1', undefined, undefined, undefined, 'auto'])
})

test("of several names for one setting the last in Ansible's list counts", () => {
  assert.is(address({ ansible_ssh_host: 'a', ansible_host: 'b' }).address, 'a')
  assert.is(address({ ansible_ssh_port: 1, ansible_port: '2' }).port, 1)
  assert.is(address({ ansible_private_key_file: '/a', ansible_ssh_private_key_file: '/b' }).privateKeyFile, '/b')
  assert.is(
    address({
      ansible_become: 'yes',
      ansible_become_pass: 'a',
      ansible_become_password: 'b',
      ansible_sudo_pass: 'c',
    }).become?.password?.reveal(),
    'c',
  )
  assert.is(
    address({ ansible_become: 'yes', ansible_become_method: 'su', ansible_sudo_pass: 'c' }).become?.password,
    undefined,
  )
})

test('a user or a password that is all digits, and one that came encrypted', () => {
  assert.is(address({ ansible_user: 1000 }).user, '1000')
  assert.is(address({ ansible_password: 1234 }).password?.reveal(), '1234')
  assert.is(address({ ansible_password: new Secret('x') }).password?.reveal(), 'x')
})

test('become: user, method, program and flags', () => {
  const become = address({
    ansible_become: true,
    ansible_become_method: 'doas',
    ansible_become_user: 'mail',
    ansible_become_exe: '/usr/local/bin/doas',
    ansible_become_flags: "-C '/etc/x y'",
  }).become
  assert.equal(
    { ...become },
    { method: 'doas', user: 'mail', executable: '/usr/local/bin/doas', flags: ['-C', '/etc/x y'], password: undefined },
  )
})

test("arguments for ssh are words as a shell splits them, a token's library among them", () => {
  assert.equal(extra(`-o UserKnownHostsFile=/a -oPort=22 -o "User ops" -J b1,b2 -4C -o 'ProxyCommand=nc %h %p'`), [
    '-o',
    'UserKnownHostsFile=/a',
    '-oPort=22',
    '-o',
    'User ops',
    '-J',
    'b1,b2',
    '-4C',
    '-o',
    'ProxyCommand=nc %h %p',
  ])
  assert.equal(
    address({ ansible_ssh_pkcs11_provider: '/usr/lib/my token.so', ansible_ssh_extra_args: '-C' }).sshExtraArgs.words,
    ['-I', '/usr/lib/my token.so', '-C'],
  )
  assert.equal(extra(''), [])
})

test('what ssh would not take is refused with its line', () => {
  for (const text of ['host', '-N', '-p', '-o', '"-p', '-- x', '-L 1:a:2'])
    assert.throws(
      () => extra(text),
      (error: Error) => error.message.startsWith('hosts:ansible_ssh_common_args: ansible_ssh_common_args: '),
      text,
    )
})

test('values that cannot be right are refused with their line, and no password is quoted', () => {
  for (const [vars, message] of [
    [{ ansible_become: 'perhaps' }, /ansible_become must be true or false/],
    [{ ansible_become: true, ansible_become_user: '-x' }, /must be the name of a user/],
    [{ ansible_become_method: 'runas' }, /must be sudo or su or doas/],
    [{ ansible_host_key_checking: false }, /always verified/],
    [{ ansible_ssh_timeout: 0 }, /from 1 to 3600/],
    [{ ansible_connection: 'winrm' }, /must be auto or ssh or openssh or local/],
    [{ ansible_shell_type: 'fish' }, /must be sh/],
    [{ ansible_usr: 'x' }, /did you mean ansible_user/],
    [{ ansible_host: 'a b' }, /must be a name or an address/],
  ] as const) {
    const [key] = Object.keys(vars).slice(-1)
    assert.throws(
      () => address(vars),
      (error: Error) => message.test(error.message) && error.message.startsWith(`hosts:${key}: `),
      key,
    )
  }
  assert.throws(
    () => address({ ansible_password: { hunter2: 1 } }),
    (error: Error) => !error.message.includes('hunter2'),
  )
})

test.run()
