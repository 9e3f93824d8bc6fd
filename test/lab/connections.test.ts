// One contract for every connection: mailrun's own ssh, the system's, with and without jump hosts, and a shell on this
// machine. Has a lab of its own.
import { execFile, spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { connector, type ConnectionSource } from '../../src/ssh/connector.ts'
import { ConnectionLost, Unreachable, type Connection, type Exchange } from '../../src/engine/session/connection.ts'
import { makeTrip, newMark } from '../../src/engine/trip/make-trip.ts'
import type { PlannedStep } from '../../src/engine/trip/steps.ts'
import { tripWords } from '../../src/engine/trip/trip-words.ts'
import type { Host } from '../../src/core/fleet/host.ts'
import { ping } from '../../src/commands/ping.ts'
import { keyringFor } from '../../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../../src/commands/fleet/read-fleet.ts'
import { Secret } from '../../src/shell/secret.ts'
import { suite } from '../suite.ts'
import { makeKeys, PASSPHRASE, publicByOpenssh } from '../unit/ssh/made-keys.ts'
import { inHost } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('connections')
delete process.env['SSH_AUTH_SOCK']
const lab = await import('../../lab/index.ts')
const test = suite('lab: connections')
const never = new AbortController().signal
const MEBIBYTE = 1024 * 1024
const scratch = mkdtempSync(join(tmpdir(), 'mailrun-connections-'))
const KNOWN_HOSTS = join(lab.stateDir, 'known_hosts')
const LAB_KEY = join(lab.stateDir, 'id_ed25519')
const KINDS = [
  'ssh',
  'openssh',
  'ssh through two jump hosts',
  'openssh through two jump hosts',
  'auto over a master connection',
  'local',
] as const
type Kind = (typeof KINDS)[number]

/** The key of the lab and its known_hosts for jump hosts, too, as an ssh_config says it. */
const configFile = join(scratch, 'config')
/** An address of the lab's that nobody has. */
const silent = async (): Promise<string> => (await lab.address('mx1')).replace(/\d+$/, '250')
const run = (program: string, ...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  assert.is(status, 0, stderr)
  return stdout
}

interface Over extends ConnectionSource {
  readonly vars?: Readonly<Record<string, unknown>>
}

/** Where the master connections of the tests are. */
const MASTERS = join(scratch, 'master-%C')
const masterSsh = async (...words: readonly string[]): Promise<string> =>
  run('ssh', '-F', configFile, '-o', `ControlPath=${MASTERS}`, ...words, `root@${await lab.address('mx1')}`)
/** To mx1, made by who uses ssh otherwise. Returns its process. */
async function startMaster(): Promise<number> {
  await masterSsh('-M', '-N', '-f', '-o', 'ServerAliveInterval=0')
  return Number(/pid=(\d+)/.exec(await masterPid())![1])
}
/** What ssh says on its standard error. */
async function masterPid(): Promise<string> {
  const words = ['-F', configFile, '-S', MASTERS, '-O', 'check', `root@${await lab.address('mx1')}`]
  return spawnSync('ssh', words, { encoding: 'utf8' }).stderr
}
async function endMaster(): Promise<void> {
  await masterSsh('-q', '-O', 'exit')
}

/** mx1 as `root`, by the lab's inventory and what is said over it. */
async function hostOf(kind: Kind, vars: Readonly<Record<string, unknown>> = {}): Promise<Host> {
  const jump = kind.includes('jump')
    ? { ansible_ssh_args: `-J ops@${await lab.address('mx2')},admin@${await lab.address('mx3')}` }
    : {}
  const master = kind.includes('master') ? { ansible_ssh_args: `-o ControlPath=${MASTERS}` } : {}
  const all = { ansible_connection: kind.split(' ')[0], ansible_timeout: 15, ...jump, ...master, ...vars }
  const { hosts } = await readFleet(
    { inventory: [lab.inventoryPath] },
    new Map(Object.entries(all).map(([key, value]) => [key, { value, where: 'the test' }])),
    undefined,
    keyringFor({}),
  )
  return hosts[0]!
}

/** It listens again a moment later. */
const RELOAD = 'systemctl reload ssh; sleep 1'

const open: { close(): void }[] = []
async function connect(kind: Kind, { vars, ...source }: Over = {}, signal = never): Promise<Connection> {
  const host = await hostOf(kind, vars)
  const made = await connector([host], { sshConfig: configFile, ...source })
  open.push(made)
  const connection = await made.connect(host, signal)
  open.unshift(connection)
  return connection
}
async function refused(kind: Kind, over: Over, signal = never): Promise<string> {
  const error = await connect(kind, over, signal).then(
    async (connection) =>
      ask(connection, 'echo in').then(
        () => undefined,
        (reason: unknown) => reason,
      ),
    (reason: unknown) => reason,
  )
  assert.instance(error, Unreachable, String(error))
  return (error as Error).message
}
const ask = (
  connection: Connection,
  script: string,
  signal = never,
  onStdout: (chunk: Buffer) => void = () => {},
): Promise<Exchange> =>
  connection.exchange({
    script: `{ ${script}\n}\necho; echo MARK end; { echo; echo MARK end; } >&2\n`,
    end: 'MARK end',
    onStdout,
    signal,
  })
async function said(connection: Connection, script: string): Promise<string> {
  return (await ask(connection, script)).stdout.toString().trim()
}
async function lost(work: Promise<unknown>): Promise<void> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.instance(error, ConnectionLost, String(error))
}

test.before(async () => {
  await lab.labUp({ size: 3, tools: false, wire: undefined })
  writeFileSync(
    configFile,
    `Host *
  IdentityFile ${LAB_KEY}
  IdentitiesOnly yes
  UserKnownHostsFile ${KNOWN_HOSTS}
`,
  )
})
test.after(async () => {
  try {
    for (const each of open) each.close()
    rmSync(scratch, { recursive: true })
  } finally {
    await lab.labDown()
  }
})
test.after.each(() => {
  for (const each of open.splice(0)) each.close()
})

for (const kind of KINDS) {
  if (kind.includes('master')) test(`${kind}: it is made`, async () => assert.ok(await startMaster()))

  test(`${kind}: every byte arrives, on both streams, in both directions`, async () => {
    const connection = await connect(kind)
    const bytes = await ask(connection, String.raw`printf '\0\377\200a\303\251\r\n'; printf '\376\0' >&2`)
    assert.equal([...bytes.stdout.subarray(0, 8)], [0, 255, 128, 97, 195, 169, 13, 10])
    assert.equal([...bytes.stderr.subarray(0, 2)], [254, 0])
    const much = await ask(connection, `head -c ${3 * MEBIBYTE} /dev/zero; head -c ${MEBIBYTE} /dev/zero >&2`)
    assert.equal([much.stdout.length, much.stderr.length], [3 * MEBIBYTE, MEBIBYTE])
    assert.is(await said(connection, `wc -c <<'E'\n${'x'.repeat(2 * MEBIBYTE)}\nE`), String(2 * MEBIBYTE + 1))
  })

  test(`${kind}: one shell for all exchanges, as root`, async () => {
    const connection = await connect(kind)
    await ask(connection, 'kept=here')
    assert.is(await said(connection, 'echo "$kept"; id -u'), 'here\n0')
  })

  test(`${kind}: output comes as it is printed, and a file is made beside a running exchange`, async () => {
    const connection = await connect(kind)
    const path = `/tmp/mailrun-contract-${process.pid}`
    let touched: Promise<void> | undefined
    const answer = await ask(
      connection,
      `echo begun
until [ -e ${path} ]; do sleep 0.1; done
rm ${path}
echo seen`,
      never,
      (chunk) => {
        if (chunk.includes('begun')) touched ??= connection.touch(path)
      },
    )
    await touched
    assert.match(answer.stdout.toString(), /begun\nseen/)
  })

  test(`${kind}: an interrupt breaks an exchange off; whoever comes after is reported`, async () => {
    const connection = await connect(kind)
    await ask(connection, ':')
    const breaking = new AbortController()
    setTimeout(() => breaking.abort(), 300)
    await lost(ask(connection, 'sleep 60', breaking.signal))
    await lost(ask(connection, ':'))
  })

  test(`${kind}: a shell that dies is a lost connection`, async () => {
    const connection = await connect(kind)
    await ask(connection, ':')
    await lost(ask(connection, 'kill -9 $$; sleep 60'))
  })

  test(`${kind}: a closed connection leaves no shell behind`, async () => {
    const connection = await connect(kind)
    const pid = await said(connection, 'echo $$')
    connection.close()
    const gone = `for i in 1 2 3 4 5 6 7 8 9 10; do
  [ -e /proc/${pid} ] || exit 0
  sleep 0.5
done
exit 1`
    if (kind === 'local') await promisify(execFile)('sh', ['-c', gone])
    else await inHost('mx1', gone)
  })

  if (kind === 'local') continue

  test(`${kind}: where nothing listens it is said at once, with the address`, async () => {
    assert.match(await refused(kind, { vars: { ansible_port: 9 } }), /refused/)
  })

  test(`${kind}: a host that does not answer is given up in time`, async () => {
    const began = performance.now()
    assert.match(
      await refused(kind, { vars: { ansible_host: await silent(), ansible_timeout: 2 } }),
      /no answer within 2 s|timed out|no route/i,
    )
    assert.ok(performance.now() - began < 20_000)
  })

  if (kind.includes('through')) continue

  test(`${kind}: a key that the host does not take is denied, with the user`, async () => {
    const other = join(scratch, `other-${KINDS.indexOf(kind)}`)
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', other)
    assert.match(
      await refused(kind, {
        sshConfig: 'none',
        knownHosts: KNOWN_HOSTS,
        vars: { ansible_ssh_private_key_file: other },
      }),
      /permission denied for root/i,
    )
  })

  test(`${kind}: a host key that is not known, and one that has changed, are refused`, async () => {
    const empty = join(scratch, 'empty')
    writeFileSync(empty, '')
    assert.match(await refused(kind, { knownHosts: empty }), /not known|No \S+ host key is known/i)
    assert.is(readFileSync(empty, 'utf8'), '')
    const swapped = join(scratch, 'swapped')
    const address = await lab.address('mx1')
    const other = readFileSync(KNOWN_HOSTS, 'utf8')
      .split('\n')
      .find((line) => !line.split(' ')[0]!.split(',').includes(address) && line.includes(' '))!
    writeFileSync(swapped, `${address} ${other.split(' ').slice(1).join(' ')}\n`)
    assert.match(await refused(kind, { knownHosts: swapped }), /has changed/i)
  })

  test(`${kind}: --accept-new records a new key`, async () => {
    const file = join(scratch, `new-${KINDS.indexOf(kind)}`)
    const connection = await connect(kind, { knownHosts: file, acceptNew: true })
    assert.is(await said(connection, 'echo in'), 'in')
    if (kind === 'ssh')
      assert.match(connection.notes.join(), /its host key was new: ssh-ed25519 SHA256:.* recorded for .* in /)
    assert.match(readFileSync(file, 'utf8'), /ssh-ed25519 AAAA/)
    assert.is(await said(await connect(kind, { knownHosts: file }), 'echo in'), 'in')
  })

  test(`${kind}: a password`, async () => {
    await inHost(
      'mx1',
      `id pw >/dev/null 2>&1 || useradd -m pw
chpasswd <<'E'
pw:correct horse "'$
E
printf 'PasswordAuthentication yes\\nKbdInteractiveAuthentication no\\n' > /etc/ssh/sshd_config.d/00-pw.conf
${RELOAD}`,
    )
    const vars = {
      ansible_user: 'pw',
      ansible_ssh_private_key_file: null,
      ansible_password: new Secret(`correct horse "'$`),
    }
    const given = { sshConfig: 'none', knownHosts: KNOWN_HOSTS }
    assert.is(await said(await connect(kind, { ...given, vars }), 'id -un'), 'pw')
    assert.match(
      await refused(kind, { ...given, vars: { ...vars, ansible_password: 'wrong' } }),
      /permission denied for pw/i,
    )
    await inHost(
      'mx1',
      `printf 'PasswordAuthentication no\\nKbdInteractiveAuthentication yes\\n' > /etc/ssh/sshd_config.d/00-pw.conf
${RELOAD}`,
    )
    assert.is(await said(await connect(kind, { ...given, vars }), 'id -un'), 'pw')
    assert.match(
      await refused(kind, { ...given, vars: { ...vars, ansible_password: 'wrong' } }),
      /permission denied for pw/i,
    )
    await inHost('mx1', 'rm /etc/ssh/sshd_config.d/00-pw.conf; ' + RELOAD)
  })

  test(`${kind}: a key with a passphrase, which is asked for once`, async () => {
    const key = join(scratch, `locked-${KINDS.indexOf(kind)}`)
    copyFileSync(LAB_KEY, key)
    run('chmod', '600', key)
    run('ssh-keygen', '-q', '-p', '-P', '', '-N', 'open sesame', '-f', key)
    const given = {
      sshConfig: 'none',
      knownHosts: KNOWN_HOSTS,
      vars: { ansible_ssh_private_key_file: key },
    }
    const questions: string[] = []
    const answers =
      (answer: string) =>
      (question: string): Promise<Secret> => {
        questions.push(question)
        return Promise.resolve(new Secret(answer))
      }
    assert.is(await said(await connect(kind, { ...given, ask: answers('open sesame') }), 'echo in'), 'in')
    assert.is(questions.length, 1, questions.join())
    assert.match(questions[0]!, key)
    assert.match(await refused(kind, given), /passphrase|permission denied/i)
    assert.is(
      await said(
        await connect(kind, { ...given, vars: { ...given.vars, ansible_ssh_private_key_passphrase: 'open sesame' } }),
        'echo in',
      ),
      'in',
    )
  })
}

test('auto over a master connection: it is ended', endMaster)

test('ssh: a key of every form that ssh-keygen and openssl write logs in', async () => {
  const folder = join(scratch, 'forms')
  mkdirSync(folder)
  const keys = makeKeys(folder)
  const lines = keys.map(({ path }) => `${String(publicByOpenssh(path))} mailrun-forms`)
  await inHost('mx1', `cat >> ~/.ssh/authorized_keys <<'E'\n${lines.join('\n')}\nE`)
  const faults: string[] = []
  for (const { form, path, encrypted } of keys) {
    const passphrase = encrypted ? { ansible_private_key_passphrase: new Secret(PASSPHRASE) } : {}
    const vars = { ansible_private_key_file: path, ansible_ssh_private_key_file: path, ...passphrase }
    const answer = await connect('ssh', { sshConfig: 'none', knownHosts: KNOWN_HOSTS, vars }).then(
      (connection) => said(connection, 'echo in'),
      (error: unknown) => String(error),
    )
    if (answer !== 'in') faults.push(`${form}: ${answer}`)
  }
  await inHost('mx1', `sed -i '/ mailrun-forms$/d' ~/.ssh/authorized_keys`)
  assert.equal(faults, [])
})

test("what mailrun's own client lacks is done by the system's ssh: certificates of users", async () => {
  const ca = join(scratch, 'ca')
  const key = join(scratch, 'certified')
  for (const path of [ca, key]) run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path)
  run('ssh-keygen', '-q', '-s', ca, '-I', 'somebody', '-n', 'root', `${key}.pub`)
  assert.ok(existsSync(`${key}-cert.pub`))
  await inHost(
    'mx1',
    `echo '${readFileSync(`${ca}.pub`, 'utf8').trim()}' > /etc/ssh/ca.pub
echo 'TrustedUserCAKeys /etc/ssh/ca.pub' > /etc/ssh/sshd_config.d/00-ca.conf
${RELOAD}`,
  )
  assert.is(
    await said(
      await connect('ssh', {
        sshConfig: 'none',
        knownHosts: KNOWN_HOSTS,
        vars: { ansible_ssh_private_key_file: key },
      }),
      'echo in',
    ),
    'in',
  )
  await inHost('mx1', 'rm /etc/ssh/sshd_config.d/00-ca.conf; ' + RELOAD)
})

test('and of hosts', async () => {
  const ca = join(scratch, 'host-ca')
  const known = join(scratch, 'authority')
  const address = await lab.address('mx1')
  run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', ca)
  writeFileSync(join(scratch, 'host.pub'), await inHost('mx1', 'cat /etc/ssh/ssh_host_ed25519_key.pub'))
  run('ssh-keygen', '-q', '-s', ca, '-I', 'mx1', '-h', '-n', address, join(scratch, 'host.pub'))
  await inHost(
    'mx1',
    `echo '${readFileSync(join(scratch, 'host-cert.pub'), 'utf8').trim()}' > /etc/ssh/host-cert.pub
echo 'HostCertificate /etc/ssh/host-cert.pub' > /etc/ssh/sshd_config.d/00-host.conf
${RELOAD}`,
  )
  writeFileSync(known, `@cert-authority * ${readFileSync(`${ca}.pub`, 'utf8')}`)
  assert.is(await said(await connect('ssh', { knownHosts: known }), 'echo in'), 'in')
  await inHost('mx1', 'rm /etc/ssh/sshd_config.d/00-host.conf; ' + RELOAD)
  assert.match(await refused('ssh', { knownHosts: known }), /certificate|No \S+ host key is known/i)
})

test('and a key exchange that only it has', async () => {
  await inHost(
    'mx1',
    `echo 'KexAlgorithms sntrup761x25519-sha512@openssh.com' > /etc/ssh/sshd_config.d/00-kex.conf
${RELOAD}`,
  )
  assert.is(await said(await connect('ssh'), 'echo in'), 'in')
  await inHost('mx1', 'rm /etc/ssh/sshd_config.d/00-kex.conf; ' + RELOAD)
})

test('a jump host that does not forward, and one that cannot reach the host, are named', async () => {
  await inHost('mx3', `echo 'AllowTcpForwarding no' > /etc/ssh/sshd_config.d/00-forward.conf; ${RELOAD}`)
  assert.match(await refused('ssh through two jump hosts', {}), /through .*does not forward connections/)
  await inHost('mx3', 'rm /etc/ssh/sshd_config.d/00-forward.conf; ' + RELOAD)
  assert.match(
    await refused('ssh through two jump hosts', { vars: { ansible_port: 9 } }),
    /through .*cannot reach it: connection refused/,
  )
})

for (const kind of ['ssh through two jump hosts', 'openssh through two jump hosts'] as const) {
  test(`${kind}: --known-hosts and --accept-new hold for the jump hosts, too`, async () => {
    const address = await lab.address('mx1')
    const own = join(scratch, `own ${KINDS.indexOf(kind)}`)
    writeFileSync(
      own,
      readFileSync(KNOWN_HOSTS, 'utf8')
        .split('\n')
        .filter((line) => line.split(' ')[0]!.split(',').includes(address))
        .join('') + '\n',
    )
    assert.match(await refused(kind, { knownHosts: own }), /not known|No \S+ host key is known|verification failed/i)
    assert.is(await said(await connect(kind, { knownHosts: own, acceptNew: true }), 'echo in'), 'in')
    assert.is(
      new Set(
        readFileSync(own, 'utf8')
          .split('\n')
          .filter((line) => line.includes(' '))
          .map((line) => line.split(' ')[0]),
      ).size,
      3,
    )
  })
}

test('an agent that refuses to sign is passed by: the next key is tried', async () => {
  const socket = join(scratch, 'refusing-agent')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], {
    stdio: 'ignore',
    env: { ...process.env, SSH_ASKPASS: '/bin/false', SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' },
  })
  try {
    run(
      'sh',
      '-c',
      `until [ -S ${socket} ]; do sleep 0.1; done
export SSH_AUTH_SOCK=${socket}
ssh-keygen -q -t ed25519 -N '' -f ${scratch}/confirm
ssh-add -q -c ${scratch}/confirm 2>/dev/null`,
    )
    await inHost(
      'mx1',
      `echo '${readFileSync(join(scratch, 'confirm.pub'), 'utf8').trim()}' >> /root/.ssh/authorized_keys`,
    )
    writeFileSync(
      join(scratch, 'refusing'),
      `Host *
  IdentityFile ${scratch}/confirm
  IdentityFile ${LAB_KEY}
  IdentityAgent ${socket}
  UserKnownHostsFile ${KNOWN_HOSTS}
`,
    )
    assert.is(
      await said(
        await connect('ssh', { sshConfig: join(scratch, 'refusing'), vars: { ansible_ssh_private_key_file: null } }),
        'echo in',
      ),
      'in',
    )
  } finally {
    agent.kill()
  }
})

const ONE_HANDSHAKE =
  'a bastion sees one handshake for all hosts behind it, and an sshd that turns some away is asked again'
test(ONE_HANDSHAKE, async () => {
  const logins = (): Promise<string> =>
    inHost('mx2', 'journalctl -q -u ssh --no-pager | grep -c "Accepted publickey for ops"')
  const before = Number(await logins())
  const host = await hostOf('ssh through two jump hosts')
  const hosts = Array.from({ length: 12 }, (_, index) => ({ ...host, name: `h${index}` }))
  await inHost('mx1', `echo 'MaxStartups 2:50:6' > /etc/ssh/sshd_config.d/00-max.conf; ${RELOAD}`)
  const { connect: to, close } = await connector(hosts, { sshConfig: configFile })
  const connections = await Promise.all(hosts.map((each) => to(each, never)))
  assert.equal(
    await Promise.all(connections.map((connection) => said(connection, 'echo in'))),
    hosts.map(() => 'in'),
  )
  connections.forEach((connection) => connection.close())
  close()
  await inHost('mx1', 'rm /etc/ssh/sshd_config.d/00-max.conf; ' + RELOAD)
  assert.is(Number(await logins()) - before, 1)
})

const NEEDLESS_QUESTIONS =
  'a host is asked nothing before it is given the one key, ' +
  'and not to prove keys of its own that nobody wants to know'
test(NEEDLESS_QUESTIONS, async () => {
  await inHost('mx1', `printf 'LogLevel DEBUG1\\n' > /etc/ssh/sshd_config.d/loud.conf; ${RELOAD}`)
  try {
    const since = await inHost('mx1', 'date +%s')
    await ask(await connect('ssh'), 'true')
    // OpenSSH 9.8 and later log what a session does by another program, which is not of the unit.
    const log = await inHost('mx1', `journalctl -q -o cat -t sshd -t sshd-session --since @${since}`)
    assert.match(log, /Accepted publickey/)
    assert.match(log, /debug1: server_input_channel_open/)
    assert.not.match(log, /Postponed publickey/)
    assert.not.match(log, /hostkeys-prove/)
  } finally {
    await inHost('mx1', `rm /etc/ssh/sshd_config.d/loud.conf; ${RELOAD}`)
  }
})

test('an interrupt ends waiting for a connection', async () => {
  const breaking = new AbortController()
  setTimeout(() => breaking.abort(), 200)
  const began = performance.now()
  assert.match(await refused('ssh', { vars: { ansible_host: await silent() } }, breaking.signal), /interrupted/)
  assert.ok(performance.now() - began < 5000)
})

test('who comes later to a host goes through the master connection that was made meanwhile', async () => {
  const made = await hostOf('openssh', {
    ansible_ssh_args: `-o ControlMaster=auto -o ControlPersist=60 -o ControlPath=${MASTERS}`,
    ansible_ssh_retries: 0,
  })
  const { connect: to, close } = await connector([made], { sshConfig: configFile })
  const connections = [await to(made, never), await to(made, never)]
  for (const connection of connections) assert.is(await said(connection, 'id -u'), '0')
  for (const connection of connections) connection.close()
  close()
  await endMaster()
})

/** Logins of root on mx1 so far. */
const rootLogins = async (): Promise<number> =>
  Number(
    await inHost(
      'mx1',
      'journalctl -q -t sshd -t sshd-session --no-pager | grep -c "Accepted publickey for root" || :',
    ),
  )

test('a master that stands costs one ssh for a host, no login, and no further process', async () => {
  await startMaster()
  const [before, host] = [await rootLogins(), await hostOf('auto over a master connection')]
  const log = join(scratch, 'started')
  writeFileSync(join(scratch, 'counted'), `#!/bin/sh\necho "$*" >> ${log}\nexec ssh "$@"\n`, { mode: 0o755 })
  const counted = { ...host, address: { ...host.address, sshExecutable: join(scratch, 'counted') } }
  const hosts = Array.from({ length: 5 }, (_, index) => ({ ...counted, name: `h${index}` }))
  // Somebody who could be asked for a passphrase.
  const ask = (): Promise<Secret> => Promise.resolve(new Secret('x'))
  const { connect: to, close } = await connector(hosts, { sshConfig: configFile, ask })
  const connections = await Promise.all(hosts.map((each) => to(each, never)))
  const answers = await Promise.all(connections.map((connection) => said(connection, 'id -u')))
  connections.forEach((connection) => connection.close())
  close()
  await endMaster()
  assert.equal(answers, ['0', '0', '0', '0', '0'])
  assert.is(await rootLogins(), before)
  const started = readFileSync(log, 'utf8').trim().split('\n')
  assert.is(started.filter((words) => words.includes('exec sh')).length, 5)
  assert.ok(
    started.every((words) => words.startsWith('-G ') || words.includes('exec sh')),
    started.join('\n'),
  )
})

test('become works over a master connection, with a password and without', async () => {
  const login = `ops@${await lab.address('mx2')}`
  const words = ['-F', configFile, '-o', `ControlPath=${MASTERS}`]
  run('ssh', ...words, '-M', '-N', '-f', login)
  const vars = { ansible_host: await lab.address('mx2'), ansible_user: 'ops', ansible_become: true }
  assert.is(await said(await connect('auto over a master connection', { vars }), 'id -u; echo "$SUDO_USER"'), '0\nops')
  run('ssh', '-q', ...words, '-O', 'exit', login)
  const admin = `admin@${await lab.address('mx3')}`
  run('ssh', ...words, '-M', '-N', '-f', admin)
  const password = new Secret(readFileSync(lab.becomePasswordFile, 'utf8').trim())
  const asked = { ...vars, ansible_host: await lab.address('mx3'), ansible_user: 'admin' }
  const over = { vars: { ...asked, ansible_become_password: password } }
  assert.is(await said(await connect('auto over a master connection', over), 'id -u; echo "$SUDO_USER"'), '0\nadmin')
  run('ssh', '-q', ...words, '-O', 'exit', admin)
})

test('a master that was killed, and left its socket, is passed over; one that is stopped, too', async () => {
  const pid = await startMaster()
  process.kill(pid, 'SIGSTOP')
  const began = performance.now()
  const [before, host] = [await rootLogins(), await hostOf('auto over a master connection')]
  const warnings: string[] = []
  const made = await connector([host], { sshConfig: configFile, warn: (line) => warnings.push(line) })
  open.push(made)
  const connection = await made.connect(host, never)
  open.unshift(connection)
  assert.is(await said(connection, 'echo in'), 'in')
  assert.match(warnings.join(), /mx1: no master connection is used: .*master-.* does not answer within 2 s/)
  assert.ok(performance.now() - began < 20_000)
  process.kill(pid, 'SIGKILL')
  await sleep(200)
  assert.is(await said(await connect('auto over a master connection'), 'echo in'), 'in')
  const forced = { ansible_connection: 'openssh' }
  assert.is(await said(await connect('auto over a master connection', { vars: forced }), 'echo in'), 'in')
  assert.is(await rootLogins(), before + 3)
  for (const name of readdirSync(scratch)) if (name.startsWith('master-')) rmSync(join(scratch, name))
})

test('a master whose host has fallen silent holds a run up no longer than a connection may take', async () => {
  await startMaster()
  const sessions = '^sshd(-session)?: root'
  await inHost('mx1', `pkill -STOP -f '${sessions}'`)
  const inventory = join(scratch, 'silent.yaml')
  const keys = { ansible_host: await lab.address('mx1'), ansible_user: 'root', ansible_timeout: 4 }
  const all = { ...keys, ansible_ssh_args: `-o ControlPath=${MASTERS}` }
  writeFileSync(inventory, JSON.stringify({ all: { hosts: { mx1: all } } }))
  const began = performance.now()
  const { hosts } = await ping({ inventory, sshConfig: configFile })
  const took = performance.now() - began
  await inHost('mx1', `pkill -CONT -f '${sessions}'`)
  await endMaster()
  assert.is(hosts[0]!.status, 'unreachable', JSON.stringify(hosts[0]))
  assert.ok(took > 3000 && took < 20_000, String(took))
})

test('an ssh that was given up is ended, and its ProxyCommand with it', async () => {
  const mark = `97${process.pid}`
  const running = (): string => spawnSync('pgrep', ['-f', `sleep ${mark}`], { encoding: 'utf8' }).stdout
  assert.match(
    await refused('openssh', {
      vars: { ansible_ssh_extra_args: `-o ProxyCommand="sleep ${mark}" -o ConnectTimeout=60`, ansible_timeout: 2 },
    }),
    /no answer within 2 s/,
  )
  for (let waited = 0; waited < 50 && running() !== ''; waited += 1) await sleep(100)
  assert.is(running(), '')
  const exe = '/usr/local/bin/becomes-nobody'
  await inHost('mx2', `printf '#!/bin/sh\\nexec sleep ${mark}\\n' > ${exe}; chmod 755 ${exe}`)
  const become = {
    ansible_host: await lab.address('mx2'),
    ansible_user: 'ops',
    ansible_become: true,
    ansible_become_exe: exe,
    ansible_timeout: 3,
  }
  assert.match(await refused('openssh', { vars: become }), /no answer within 3 s/)
  const ofHost = (): string =>
    spawnSync('pgrep', ['-f', `ssh.*ops.*${become.ansible_host}.*becomes-nobody`], { encoding: 'utf8' }).stdout
  for (let waited = 0; waited < 50 && ofHost() !== ''; waited += 1) await sleep(100)
  assert.is(ofHost(), '')
  await inHost('mx2', `rm ${exe}; pkill -f 'sleep ${mark}'`)
})

test('a bastion that hangs holds up who comes later no longer than a connection may take', async () => {
  const host = await hostOf('ssh', {
    ansible_ssh_args: `-J ops@${await lab.address('mx2')}`,
    ansible_timeout: 3,
    ansible_ssh_retries: 0,
  })
  const { connect: to, close } = await connector([host], { sshConfig: configFile })
  const first = await to(host, never)
  assert.is(await said(first, 'echo in'), 'in')
  await inHost('mx2', 'pkill -STOP -u ops sshd')
  const began = performance.now()
  const error = await to(host, never).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  await inHost('mx2', 'pkill -CONT -u ops sshd')
  first.close()
  close()
  assert.instance(error, Unreachable)
  assert.match((error as Error).message, /through .*no answer within 3 s/)
  assert.ok(performance.now() - began < 30_000)
})

test('a public key is named for the private one that the agent holds, whatever else that holds', async () => {
  const key = join(scratch, 'of-agent')
  copyFileSync(join(lab.stateDir, 'id_ed25519.pub'), `${key}.pub`)
  const given = { sshConfig: 'none', knownHosts: KNOWN_HOSTS }
  const named = (file: string) => ({
    ...given,
    vars: {
      ansible_ssh_private_key_file: null,
      ansible_ssh_extra_args: `-o IdentityFile=${file} -o IdentitiesOnly=yes`,
    },
  })
  assert.match(await refused('ssh', named(`${key}.pub`)), /a public key whose private one no agent holds/)
  const socket = join(scratch, 'agent')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  process.env['SSH_AUTH_SOCK'] = socket
  try {
    for (let waited = 0; waited < 100 && !existsSync(socket); waited += 1) await sleep(50)
    for (let other = 0; other < 7; other += 1) {
      run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(scratch, `junk-${other}`))
      run('ssh-add', '-q', join(scratch, `junk-${other}`))
    }
    run('ssh-add', '-q', LAB_KEY)
    for (const file of [`${key}.pub`, key])
      assert.is(await said(await connect('ssh', named(file)), 'echo in'), 'in', file)
  } finally {
    delete process.env['SSH_AUTH_SOCK']
    agent.kill()
  }
})

test('a FIFO, a token and Kerberos: what no lab here has is handed on to ssh word for word', async () => {
  const fake = join(scratch, 'ssh')
  mkdirSync(scratch, { recursive: true })
  const script = `#!/bin/sh\n[ "$1" = -G ] && exec ssh "$@"\nprintf '%s\\n' "$@" > ${scratch}/args\nexit 255\n`
  writeFileSync(fake, script, { mode: 0o755 })
  const args =
    '-o GSSAPIAuthentication=yes -o PreferredAuthentications=gssapi-with-mic ' +
    '-I /usr/lib/token.so -o SecurityKeyProvider=/usr/lib/sk.so'
  await refused('ssh', { vars: { ansible_ssh_executable: fake, ansible_ssh_extra_args: args, ansible_ssh_retries: 0 } })
  const given = readFileSync(join(scratch, 'args'), 'utf8').split('\n')
  for (const word of [
    'GSSAPIAuthentication=yes',
    'PreferredAuthentications=gssapi-with-mic',
    '/usr/lib/token.so',
    'SecurityKeyProvider=/usr/lib/sk.so',
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
  ])
    assert.ok(given.includes(word), word)
})

/** All that a user can read of processes and working files: environments, arguments, open files, names, contents. */
const LOOK = `{
env
for process in /proc/[0-9]*; do
  tr '\\0' '\\n' < $process/environ
  tr '\\0' '\\n' < $process/cmdline
  ls -l $process/fd $process/cwd
done
find / -xdev -path /proc -prune -o -mmin -5 -print
find /run /tmp /dev/shm /var/tmp
find /run /tmp /dev/shm /var/tmp -type f -readable -size -99k ! -name looked -exec cat {} +
} > /tmp/looked 2> /dev/null
chmod 644 /tmp/looked`

for (const [how, vars, text] of [
  ['of a user who was become', { ansible_become: true, ansible_become_user: 'ops' }, LOOK],
  ['as another user', {}, `cd /tmp; runuser -u ops -- sh <<'LOOK'\n${LOOK}\nLOOK`],
] as const) {
  test(`a step ${how} finds the mark of frames nowhere, and could have found words`, async () => {
    const mark = newMark()
    const words = tripWords(mark)
    await inHost('mx1', 'rm -f /tmp/looked')
    const outcome = await makeTrip(
      await connect('ssh', { vars }),
      {
        mark,
        steps: [{ task: {}, change: { summary: 'look' }, completes: true, text, timeoutSeconds: 100 } as PlannedStep],
        after: undefined,
        probes: [],
        questionsSeconds: 10,
        holder: 'the test',
        lockSeconds: 10,
        beginSeconds: 15,
        interrupt: never,
        abandon: never,
      },
      { waiting: () => {}, started: () => {}, progress: () => {}, done: () => {} },
    )
    assert.is(outcome.kind, 'asked', JSON.stringify(outcome))
    const looked = await inHost('mx1', 'cat /tmp/looked')
    assert.ok(looked.includes(how === 'as another user' ? 'runuser' : words.record), 'it has looked at nothing')
    assert.match(looked, /^PATH=\/usr\/local\/sbin/m)
    assert.not(
      looked.includes(mark.slice('mailrun-'.length)),
      looked.split('\n').find((line) => line.includes(mark)),
    )
  })
}

test.run()
