// ssh_config(5) without an ssh: what counts for a destination, what is refused and where;
// the lab compares all of it with `ssh -G`.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { MailrunError } from '../../../../src/core/mailrun-error.ts'
import { sshArguments, sshOption, sshValue } from '../../../../src/ssh/config/files/option.ts'
import { printSsh } from '../../../../src/ssh/config/printed/print-ssh.ts'
import { readSshConfig } from '../../../../src/ssh/config/files/read-ssh-config.ts'
import { resolveChain } from '../../../../src/ssh/config/resolve-chain.ts'
import { resolveSsh } from '../../../../src/ssh/config/resolve-ssh.ts'
import type { SshSettings } from '../../../../src/ssh/config/ssh-settings.ts'
import { cases } from '../../../fuzz/ssh-config.ts'
import { suite } from '../../../suite.ts'

const test = suite('ssh_config')

let folder: string
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailrun-ssh-config-'))
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

function files(texts: Readonly<Record<string, string>>): string {
  const at = mkdtempSync(join(folder, 'case-'))
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(at, path)), { recursive: true })
    writeFileSync(join(at, path), text.replaceAll('@/', `${at}/`), { mode: 0o600 })
  }
  return at
}
const file = (text: string): string => join(files({ config: text }), 'config')
const settings = async (text: string, host = 'mx1', words: readonly string[] = []): Promise<SshSettings> =>
  resolveSsh(await readSshConfig(file(text)), { host, options: sshArguments(words, 'args').options })
async function problem(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
  } catch (error) {
    assert.instance(error, MailrunError, String((error as Error).stack))
    return (error as Error).message
  }
  return assert.unreachable('nothing was refused') as never
}
const refusal = (text: string, host = 'mx1', words: readonly string[] = []): Promise<string> =>
  problem(() => settings(text, host, words))

test('typed settings, each with the place where it was said', async () => {
  const found = await settings(
    'Host mx*\n' +
      '  HostName %h.example.org\n' +
      '  User mail\n  Port 2222\n' +
      '  IdentityFile ~/.ssh/%r@%h\n  IdentitiesOnly yes\n' +
      '  ConnectTimeout 1m30s\n' +
      'Host *\n  ServerAliveInterval 15\n' +
      '  UserKnownHostsFile /k/%h none2\n  Ciphers ^aes256-ctr\n',
  )
  assert.is(found.hostName, 'mx1.example.org')
  assert.equal(
    [found.user, found.port, found.identitiesOnly, found.connectTimeout, found.serverAliveInterval],
    ['mail', 2222, true, 90, 15],
  )
  assert.match(found.identityFiles[0]!.path, /^\/.*\/\.ssh\/mail@mx1\.example\.org$/)
  assert.match(found.identityFiles[0]!.where!, /config:5$/)
  assert.equal(found.userKnownHostsFiles, ['/k/mx1.example.org', 'none2'])
  assert.is(found.ciphers[0], 'aes256-ctr')
  assert.equal(
    found.all
      .filter(({ where }) => where !== undefined)
      .map(({ keyword, where }) => `${keyword} ${where!.replace(/.*:/, '')}`),
    [
      'user 3',
      'hostname 2',
      'port 4',
      'identitiesonly 6',
      'serveraliveinterval 9',
      'ciphers 11',
      'identityfile 5',
      'userknownhostsfile 10',
      'connecttimeout 7',
    ],
  )
})

test('defaults are those of OpenSSH 9.2 on Debian 12', async () => {
  const found = await resolveSsh(await readSshConfig('none'), { host: 'MX1', options: [] })
  assert.equal(
    [
      found.host,
      found.hostName,
      found.port,
      found.strictHostKeyChecking,
      found.connectTimeout,
      found.proxyCommand,
      found.identityAgent,
    ],
    ['MX1', 'mx1', 22, 'ask', undefined, undefined, undefined],
  )
  assert.is(found.identityFiles.length, 7)
  assert.ok(found.identityFiles.every(({ where }) => where === undefined))
  assert.match(
    printSsh(found),
    /^host MX1\nuser .*\nhostname mx1\nport 22\naddressfamily any\n[^]*\nsyslogfacility USER\n$/,
  )
})

test('options come before the files, and the first counts', async () => {
  const found = await settings('Port 1\nUser file\n', 'dest@mx1', [
    '-p',
    '2',
    '-o',
    'Port=3',
    '-l',
    'flag',
    '-i',
    '/k y',
    '-4',
  ])
  assert.equal([found.port, found.user, found.identityFiles[0]!.path, found.addressFamily], [2, 'flag', '/k y', 'inet'])
  assert.is((await settings('User file\n', 'dest@mx1')).user, 'dest')
  const option = sshValue('IdentityFile', '/my keys/"a"', 'inventory.yml:3')
  const keyed = await resolveSsh(await readSshConfig('none'), { host: 'h', options: [option] })
  assert.equal(keyed.identityFiles, [{ path: '/my keys/"a"', where: 'inventory.yml:3' }])
  assert.is(sshOption('# nothing', 'x'), undefined)
})

test('patterns take time with their length, not with two to its power', async () => {
  const text =
    `Host ${'*a'.repeat(2000)}b\n Port 1\n` +
    `Match host ${'*?a*'.repeat(250)}b\n Port 2\n` +
    `Include @/${'*a'.repeat(100)}b/x\n`
  const at = files({ config: text, ['a'.repeat(200)]: '' })
  assert.is(
    (await resolveSsh(await readSshConfig(join(at, 'config')), { host: 'a'.repeat(250), options: [] })).port,
    22,
  )
})

test('faults are told with file:line, in a block for another host too', async () => {
  for (const [text, expected] of [
    ['Host other\n  Port many\n', /config:2: port: it must be a port from 1 to 65535, got "many"$/],
    ['\n\nUser "x\n', /config:3: user: a quotation in "\\"x" has no end$/],
    ['ConnectTimeout 5 6', /config:1: connecttimeout: there is more than it takes: "6"$/],
    ['StrictHostKeyChecking maybe', /config:1: stricthostkeychecking: it must be true, false, .*, got "maybe"$/],
    [
      'Conection 1',
      /config:1: OpenSSH 9\.2 knows no conection \(IgnoreUnknown conection, before this line, passes over it\)$/,
    ],
    ['IdentiyFile x', /config:1: OpenSSH 9\.2 knows no identiyfile: did you mean identityfile\?/],
    ['User', /config:1: user: there is no argument after the keyword$/],
    ['Match host', /config:1: match: the criterion "host" has no argument$/],
    ['Match tagged x', /config:1: match: OpenSSH 9\.2 has no criterion "tagged"; it has all/],
    ['ControlPath %q', /config:1: controlpath: %"q" is no token here \(in "%q"\)/],
    [
      'IdentityFile ${MAILRUN_NO_SUCH_VARIABLE}',
      /config:1: identityfile: the environment variable "MAILRUN_NO_SUCH_VARIABLE" is not set/,
    ],
    ['ProxyJump one, two', /config:1: proxyjump: "one, two" is no list of jump hosts/],
    ['Ciphers rot13', /config:1: ciphers: "rot13" holds an algorithm that OpenSSH 9\.2 does not know$/],
  ] as const)
    assert.match(await refusal(text), expected)
  assert.match(await refusal('', 'mx1', ['-o', 'Port=x']), /^args: port: it must be/)
  assert.match(await refusal('', 'mx1', ['-W', 'x']), /^args: -W of ssh is not supported/)
  assert.match(await refusal('', 'mx1', ['-o']), /^args: -o of ssh needs an argument$/)
  assert.match(await refusal('', 'a;b'), /"a;b" is no destination that ssh takes/)
  assert.match(
    await refusal('', 'mx1', ['-J', 'a$(id)']),
    /^args: proxyjump: the jump host "a\$\(id\)" holds characters/,
  )
})

test('IgnoreUnknown passes over what it names', async () => {
  assert.is((await settings('IgnoreUnknown UseKey*\nUseKeychain yes\nPort 3\n')).port, 3)
  assert.match(await refusal('Host other\nIgnoreUnknown UseKey*\nHost *\nUseKeychain yes\n'), /knows no usekeychain/)
})

test('keywords of newer clients that change nothing are passed over; one that forbids the host is not', async () => {
  assert.is(
    (
      await settings(
        'Tag work\nObscureKeystrokeTiming interval:30\nChannelTimeout session=5m\nWarnWeakCrypto no\nPort 2222\n',
      )
    ).port,
    2222,
  )
  assert.match(await refusal('RefuseConnection "not this way"\n'), /config:1: OpenSSH 9\.2 knows no refuseconnection/)
})

test('includes follow their block, and a file that is missing, refused or in a circle is told', async () => {
  const at = files({
    config: 'Host mx1\nInclude @/part*\nHost *\nPort 9\n',
    part1: 'Port 1\nHost db\nUser never\n',
    part2: 'Compression yes\n',
  })
  const config = await readSshConfig(join(at, 'config'))
  const [mx1, db] = await Promise.all(['mx1', 'db'].map((host) => resolveSsh(config, { host, options: [] })))
  assert.equal([mx1!.port, mx1!.compression, db!.port, db!.user === 'never'], [1, true, 9, false])
  chmodSync(join(at, 'part1'), 0o666)
  assert.match(
    await problem(() => readSshConfig(join(at, 'config'))),
    /part1: bad owner or permissions, ssh refuses it: .* mode now 0666/,
  )
  assert.match(
    await problem(() => readSshConfig(join(at, 'none-such'))),
    /none-such: this ssh_config cannot be read: ENOENT/,
  )
  const circle = files({ config: 'Include @/a\n', a: '\nInclude @/b\n', b: 'Include @/[a]\n' })
  assert.match(await problem(() => readSshConfig(join(circle, 'config'))), /b:1: include: .*\/a includes itself$/)
  const levels = Array.from({ length: 8 }, (_, index) =>
    Array.from({ length: 10 }, (_, name) => [`level${index + 1}-${name}`, `Include @/level${index + 2}-*\n`] as const),
  )
  const wide = files({ config: 'Include @/level1-*\n', ...Object.fromEntries(levels.flat()) })
  assert.match(await problem(() => readSshConfig(join(wide, 'config'))), /include: more than 10000 files are included$/)
})

test('a file of the user and one of the system, either of which may be missing', async () => {
  const at = files({ user: 'Port 1\nIdentityFile /a\n', system: 'Port 2\nUser sys\nIdentityFile /a\n' })
  const read = async (user: string, system: string): Promise<SshSettings> =>
    resolveSsh(await readSshConfig(undefined, { user: join(at, user), system: join(at, system) }), {
      host: 'h',
      options: [],
    })
  const both = await read('user', 'system')
  assert.equal([both.port, both.user, both.identityFiles.length], [1, 'sys', 2])
  assert.is((await read('no', 'system')).port, 2)
  assert.is((await read('no', 'no')).port, 22)
  chmodSync(join(at, 'user'), 0o646)
  assert.match(await problem(() => read('user', 'system')), /user: bad owner or permissions/)
})

test('Match exec runs a command once for all hosts that ask the same, and with tokens once for each', async () => {
  const at = files({
    config:
      'Match exec "echo same >> @/log"\nUser u\n' +
      'Match host nobody exec "echo never >> @/log"\nPort 1\n' +
      'Match exec "echo %n >> @/log && test %n = a"\nPort 7\n',
  })
  const config = await readSshConfig(join(at, 'config'))
  const found = await Promise.all(['a', 'b', 'a'].map((host) => resolveSsh(config, { host, options: [] })))
  assert.equal(
    found.map(({ port }) => port),
    [7, 22, 7],
  )
  assert.equal(readFileSync(join(at, 'log'), 'utf8').trim().split('\n').sort(), ['a', 'b', 'same'])
  assert.not(existsSync(join(at, 'never')))
  assert.match(
    await refusal('\nMatch exec "kill -9 $$"\n'),
    /config:2: match exec: the command "kill -9 \$\$" was ended by SIGKILL$/,
  )
})

test('hops of ProxyJump, each resolved for itself, the first first', async () => {
  const text =
    'Host in1\n ProxyJump u@one:24,ssh://two,[2001:db8::1]:33\n' +
    'Host one\n ProxyJump outer\n HostName one.example.org\n' +
    'Host two\n User second\n ProxyJump not-this\n' +
    'Host in2\n ProxyJump bastion\n' +
    'Host bastion\n ProxyCommand nc -x proxy %h %p\n Port 25\n' +
    'Host l1\n ProxyJump l2\n' +
    'Host l2\n ProxyJump l1\n'
  const config = await readSshConfig(file(text))
  const chain = await resolveChain(config, { host: 'in1', options: [] }, [])
  assert.equal(
    chain.map(({ user, hostName, port }) => `${user === userInfo().username ? '' : user}@${hostName}:${port}`),
    ['@outer:22', 'u@one.example.org:24', 'second@two:22', '@2001:db8::1:33', '@in1:22'],
  )
  assert.equal(chain.at(-1)!.proxyJump, [
    { user: 'u', host: 'one', port: 24 },
    { user: undefined, host: 'two', port: undefined },
    { user: undefined, host: '2001:db8::1', port: 33 },
  ])
  const [bastion, target] = await resolveChain(config, { host: 'in2', options: [] }, [])
  assert.equal([bastion!.proxyCommand, bastion!.port, target!.proxyCommand], ['nc -x proxy bastion 25', 25, undefined])
  assert.match(
    await problem(() => resolveChain(config, { host: 'l1', options: [] }, [])),
    /config:\d+: proxyjump: the way to l1 leads in a circle: l1 through l2 through l1/,
  )
  assert.equal(
    (await resolveChain(config, { host: 'in2', options: [sshOption('ProxyJump=none', 'x')!] }, [])).length,
    1,
  )
})

test('random files and spoilt ones are read or refused, never more than that', async () => {
  const path = file('')
  let taken = 0
  for (const { text, hosts } of cases(11, 400)) {
    // No command is run here that chance has made.
    writeFileSync(path, text.replace(/exec/gi, 'user'))
    for (const host of hosts) {
      try {
        await resolveSsh(await readSshConfig(path), { host, options: [] })
        taken += 1
      } catch (error) {
        assert.instance(error, MailrunError, `${(error as Error).stack}\nof ${JSON.stringify(text)}`)
      }
    }
  }
  assert.ok(taken > 200, `only ${taken} of 800 were taken`)
})

test.run()
