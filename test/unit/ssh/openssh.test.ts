// Who is given a secret by the connection `openssh`: the real ssh, against servers and bastions that lie.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectTcp, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type Connection as Client, type KeyboardAuthContext } from 'ssh2'
import * as assert from 'uvu/assert'
import { connector, type Connector } from '../../../src/ssh/connector.ts'
import type { OpensshTarget } from '../../../src/ssh/openssh/openssh-arguments.ts'
import { saysWhoAsks } from '../../../src/ssh/openssh/openssh-version.ts'
import { asked, sshQuestion, type Questioned } from '../../../src/ssh/openssh/ssh-question.ts'
import { Unreachable } from '../../../src/engine/session/connection.ts'
import { keyringFor } from '../../../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../../../src/commands/fleet/read-fleet.ts'
import type { Host } from '../../../src/core/fleet/host.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { suite } from '../../suite.ts'

const test = suite('questions of ssh')
const folder = mkdtempSync(join(tmpdir(), 'mailrun-openssh-'))
const PASSWORD = 'the-hosts-own'
const PASSPHRASE = 'the-keys-own'
const KEY = join(folder, 'id_locked')
const KNOWN_HOSTS = join(folder, 'known_hosts')

const hostKeys = ssh2.utils.generateKeyPairSync('ed25519')
const locked = ssh2.utils.generateKeyPairSync('ed25519', { passphrase: PASSPHRASE, cipher: 'aes256-ctr', rounds: 16 })
const open: { close(): void }[] = []
test.before(() => {
  delete process.env['SSH_AUTH_SOCK']
  writeFileSync(KEY, locked.private, { mode: 0o600 })
  writeFileSync(`${KEY}.pub`, locked.public)
})
test.after.each(() => open.splice(0).forEach((each) => each.close()))
test.after(() => rmSync(folder, { recursive: true }))

interface Server {
  readonly port: number
  /** All that it was given, by whichever method. */
  readonly reported: readonly string[]
}

/** What a server does with who logs in. */
interface Manners {
  /** By keyboard-interactive, each in a request of its own; `undefined`: by the method `password`. */
  readonly asks: readonly string[] | undefined
  readonly letsIn: boolean
  /** Whether it offers to take a key first; `really`: and takes it. */
  readonly takesKeys?: boolean | 'really'
}

async function sshd({ asks, letsIn, takesKeys = false }: Manners): Promise<Server> {
  const reported: string[] = []
  const method = asks === undefined ? 'password' : 'keyboard-interactive'
  const methods = takesKeys !== false ? ['publickey', method] : [method]
  const clients = new Set<Client>()
  const server = new ssh2.Server({ hostKeys: [hostKeys.private] }, (client) => {
    clients.add(client)
    client.on('error', () => {})
    client.on('authentication', (context) => {
      if (context.method === 'password') {
        reported.push(context.password)
        return letsIn ? context.accept() : context.reject(['password'])
      }
      if (context.method === 'publickey' && takesKeys !== false) {
        const taken = context.signature === undefined || takesKeys === 'really'
        return taken ? context.accept() : context.reject(methods as never)
      }
      if (context.method !== 'keyboard-interactive') return context.reject(methods as never)
      interrogate(context, [...asks!], reported, letsIn)
    })
    client.on('ready', () => {
      client.on('tcpip', (accept, _reject, { destPort }) => {
        const channel = accept()
        const socket = connectTcp(destPort, '127.0.0.1')
        socket.on('error', () => channel.close())
        channel.on('error', () => {})
        channel.pipe(socket).pipe(channel)
      })
      client.on('session', (accept) => accept().on('exec', (acceptExec) => acceptExec().exit(1)))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  open.push({
    close() {
      for (const client of clients) client.end()
      server.close()
    },
  })
  return { port, reported }
}

function interrogate(context: KeyboardAuthContext, asks: string[], reported: string[], letsIn: boolean): void {
  const next = asks.shift()
  if (next === undefined) return letsIn ? context.accept() : context.reject()
  context.prompt([{ prompt: next, echo: false }], (answers: string[]) => {
    reported.push(...answers)
    interrogate(context, asks, reported, letsIn)
  })
}

interface Login {
  readonly through?: Server
  readonly jumpUser?: string
  readonly vars?: Readonly<Record<string, unknown>>
  readonly config?: string
  readonly answer?: string
}

/** Logs in as `root` on 127.0.0.1, and returns what a person was asked. */
const logIn = (host: Server, login: Login): Promise<string[]> => logInToAll([host], login)

/** Of one run; at once. */
async function logInToAll(servers: readonly Server[], login: Login): Promise<string[]> {
  const { hosts, made, questions } = await connectorTo(servers, login)
  const never = new AbortController().signal
  const logins = await Promise.all(hosts.map((host) => made.connect(host, never).catch((error: unknown) => error)))
  for (const connected of logins) {
    if (connected instanceof Unreachable) continue
    assert.type((connected as { close?: unknown }).close, 'function', String(connected))
    open.push(connected as { close(): void })
  }
  return questions
}

/** The connector of a run, its hosts, and what a person is asked. */
async function connectorTo(
  servers: readonly Server[],
  { through, jumpUser = 'ops', vars = {}, config = '', answer = 'a-persons-answer' }: Login,
): Promise<{ readonly hosts: readonly Host[]; readonly made: Connector; readonly questions: string[] }> {
  const names = [...servers, ...(through === undefined ? [] : [through])].map(({ port }) => `[127.0.0.1]:${port},fleet`)
  writeFileSync(KNOWN_HOSTS, names.map((name) => `${name} ${hostKeys.public}\n`).join(''))
  const file = join(folder, 'config')
  writeFileSync(
    file,
    `Host *\n  UserKnownHostsFile ${KNOWN_HOSTS}\n  GlobalKnownHostsFile none\n  NumberOfPasswordPrompts 1\n${config}`,
  )
  const inventory = join(folder, 'hosts.ini')
  writeFileSync(inventory, servers.map(({ port }, index) => `mx${index} ansible_port=${port}\n`).join(''))
  const all = {
    ansible_connection: 'openssh',
    ansible_host: '127.0.0.1',
    ansible_user: 'root',
    ansible_ssh_retries: 0,
    ansible_timeout: 20,
    ansible_password: new Secret(PASSWORD),
    ...(through === undefined ? {} : { ansible_ssh_args: `-J ${jumpUser}@127.0.0.1:${through.port}` }),
    ...vars,
  }
  const { hosts } = await readFleet(
    { inventory: [inventory] },
    new Map(Object.entries(all).map(([key, value]) => [key, { value, where: 'the test' }])),
    undefined,
    keyringFor({}),
  )
  const questions: string[] = []
  const ask = (question: string): Promise<Secret> => {
    questions.push(question)
    return Promise.resolve(new Secret(answer))
  }
  const made = await connector(hosts, { sshConfig: file, ask })
  open.push(made)
  return { hosts, made, questions }
}

const lies = (port: number): readonly string[] => [
  `root@127.0.0.1's password: `,
  `Enter passphrase for key '${KEY}': `,
  `(root@127.0.0.1) Password: `,
  `\r(root@127.0.0.1) Password: `,
  `\nroot@127.0.0.1's password: `,
  `[root@127.0.0.1]:${port}'s password: `,
]

const withKey = { ansible_private_key_file: KEY, ansible_private_key_passphrase: new Secret(PASSPHRASE) }

test('a host is given its password by the method password, and by the first question that it asks', async () => {
  const plain = await sshd({ asks: undefined, letsIn: true })
  await logIn(plain, {})
  assert.equal(plain.reported, [PASSWORD])
  const interactive = await sshd({ asks: ['Password: ', 'Password: '], letsIn: true })
  await logIn(interactive, {})
  assert.equal(interactive.reported, [PASSWORD, ''])
})

test('a login that was refused is not tried again in the run, save where a new connection is wanted', async () => {
  for (const kind of ['openssh', 'auto']) {
    const host = await sshd({ asks: undefined, letsIn: false })
    const { hosts, made } = await connectorTo([host], { vars: { ansible_connection: kind } })
    const never = new AbortController().signal
    const tries: number[] = []
    for (const anew of [true, true, false, false, true]) {
      const error = await made.connect(hosts[0]!, never, undefined, undefined, anew).catch((why: unknown) => why)
      assert.instance(error, Unreachable, kind)
      tries.push(host.reported.length)
    }
    assert.equal(tries, [1, 2, 3, 3, 4], kind)
  }
})

test('a host behind an alias of known_hosts is given its password, too', async () => {
  const config = '  HostKeyAlias fleet\n'
  for (const asks of [undefined, ['Password: ']]) {
    const host = await sshd({ asks, letsIn: true })
    await logIn(host, { config })
    assert.equal(host.reported, [PASSWORD])
  }
})

test('a bastion is given nothing of the host behind it, whatever it asks for; a person sees who asks', async () => {
  const host = await sshd({ asks: undefined, letsIn: true })
  const bastion = await sshd({ asks: lies(host.port), letsIn: true })
  const questions = await logIn(host, { through: bastion, vars: withKey })
  assert.equal(
    bastion.reported,
    lies(0).map(() => 'a-persons-answer'),
  )
  for (const question of questions)
    assert.match(question, /^127\.0\.0\.1 port \d+: ops@127\.0\.0\.1 asks: "[^\n\r]*" $/)
  assert.equal(host.reported, [PASSWORD])
})

test('a bastion that goes by the name of the host is given nothing, nor is the host', async () => {
  for (const asks of [undefined, ['Password: ']]) {
    const host = await sshd({ asks: undefined, letsIn: true })
    const bastion = await sshd({ asks, letsIn: true })
    await logIn(host, { through: bastion, jumpUser: 'root' })
    assert.equal([bastion.reported, host.reported], [['a-persons-answer'], ['a-persons-answer']])
  }
})

test('a host that asks in words of ssh is given neither its password nor the passphrase of a key', async () => {
  const host = await sshd({ asks: lies(0), letsIn: false, takesKeys: true })
  await logIn(host, { vars: withKey })
  for (const reported of host.reported) assert.not.ok(reported.includes(PASSPHRASE), reported)
  assert.equal(host.reported[0], 'a-persons-answer')
  assert.equal(host.reported[1], 'a-persons-answer')
})

test('the passphrase of a key is asked for once in a run, however many hosts it is for', async () => {
  const manners: Manners = { asks: undefined, letsIn: false, takesKeys: 'really' }
  const servers = await Promise.all([1, 2, 3].map(() => sshd(manners)))
  const vars = { ansible_private_key_file: KEY, ansible_password: null }
  const questions = await logInToAll(servers, { vars, answer: PASSPHRASE })
  assert.equal(questions, [`passphrase of ${KEY}: `])
  assert.equal(
    servers.flatMap(({ reported }) => reported),
    [],
  )
  assert.is(open.length, servers.length * 2 + 1, 'all are logged in')
})

test('a server that asks without end is not put to a person for long', async () => {
  const bastion = await sshd({ asks: Array.from({ length: 12 }, (_, index) => `Code ${index}: `), letsIn: false })
  const questions = await logIn(await sshd({ asks: undefined, letsIn: true }), { through: bastion })
  assert.is(questions.length, 10)
  assert.equal(
    bastion.reported.map((reported, index) => (reported === '' ? index : -1)).find((index) => index >= 0),
    10,
  )
  assert.ok(bastion.reported.slice(10).every((reported) => reported === ''))
})

test('an ssh that does not say who asks is given no password', async () => {
  for (const [said, is] of [
    ['OpenSSH_8.4p1 Debian-5, OpenSSL 1.1.1w', 'is OpenSSH 8.4'],
    ['Dropbear v2022.83', 'does not say that it is OpenSSH'],
  ] as const) {
    const executable = join(folder, said.slice(0, 8))
    writeFileSync(executable, `#!/bin/sh\necho '${said}' >&2\n`, { mode: 0o700 })
    const openssh = { executable, target: { ...target } } as unknown as OpensshTarget
    const error = await saysWhoAsks(openssh, 'mx1').catch((reason: unknown) => reason)
    assert.instance(error, Unreachable)
    assert.match((error as Error).message, `mx1: ${executable} ${is}: a password can be given by OpenSSH 8.5 and newer`)
    assert.is(await saysWhoAsks({ ...openssh, target: { ...openssh.target, password: undefined } }, 'mx1'), false)
  }
  assert.is(await saysWhoAsks({ executable: 'ssh', target: { ...target } } as unknown as OpensshTarget, 'mx1'), true)
})

const target: Questioned = {
  user: 'root',
  hostName: 'MX1.example.org',
  hostKey: { alias: undefined } as Questioned['hostKey'],
  jumps: [],
  password: new Secret(PASSWORD),
  passphrases: new Map([
    ['/keys/a', new Secret('a')],
    [`/${'x'.repeat(150)}1`, new Secret('one')],
    [`/${'y'.repeat(150)}1`, new Secret('one')],
    [`/${'y'.repeat(150)}2`, new Secret('two')],
  ]),
}
const kinds = (...questions: readonly string[]): readonly string[] =>
  questions.map((question) => sshQuestion(question, target).kind)

test('only the exact words of ssh count', () => {
  assert.equal(kinds(`root@mx1.example.org's password: `, '(root@mx1.example.org) Passwort: '), [
    'password',
    'password',
  ])
  const strangers = [
    `root@MX1.example.org's password: `,
    ` root@mx1.example.org's password: `,
    `root@mx1.example.org's password: \n`,
    `x\nroot@mx1.example.org's password: `,
    `Enter root@mx1.example.org's old password: `,
    `(root@mx1.example.org)Password: `,
    `(root@mx1.example.org.evil.example) Password: `,
    `(xroot@mx1.example.org) Password: `,
    `(ops@mx2) (root@mx1.example.org) Password: `,
    `Enter passphrase for key '/keys/a': x`,
    `Enter passphrase for key "/keys/a": `,
    `Enter passphrase for key '/keys/b': `,
    `(ops@mx2) Enter passphrase for key '/keys/a': `,
    `(root@mx1.example.org) Enter passphrase for key '/keys/a': `,
    `(root@mx1.example.org) Enter PIN for 'token': `,
    `Password: `,
    '',
  ]
  assert.equal(
    kinds(...strangers),
    strangers.map(() => 'other'),
  )
})

test('a passphrase is found by the path as ssh cuts it, unless that fits several', () => {
  const cut = (letter: string): string => `Enter passphrase for key '/${letter.repeat(99)}': `
  assert.equal(kinds(`Enter passphrase for key '/keys/a': `, cut('x'), cut('y')), ['passphrase', 'passphrase', 'other'])
})

test('what is shown of a question is one short line without control characters, with who asks in front', () => {
  assert.is(asked('(ops@bastion) Verification code: '), 'ops@bastion asks: "Verification code:" ')
  assert.is(asked(`Enter PIN for 'token': `), `ssh asks: "Enter PIN for 'token':" `)
  const shown = asked(
    `(ops@b) x"\n10.0.0.11 port 22: ssh asks: \u001b]52;c;\u0007\u202e\u2028\u009b${'y'.repeat(100_000)}`,
  )
  assert.match(shown, /^ops@b asks: "x\\"\\n10.0.0.11 port 22: ssh asks: [\x20-\x7e]*…" $/)
  assert.ok(shown.length < 300, shown)
})

test.run()
