// The bastion before one host of two is hostile, round after round, by mailrun's own client and by the system's ssh: no
// secret reaches it, what it says ends, what a person is shown of it is plain, and the other host is as without it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import ssh2 from 'ssh2'
import * as assert from 'uvu/assert'
import { connector } from '../src/ssh/connector.ts'
import { Unreachable, type Connection } from '../src/engine/session/connection.ts'
import { framed } from '../src/engine/trip/one-script.ts'
import { keyringFor } from '../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../src/commands/fleet/read-fleet.ts'
import { Secret } from '../src/shell/secret.ts'
import { randomOf } from './fuzz/random.ts'
import { BASTION_BEHAVIOURS, hostileBastion, type BastionBehaviour, type HostileBastion } from './hostile-bastion.ts'
import { suite } from './suite.ts'

const [PASSWORD, PASSPHRASE, BECOME, ANSWER] = [
  'pw-of-the-host',
  'pp-of-the-key',
  'pw-of-root-there',
  'a-persons-answer',
] as const
const SECRETS = [PASSWORD, PASSPHRASE, BECOME] as const
const CONNECT_SECONDS = 5
/** For the other host: bastions that flood are in this process, too. */
const PATIENT_SECONDS = 60
/** A bastion that breaks off is tried again some times. */
const ROUND_SECONDS = 90
/** Of this process, in which hosts, bastions and mailrun are, for what a bastion sent. */
const MOST_GROWTH_BYTES = 400 << 20
/** At once: most of a round is waiting. */
const AT_ONCE = 4
/** That a person is asked for one host and those before it. */
const MOST_QUESTIONS = 10

/** These ask for what there is to log in with. */
const ASKING: readonly BastionBehaviour[] = ['imitates', 'asks-on', 'takes-password']

interface Round {
  readonly behaviour: BastionBehaviour
  readonly client: 'ssh' | 'openssh'
  /** Its own seed. */
  readonly own: number
  played?: Promise<void>
}

/** @param count - of rounds; of each behaviour there are both clients where they are twice as many as behaviours. */
export function hostileBastionRounds(count: number): void {
  const seed = Number(process.env['MAILRUN_HOSTILE_SEED'] ?? '20270301')
  const choices = randomOf(seed)
  const rounds = Array.from({ length: count }, (_, index): Round => {
    const [at, cycle] = [index % BASTION_BEHAVIOURS.length, Math.floor(index / BASTION_BEHAVIOURS.length)]
    const behaviour = BASTION_BEHAVIOURS[at]!
    // Only the system's ssh puts a bastion's questions to a person: it goes first.
    const bySystem = (ASKING.includes(behaviour) ? cycle : at + cycle + 1) % 2 === 0
    return { behaviour, client: bySystem ? 'openssh' : 'ssh', own: choices.below(1_000_000_000) }
  })
  const limit = pLimit(AT_ONCE)
  const test = suite(`hostile bastion, seed ${seed}`)
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-hostile-bastion-'))
  const keyFile = join(folder, 'id_locked')
  const [hostKeys, otherKeys] = [1, 2].map(() => ssh2.utils.generateKeyPairSync('ed25519')) as [KeyPair, KeyPair]
  const counts = { hello: 0, unreachable: 0, questions: 0, reported: 0 }
  let host: HonestHost
  let before = 0

  test.before(async () => {
    delete process.env['SSH_AUTH_SOCK']
    const locked = ssh2.utils.generateKeyPairSync('ed25519', {
      passphrase: PASSPHRASE,
      cipher: 'aes256-ctr',
      rounds: 16,
    })
    writeFileSync(keyFile, locked.private, { mode: 0o600 })
    writeFileSync(`${keyFile}.pub`, locked.public)
    host = await honestHost(hostKeys)
    before = process.memoryUsage.rss()
    for (const each of rounds) {
      each.played = limit(() => play(each, { folder, keyFile, host, hostKeys, otherKeys, counts }))
      // Reported by its test.
      each.played.catch(() => {})
    }
  })
  test.after(() => {
    const { hello, unreachable, questions, reported } = counts
    console.log(
      `${count} rounds: ${unreachable} ended, ${hello} came through; ` +
        `${questions} questions were put to a person, the bastions were given ${reported} words, none of them a secret`,
    )
    host.close()
    rmSync(folder, { recursive: true })
  })
  for (const each of rounds)
    test(`${each.behaviour}, ${each.client}, ${each.own}: it learns no secret, and all ends`, () => each.played!)
  test('memory stays bounded', () => {
    const grown = process.memoryUsage.rss() - before
    assert.ok(grown < MOST_GROWTH_BYTES, `${grown >> 20} MiB`)
  })
  test.run()
}

interface Site {
  readonly folder: string
  readonly keyFile: string
  readonly host: HonestHost
  readonly hostKeys: KeyPair
  /** That known_hosts does not have. */
  readonly otherKeys: KeyPair
  readonly counts: Record<'hello' | 'unreachable' | 'questions' | 'reported', number>
}

async function play({ behaviour, client, own }: Round, site: Site): Promise<void> {
  const { host, keyFile, hostKeys, counts } = site
  const random = randomOf(own)
  const victim = { port: host.port, user: 'root', keyFile }
  const keys = { hostKey: hostKeys.private, otherKey: site.otherKeys.private }
  const bastion = await hostileBastion(behaviour, own, victim, keys)
  const questions: string[] = []
  const asksPerson = ASKING.includes(behaviour) && !random.oneIn(4)
  const ask = (question: string): Promise<Secret> => {
    questions.push(question)
    return Promise.resolve(new Secret(ANSWER))
  }
  const files = join(site.folder, String(own))
  mkdirSync(files)
  // Who asks ends by itself, and is to come to it on a busy machine, too.
  const seconds = ASKING.includes(behaviour) ? PATIENT_SECONDS : CONNECT_SECONDS
  const ports = { host: host.port, bastion: bastion.port, seconds }
  const { hosts, config } = await fleetBehind(files, client, { ...ports, keyFile, hostKeys })
  const made = await connector(hosts, { sshConfig: config, ...(asksPerson ? { ask } : {}) })
  const stop = new AbortController()
  try {
    const [behind, beside] = hosts.map((each) => answerOf(made.connect(each, stop.signal)))
    assert.is(await within(beside!), 'hello', 'the other host')
    const said = await within(behind!)
    assert.match(said, /^(?:hello|Unreachable: [^]+)$/)
    assertSafe(bastion, questions)
    counts[said === 'hello' ? 'hello' : 'unreachable'] += 1
    counts.questions += questions.length
    counts.reported += bastion.reported.length
  } finally {
    stop.abort()
    made.close()
    bastion.close()
  }
}

/** No secret reached it, nor anything that a person did not say, who was asked some times and in plain words. */
function assertSafe(bastion: HostileBastion, questions: readonly string[]): void {
  for (const secret of SECRETS) {
    assert.not.ok(
      bastion.reported.some((each) => each.includes(secret)),
      `it was given ${secret}`,
    )
    assert.not.ok(bastion.heard().includes(secret), `${secret} came in the clear`)
  }
  for (const each of bastion.reported) assert.ok(each === '' || each === ANSWER, each)
  assert.ok(questions.length <= MOST_QUESTIONS, `${questions.length} questions`)
  for (const question of questions) assert.match(question, /^127\.0\.0\.1 port \d+: [^ ]+ asks: "[\x20-\x7e]*…?" $/)
}

type KeyPair = ReturnType<typeof ssh2.utils.generateKeyPairSync>

const within = (answer: Promise<string>): Promise<string> =>
  Promise.race([answer, sleep(ROUND_SECONDS * 1000, 'it took too long', { ref: false })])

/** What a shell on the host says, or why there is none. */
async function answerOf(connecting: Promise<Connection>): Promise<string> {
  try {
    const connection = await connecting
    try {
      const { stdout } = await connection.exchange({
        script: framed('M', 'echo hello'),
        end: 'M end',
        onStdout: () => {},
        signal: AbortSignal.timeout(PATIENT_SECONDS * 1000),
      })
      return stdout.toString().trim().split('\n').at(-1) ?? ''
    } finally {
      connection.close()
    }
  } catch (error) {
    const { stack, message } = error as Error
    return `${error instanceof Unreachable ? 'Unreachable' : stack}: ${message}`
  }
}

/** mx1 behind the bastion, and mx2, which is the same host without one. */
async function fleetBehind(
  folder: string,
  client: Round['client'],
  at: {
    readonly host: number
    readonly bastion: number
    readonly seconds: number
    readonly keyFile: string
    readonly hostKeys: KeyPair
  },
) {
  const knownHosts = join(folder, 'knfileshosts')
  const config = join(folder, 'config')
  const inventory = join(folder, 'inventory.yaml')
  writeFileSync(knownHosts, [at.host, at.bastion].map((port) => `[127.0.0.1]:${port} ${at.hostKeys.public}\n`).join(''))
  writeFileSync(
    config,
    `Host *\n  UserKnownHostsFile ${knownHosts}\n  GlobalKnownHostsFile none\n  IdentityFile ${at.keyFile}\n` +
      `  ConnectTimeout ${at.seconds}\n`,
  )
  const vars = {
    ansible_connection: client,
    ansible_host: '127.0.0.1',
    ansible_port: at.host,
    ansible_user: 'root',
    ansible_ssh_retries: 0,
    ansible_timeout: at.seconds,
    ansible_private_key_file: at.keyFile,
  }
  const mx1 = { ansible_ssh_args: `-J ops@127.0.0.1:${at.bastion}` }
  writeFileSync(inventory, JSON.stringify({ all: { hosts: { mx1, mx2: { ansible_timeout: PATIENT_SECONDS } }, vars } }))
  const secrets = {
    ansible_password: new Secret(PASSWORD),
    ansible_become_password: new Secret(BECOME),
    ansible_private_key_passphrase: new Secret(PASSPHRASE),
  }
  const extra = new Map(Object.entries(secrets).map(([key, value]) => [key, { value, where: 'the test' }]))
  const { hosts } = await readFleet({ inventory: [inventory] }, extra, undefined, keyringFor({}))
  return { hosts, config }
}

interface HonestHost {
  readonly port: number
  close(): void
}

/** Lets in who has its password, and gives a shell of this machine. */
async function honestHost(keys: KeyPair): Promise<HonestHost> {
  const server = new ssh2.Server({ hostKeys: [keys.private] }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (context) =>
      context.method === 'password' && context.password === PASSWORD ? context.accept() : context.reject(['password']),
    )
    client.on('session', (accept) =>
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec()
        const shell = spawn('sh', ['-c', command], { stdio: 'pipe' })
        channel.on('error', () => {})
        channel.on('close', () => shell.kill())
        shell.stdin.on('error', () => {})
        channel.pipe(shell.stdin)
        shell.stdout.pipe(channel, { end: false })
        shell.stderr.pipe(channel.stderr, { end: false })
        shell.on('close', (code) => {
          channel.exit(code ?? 1)
          channel.end()
        })
      }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
