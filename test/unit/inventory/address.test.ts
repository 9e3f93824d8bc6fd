// How a host is reached, by Ansible's names and precedence; what cannot be honoured is refused with its line.
import * as assert from 'uvu/assert'
import { addressOf } from '../../../src/inventory/address.ts'
import { sshArguments } from '../../../src/inventory/ssh-arguments.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { suite } from '../../suite.ts'

const test = suite('address')
const address = (vars: Readonly<Record<string, unknown>>) => addressOf('mx1', new Map(Object.entries(vars).map(([key, value]) => [key, { value, where: `hosts:${key}` }])))
const options = (text: string): readonly string[] => sshArguments(text, 'ansible_ssh_common_args', 'hosts:1').map(({ keyword, value }) => `${keyword} ${value}`)

test('nothing said: the name, and the rest is for ssh_config to say', () => {
  const { address: name, port, user, become, connection } = address({})
  assert.equal([name, port, user, become, connection], ['mx1', undefined, undefined, undefined, 'ssh'])
})

test('of several names for one setting the last in Ansible\'s list counts', () => {
  assert.is(address({ ansible_ssh_host: 'a', ansible_host: 'b' }).address, 'a')
  assert.is(address({ ansible_ssh_port: 1, ansible_port: '2' }).port, 1)
  assert.is(address({ ansible_private_key_file: '/a', ansible_ssh_private_key_file: '/b' }).privateKeyFile, '/b')
  assert.is(address({ ansible_become: 'yes', ansible_become_pass: 'a', ansible_become_password: 'b', ansible_sudo_pass: 'c' }).become?.password?.reveal(), 'c')
  assert.is(address({ ansible_become: 'yes', ansible_become_method: 'su', ansible_sudo_pass: 'c' }).become?.password, undefined)
})

test('a user or a password that is all digits, and one that came encrypted', () => {
  assert.is(address({ ansible_user: 1000 }).user, '1000')
  assert.is(address({ ansible_password: 1234 }).password?.reveal(), '1234')
  assert.is(address({ ansible_password: new Secret('x') }).password?.reveal(), 'x')
})

test('become: user, method, program and flags', () => {
  const become = address({ ansible_become: true, ansible_become_method: 'doas', ansible_become_user: 'mail', ansible_become_exe: '/usr/local/bin/doas', ansible_become_flags: "-C '/etc/x y'" }).become
  assert.equal({ ...become }, { method: 'doas', user: 'mail', executable: '/usr/local/bin/doas', flags: ['-C', '/etc/x y'], password: undefined })
})

test('arguments for ssh, in all its ways of writing them', () => {
  assert.equal(options('-o UserKnownHostsFile=/a -oPort=22 -o "User ops" -p2222 -J b1,b2 -4C -o \'ProxyCommand=nc %h %p\' -vvv'), [
    'UserKnownHostsFile /a', 'Port 22', 'User ops', 'Port 2222', 'ProxyJump b1,b2', 'AddressFamily inet', 'Compression yes', 'ProxyCommand nc %h %p',
  ])
  assert.equal(options('-i "/keys/of ops"'), ['IdentityFile "/keys/of ops"'])
  assert.equal(options('-C -o ControlMaster=auto -o ControlPersist=60s'), ['Compression yes', 'ControlMaster auto', 'ControlPersist 60s'])
  assert.equal(options(''), [])
})

test('what cannot be given as an argument is refused', () => {
  for (const [text, message] of [
    ['host', /only options of ssh/], ['-N', /-N is not supported/], ['-F /x', /--ssh-config/], ['-p', /-p wants a value/], ['-o x', /wants Keyword=value/], ['-o', /-o wants a value/], ['"-p', /No closing quotation/], ['-- x', /only options/], ['-L 1:a:2', /-L is not supported/],
  ] as const) assert.throws(() => options(text), (error: Error) => message.test(error.message) && error.message.startsWith('hosts:1: ansible_ssh_common_args: '), text)
})

test('values that cannot be right are refused with their line, and no password is quoted', () => {
  for (const [vars, message] of [
    [{ ansible_become: 'perhaps' }, /ansible_become must be true or false/],
    [{ ansible_become: true, ansible_become_user: '-x' }, /must be the name of a user/],
    [{ ansible_become_method: 'runas' }, /must be sudo or su or doas/],
    [{ ansible_host_key_checking: false }, /always verified/],
    [{ ansible_ssh_timeout: 0 }, /from 1 to 3600/],
    [{ ansible_connection: 'winrm' }, /must be ssh or openssh or local/],
    [{ ansible_shell_type: 'fish' }, /must be sh/],
    [{ ansible_usr: 'x' }, /did you mean ansible_user/],
    [{ ansible_host: 'a b' }, /must be a name or an address/],
  ] as const) {
    const [key] = Object.keys(vars).slice(-1)
    assert.throws(() => address(vars), (error: Error) => message.test(error.message) && error.message.startsWith(`hosts:${key}: `), key)
  }
  assert.throws(() => address({ ansible_password: { hunter2: 1 } }), (error: Error) => !error.message.includes('hunter2'))
})

test.run()
