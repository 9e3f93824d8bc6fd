// ssh_config(5) through `ssh -G`: who is asked for, what hosts share, what becomes of the answers and of refusals.
// The lab holds shared answers against the real ones; here the answers are made up.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { MailrunError } from '../../../../src/core/mailrun-error.ts'
import { answerOf, valueOf, type Answer } from '../../../../src/ssh/config/ask/answer.ts'
import { askSsh, type Question } from '../../../../src/ssh/config/ask/ask-ssh.ts'
import { sshRefusal } from '../../../../src/ssh/config/ask/ssh-refusal.ts'
import { hopsOf, hopText } from '../../../../src/ssh/config/jump.ts'
import { KEYWORDS } from '../../../../src/ssh/config/keywords.ts'
import { resolveChain } from '../../../../src/ssh/config/resolve-chain.ts'
import { destination, sshResolver, type SshResolver } from '../../../../src/ssh/config/resolver.ts'
import { isPlainHost, type Destination } from '../../../../src/ssh/config/share/destination.ts'
import { sshArguments } from '../../../../src/ssh/config/ssh-words.ts'
import type { SshSettings } from '../../../../src/ssh/config/ssh-settings.ts'
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

/** What `ssh -G` prints of these keywords where no line says anything. */
const PLAIN = (host: string): string =>
  `host ${host}\nuser root\nhostname ${host.toLowerCase()}\nport 22\naddressfamily any\nconnectionattempts 1\n` +
  'connecttimeout none\nserveraliveinterval 0\nserveralivecountmax 3\nstricthostkeychecking ask\n' +
  'pubkeyauthentication true\npasswordauthentication yes\nkbdinteractiveauthentication yes\n' +
  'ciphers aes128-ctr,aes256-ctr\nidentityfile ~/.ssh/id_rsa\nidentityfile ~/.ssh/id_ed25519\n' +
  'userknownhostsfile /root/.ssh/known_hosts\nglobalknownhostsfile /etc/ssh/ssh_known_hosts\n'

interface Made {
  readonly resolver: SshResolver
  /** Hosts that were asked for, with the words before them. */
  readonly asked: readonly string[]
}

/** @param says - lines that come before those of `PLAIN`, and take the place of theirs. */
function made(config: string | undefined, says: (question: Question) => string = () => ''): Made {
  const asked: string[] = []
  const resolver = sshResolver(config, (question) => {
    asked.push([...question.words.filter((word) => word !== config && word !== '-F'), question.host].join(' '))
    const said = answerOf(question.words.includes('none') ? '' : says(question))
    const taken = new Set(said.map(({ keyword }) => keyword))
    return Promise.resolve([...said, ...answerOf(PLAIN(question.host)).filter(({ keyword }) => !taken.has(keyword))])
  })
  return { resolver, asked }
}

const DEBIAN =
  '\nInclude /etc/ssh/no-such-folder/*.conf\n\nHost *\n#   Port 22\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n' +
  '    GSSAPIAuthentication yes\n'
const fleet = (count: number): readonly Destination[] =>
  Array.from({ length: count }, (_, index) => destination(`mx${index}.example.org`))
const all = (resolver: SshResolver, hosts: readonly Destination[]): Promise<readonly SshSettings[]> =>
  Promise.all(hosts.map((each) => resolver.resolve(each)))

async function problem(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
  } catch (error) {
    assert.instance(error, MailrunError, String((error as Error).stack))
    return (error as Error).message
  }
  return assert.unreachable('nothing was refused') as never
}

test('one process for 1,000 hosts on a stock configuration, each with its user, port and key', async () => {
  const { resolver, asked } = made(file(DEBIAN))
  resolver.begin()
  const hosts = fleet(1000).map((each, index) => ({
    ...each,
    user: `u${index}`,
    port: 1000 + index,
    keyFile: `/k/${index}`,
  }))
  const found = await all(resolver, hosts)
  assert.is(asked.length, 1)
  assert.equal(
    [found[7]!.hostName, found[7]!.user, found[7]!.port, found[7]!.identityFiles],
    ['mx7.example.org', 'u7', 1007, [{ path: '/k/7', named: true }]],
  )
})

test('no process where no file and no option says anything', async () => {
  for (const config of ['none', file('# nothing\n\n')]) {
    const { resolver, asked } = made(config)
    resolver.begin()
    const [found] = await all(resolver, [{ ...destination('MX1'), port: 2222 }])
    assert.is(asked.length, 0)
    assert.equal(
      [found!.hostName, found!.user, found!.port, found!.strictHostKeyChecking, found!.connectTimeout],
      ['mx1', userInfo().username, 2222, 'ask', undefined],
    )
    assert.ok(found!.identityFiles.every(({ named }) => !named))
    assert.equal([found!.forOpenssh, found!.passedOver, found!.ciphers], [[], [], undefined])
  }
})

test('hosts share what their Host and Match lines say alike', async () => {
  const text =
    'Host mx1*\n Port 1\nHost db !db2\n Port 2\nMatch host *.org originalhost m*\n Port 3\n' +
    'Match exec "test -e /vpn" user root\n Port 4\n'
  const { resolver, asked } = made(file(text))
  const hosts = ['mx10', 'mx11', 'db', 'db2', 'db3', 'x', 'mx2.org', 'mx3.org'].map(destination)
  await all(resolver, hosts)
  assert.equal(asked, ['mx10', 'db', 'db2', 'db3', 'mx2.org'])
})

test('each is asked for by itself where it may matter which it is', async () => {
  for (const text of [
    'Match exec "test %h = mx1"\nPort 1\n',
    'CanonicalizeHostname yes\nCanonicalDomains example.org\n',
    'Include %h.conf\nPort 1\n',
    'Match new-criterion x\nPort 1\n',
    "Match host 'mx*'\nPort 1\n",
    'Port "1\n',
  ]) {
    const { resolver, asked } = made(file(text))
    await all(resolver, [...fleet(3), ...fleet(3)])
    assert.is(asked.length, 3, text)
  }
  const guarded = made(file('Match originalhost mx1.* exec "test %h = mx1"\nPort 1\n'))
  await all(guarded.resolver, fleet(5))
  assert.equal(guarded.asked, ['mx0.example.org', 'mx1.example.org'])
  const named = made(file('Match user ops\nPort 1\n'))
  await all(named.resolver, [...fleet(3), ...fleet(3).map((each) => ({ ...each, user: 'ops' }))])
  assert.equal(named.asked, ['mx0.example.org', ...fleet(3).map(({ host }) => `-l ops ${host}`)])
})

test('what names one destination in an answer names the other', async () => {
  const text =
    'Host *\n HostName %h.net\n ControlPath ~/c-%r@%h:%p-%n\n UserKnownHostsFile "/a b/%k" ~/x\n' +
    ' IdentityFile ~/.ssh/%r@%h\n'
  const home = userInfo().homedir
  const { resolver, asked } = made(
    file(text),
    ({ host }) =>
      `hostname ${host}.net\ncontrolpath ${home}/c-root@${host}.net:22-${host}\n` +
      `userknownhostsfile /a b/${host} ${home}/x\nidentityfile ~/.ssh/%r@%h\n`,
  )
  const [, found] = await all(resolver, [destination('mx1'), { ...destination('mx2'), user: 'ops', port: 24 }])
  assert.equal(asked, ['mx1', 'none mailrun.invalid'])
  assert.equal(
    [found!.hostName, found!.controlPath, found!.userKnownHostsFiles, found!.identityFiles],
    [
      'mx2.net',
      `${home}/c-ops@mx2.net:24-mx2`,
      ['/a b/mx2', `${home}/x`],
      [{ path: `${home}/.ssh/ops@mx2.net`, named: true }],
    ],
  )
})

test('what may come from two lines is not shared, nor what comes from none', async () => {
  const two = made(file('Host a*\n HostName %h.net\nHost *\n HostName mx1\n'), () => 'hostname mx1\n')
  await all(two.resolver, [destination('mx1'), destination('mx2')])
  assert.equal(two.asked, ['mx1', 'mx2'])
  const odd = made(file('ControlPath /x/%h\n'), ({ host }) => `controlpath /y/${host}\n`)
  await all(odd.resolver, [destination('mx1'), destination('mx2')])
  assert.equal(odd.asked, ['mx1', 'mx2'])
})

test('names and addresses that ssh takes as they are', () => {
  for (const host of ['mx1', 'MX-1.example.org', '_x', '1und1.de', '192.0.2.7', '2001:db8::1', '::1'])
    assert.ok(isPlainHost(host), host)
  for (const host of [
    '127.1',
    '0x7f',
    '1.2.3.4.5',
    '010.0.0.1',
    '::0001',
    '::ffff:1.2.3.4',
    'fe80::1%lo',
    'mx1.',
    'ü',
    'a b',
    '-x',
    '',
  ])
    assert.not(isPlainHost(host), host)
})

test('settings are typed, expanded, and compared with what ssh says by itself', async () => {
  const { resolver } = made(
    file('Ciphers aes256-ctr\nIdentityFile ~/k\nRequiredRSASize 4096\n'),
    () =>
      'ciphers aes256-ctr\nidentityfile ~/k\nidentityfile none\nrequiredrsasize 4096\ncompression yes\n' +
      'connecttimeout 90\nproxyjump u@%h-jump:24,ssh://v%20w@two/\nidentityagent SSH_AUTH_SOCK\n' +
      'revokedhostkeys ~/r\nstricthostkeychecking true\nglobalknownhostsfile none\nnewer-than-we-know 1\n',
  )
  const found = await resolver.resolve(destination('mx1'))
  const { homedir } = userInfo()
  assert.equal(found.ciphers, ['aes256-ctr'])
  assert.equal(found.identityFiles, [{ path: `${homedir}/k`, named: true }])
  assert.equal(found.proxyJump, [
    { user: 'u', host: 'mx1-jump', port: '24' },
    { user: 'v w', host: 'two', port: undefined },
  ])
  assert.equal(
    [found.connectTimeout, found.identityAgent, found.revokedHostKeys, found.strictHostKeyChecking],
    [90, undefined, `${homedir}/r`, 'yes'],
  )
  assert.equal(found.globalKnownHostsFiles, [])
  assert.equal([found.forOpenssh, found.passedOver], [['RequiredRSASize'], ['Compression']])
  const same = made(file('Host x\n Ciphers aes256-ctr\n IdentityFile ~/k\nHost *\n Port 2\n'))
  const usual = await same.resolver.resolve(destination('mx1'))
  assert.is(usual.ciphers, undefined)
  assert.ok(usual.identityFiles.every(({ named }) => !named))
})

test('a keyword that is newer than mailrun is for the system ssh, where a line says it', async () => {
  const says = (): string => 'quantumflux no\n'
  const said = made(file('QuantumFlux no\n'), says)
  assert.equal((await said.resolver.resolve(destination('mx1'))).forOpenssh, ['quantumflux'])
  const unsaid = made(file('Port 22\n'), says)
  assert.equal((await unsaid.resolver.resolve(destination('mx1'))).forOpenssh, [])
})

test('the table names each keyword once', () => {
  assert.is(new Set(KEYWORDS.map(({ name }) => name.toLowerCase())).size, KEYWORDS.length)
  assert.ok(KEYWORDS.every(({ use, why }) => use === 'openssh' || why !== ''))
})

test('options are words of ssh, and lines', () => {
  const {
    words,
    file: named,
    lines,
  } = sshArguments(['-4Cp', '2222', '-oUser=x', '-i', '/my "k', '-F', 'f', '-J', 'a,b', '-o', '# nothing'], 'f:1')
  assert.equal(words, [
    '-4',
    '-C',
    '-p',
    '2222',
    '-o',
    'User=x',
    '-o',
    'IdentityFile="/my \\"k"',
    '-J',
    'a,b',
    '-o',
    '# nothing',
  ])
  assert.is(named, 'f')
  assert.equal(
    lines.map(({ keyword, words: said }) => `${keyword} ${said!.join(' ')}`),
    ['addressfamily inet', 'compression yes', 'port 2222', 'user x', 'identityfile /my "k', 'proxyjump a,b'],
  )
  assert.throws(() => sshArguments(['-W', 'x'], 'args'), /^args: -W of ssh is not supported/)
  assert.throws(() => sshArguments(['-o'], 'args'), /^args: -o of ssh needs an argument$/)
  assert.throws(() => sshArguments(['host'], 'args'), /^args: "host" is no option of ssh$/)
})

test('options that come before user and port are given to ssh with these', async () => {
  const { resolver, asked } = made('none')
  const { words, lines } = sshArguments(['-p', '5'], 'f:1')
  await resolver.resolve({ ...destination('mx1'), before: words, lines, user: 'u', port: 6 })
  assert.equal(asked, ['-p 5 -p 6 -l u mx1'])
})

test('what ssh refuses is reported with file:line', () => {
  const reported = (said: string, where?: string): string => sshRefusal(said, 'mx1', where).message
  assert.is(
    reported('Pseudo-terminal will not be allocated because stdin is not a terminal.\n/c line 3: Bad number "x".\n'),
    '/c:3: Bad number "x".',
  )
  assert.is(
    reported('/c: line 2: Bad configuration option: identiyfile\n/c: terminating, 1 bad configuration options\n'),
    '/c:2: Bad configuration option: identiyfile',
  )
  assert.is(
    reported('/c: line 1: Bad configuration option: x\n/d line 9: no argument after keyword "port"\n'),
    '/c:1: Bad configuration option: x\n/d:9: no argument after keyword "port"',
  )
  assert.is(
    reported('command-line line 0: Bad number "x".\n', 'hosts.yml:7: ansible_ssh_args'),
    'hosts.yml:7: ansible_ssh_args: Bad number "x".',
  )
  assert.is(
    reported('Bad owner or permissions on /root/.ssh/config\n'),
    'ssh -G mx1: Bad owner or permissions on /root/.ssh/config',
  )
  assert.is(reported(''), 'ssh -G mx1: it ended without a word')
})

test('where there is no ssh, a file or options that want one are named', async () => {
  const config = file('Port 1\n')
  const without = { ...destination('mx1'), program: '/no/such/ssh' }
  assert.match(
    await problem(() => sshResolver(config).resolve(without)),
    /config: OpenSSH is asked what .* there is no \/no\/such\/ssh: install openssh-client, or .*--ssh-config none$/,
  )
  const { words, lines } = sshArguments(['-C'], 'f:1')
  assert.match(
    await problem(() => sshResolver('none').resolve({ ...without, after: words, lines, where: 'f:1' })),
    /^f:1: OpenSSH is asked/,
  )
  assert.is((await sshResolver('none').resolve(without)).port, 22)
})

test('an ssh that says too much, or ends oddly, is no answer', async () => {
  const at = files({
    loud: '#!/bin/sh\nyes\n',
    killed: '#!/bin/sh\nkill -9 $$\n',
    odd: '#!/bin/sh\nprintf "port 22\\nx\\n y\\n"\n',
  })
  for (const name of ['loud', 'killed', 'odd']) chmodSync(join(at, name), 0o755)
  const ask = (name: string): Promise<Answer> =>
    askSsh({ program: join(at, name), words: [], host: 'mx1', where: undefined, isForOthers: false, why: 'x' })
  assert.match(await problem(() => ask('loud')), /loud -G mx1 said more than 4 MiB$/)
  assert.match(await problem(() => ask('killed')), /killed -G mx1 was ended by SIGKILL$/)
  assert.is(valueOf(await ask('odd'), 'port'), '22')
})

test('the first refusal ends the asking', async () => {
  let asked = 0
  const resolver = sshResolver(file('Match exec "%h"\nPort 1\n'), () => {
    asked += 1
    return Promise.reject(new MailrunError('refused'))
  })
  assert.is(await problem(() => all(resolver, fleet(100))), 'refused')
  assert.ok(asked < 20, `${asked} were asked for`)
})

test('what ssh refuses without the user and port of a host is asked again with them', async () => {
  const asked: string[] = []
  const resolver = sshResolver(file('User ${LOGNAME}\nPort 1\n'), ({ words, host }) => {
    asked.push([...words.slice(2), host].join(' '))
    return words.includes('-l')
      ? Promise.resolve(answerOf(PLAIN(host)))
      : Promise.reject(new MailrunError('LOGNAME has no value'))
  })
  resolver.begin()
  await all(resolver, [{ ...destination('mx1'), user: 'ops' }])
  assert.equal(asked, ['mailrun.invalid', '-l ops mx1'])
  assert.is(await problem(() => resolver.resolve(destination('mx2'))), 'LOGNAME has no value')
})

test('hops of ProxyJump, each asked for by itself, the first first', async () => {
  const jumps: Readonly<Record<string, string>> = {
    in1: 'u@one:24,two,[2001:db8::1]:33',
    one: 'outer',
    l1: 'l2',
    l2: 'l1',
  }
  const config = file(
    Object.entries(jumps)
      .map(([host, to]) => `Host ${host}\n ProxyJump ${to}\n`)
      .join(''),
  )
  const { resolver, asked } = made(config, ({ words, host }) => {
    const jump = words.includes('-J') ? words[words.indexOf('-J') + 1] : jumps[host]
    return jump === undefined ? '' : `proxyjump ${jump}\n`
  })
  const chain = await resolveChain(resolver, destination('in1'))
  assert.equal(
    chain.map(({ user, hostName, port }) => `${user}@${hostName}:${port}`),
    ['root@outer:22', 'u@one:24', 'root@two:22', 'root@2001:db8::1:33', 'root@in1:22'],
  )
  assert.equal(asked, ['in1', '-J u@one:24,two 2001:db8::1', '-J u@one:24 two', 'one', 'outer'])
  assert.match(
    await problem(() => resolveChain(resolver, destination('l1'))),
    /config:\d+: proxyjump: the way to l1 leads in a circle: l1 through l2 through l1/,
  )
  assert.equal(hopsOf('a:ssh,ssh://u;x=1@b:2/').map(hopText), ['a:ssh', 'u@b:2'])
})

test.run()
