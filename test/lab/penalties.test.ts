// Failed logins, and what sshd does about them: since OpenSSH 9.8 (Debian 13) it refuses an address for a while after
// some (PerSourcePenalties). A right key waits until it is let in; one wrong key costs one login. Has a lab of its own.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import * as assert from 'uvu/assert'
import { connector } from '../../src/ssh/connector.ts'
import { keyringFor } from '../../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../../src/commands/fleet/read-fleet.ts'
import type { Connection } from '../../src/engine/session/connection.ts'
import type { Host } from '../../src/core/fleet/host.ts'
import { suite } from '../suite.ts'
import { inHost } from './in-host.ts'
import { nameLab, RELEASE } from './own-lab.ts'

nameLab('penalties')
delete process.env['SSH_AUTH_SOCK']
const lab = await import('../../lab/index.ts')
const test = suite('lab: penalties')
const never = new AbortController().signal
const scratch = mkdtempSync(join(tmpdir(), 'mailrun-penalties-'))
const KNOWN_HOSTS = join(lab.stateDir, 'known_hosts')
const RIGHT_KEY = join(lab.stateDir, 'id_ed25519')
const WRONG_KEY = join(scratch, 'wrong')
/** sshd of this release penalizes addresses. */
const PENALIZES = RELEASE !== 'bookworm'
/** Each costs 5 s, and more than 15 s are refused (sshd_config(5)). */
const FAILED_LOGINS = 5
const KINDS = ['ssh', 'openssh'] as const

/** By the name of a key: an ssh_config that offers it to every host, another one to the jump host. */
const configs = { right: join(scratch, 'right'), wrongJump: join(scratch, 'wrong-jump') }

interface Attempt {
  /** `undefined`: it was let in. */
  readonly error: string | undefined
  readonly seconds: number
  readonly reported: readonly string[]
}

const keysOf = (host: string, key: string): string => `Host ${host}\n  IdentityFile ${key}\n`

test.before(async () => {
  await lab.labUp({ size: 2, tools: false, wire: undefined })
  assert.is(spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', WRONG_KEY]).status, 0)
  const common = `  IdentitiesOnly yes\n  UserKnownHostsFile ${KNOWN_HOSTS}\n`
  writeFileSync(configs.right, `Host *\n  IdentityFile ${RIGHT_KEY}\n${common}`)
  const [target, jump] = [await lab.address('mx1'), await lab.address('mx2')]
  writeFileSync(configs.wrongJump, `${keysOf(jump, WRONG_KEY)}${keysOf(target, RIGHT_KEY)}Host *\n${common}`)
})
test.after(async () => {
  rmSync(scratch, { recursive: true })
  await lab.labDown()
})
test.before.each(async () => {
  // Penalties are kept in sshd's memory.
  for (const host of ['mx1', 'mx2']) await inHost(host, 'systemctl restart ssh')
})

/** Hosts by these names, all of them mx1 as root. */
async function hostsOf(
  names: readonly string[],
  kind: (typeof KINDS)[number],
  { jump = false, ...vars }: Readonly<Record<string, unknown>> = {},
): Promise<readonly Host[]> {
  const all = {
    ansible_host: await lab.address('mx1'),
    ansible_user: 'root',
    ansible_connection: kind,
    ansible_timeout: 15,
    ...(jump === true ? { ansible_ssh_args: `-J ops@${await lab.address('mx2')}` } : {}),
    ...vars,
  }
  const inventory = join(scratch, 'inventory.yaml')
  writeFileSync(inventory, JSON.stringify({ all: { hosts: Object.fromEntries(names.map((name) => [name, all])) } }))
  return (await readFleet({ inventory: [inventory] }, new Map(), undefined, keyringFor({}))).hosts
}

/** In one run. @param atOnce - so many hosts at a time. */
async function attempts(hosts: readonly Host[], sshConfig: string, atOnce = 4): Promise<readonly Attempt[]> {
  const made = await connector(hosts, { sshConfig })
  const attempt = async (host: Host): Promise<Attempt> => {
    const reported: string[] = []
    const began = performance.now()
    const done = (error?: string): Attempt => ({ error, seconds: (performance.now() - began) / 1000, reported })
    try {
      const connection = await made.connect(host, never, (note) => reported.push(note))
      await letIn(connection)
      return done()
    } catch (error) {
      return done((error as Error).message)
    }
  }
  try {
    const limit = pLimit(atOnce)
    return await Promise.all(hosts.map((host) => limit(() => attempt(host))))
  } finally {
    made.close()
  }
}

async function letIn(connection: Connection): Promise<void> {
  const script = '{ echo; echo MARK end; } | tee /dev/stderr\n'
  await connection.exchange({ script, end: 'MARK end', onStdout: () => {}, signal: never })
  connection.close()
}

/** Logs in with a key that mx1 does not take, so many times at once. @param by - options for ssh. */
async function failLogins(...by: readonly string[]): Promise<void> {
  const address = await lab.address('mx1')
  const options = ['-F', configs.right, '-o', 'BatchMode=yes', ...by, '-i', WRONG_KEY, `nobody@${address}`, 'true']
  const codes = await Promise.all(
    Array.from({ length: FAILED_LOGINS }, async () => {
      const [code] = (await once(spawn('ssh', options, { stdio: 'ignore' }), 'exit')) as [number]
      return code
    }),
  )
  assert.equal([...new Set(codes)], [255])
}

/** How many logins the host's sshd has seen fail since it was started last; one at least is waited for. */
async function failedLogins(host: string): Promise<number> {
  const words = "grep -c 'authenticating user .*\\[preauth\\]' || :"
  const since = '"$(systemctl show -P ActiveEnterTimestamp ssh | sed "s/^[A-Z][a-z]* //; s/ [A-Z]*$//")"'
  const count = async (): Promise<number> =>
    Number(
      await inHost(host, `journalctl --sync; journalctl -t sshd -t sshd-session --since ${since} -o cat | ${words}`),
    )
  // sshd tells of the end of a connection a moment later. Of a process that has ended by then the journal may not know
  // the unit.
  for (let each = 0; each < 20 && (await count()) === 0; each += 1) await sleep(500)
  await sleep(1500)
  return count()
}

test('after failed logins from its address the right key is let in once sshd takes it again', async () => {
  await Promise.all([failLogins(), failLogins('-J', `ops@${await lab.address('mx2')}`)])
  const ways = await Promise.all(
    KINDS.flatMap((kind) =>
      [false, true].map((jump) => hostsOf([`${kind}-${jump ? 'jump' : 'direct'}`], kind, { jump })),
    ),
  )
  const [impatient] = await attempts(await hostsOf(['impatient'], 'ssh', { ansible_ssh_retries: 0 }), configs.right)
  if (PENALIZES)
    assert.match(impatient!.error ?? 'let in', /Not allowed at this time[^]*PerSourcePenalties[^]*journalctl/)
  else assert.is(impatient!.error, undefined)
  const outcomes = await attempts(ways.flat(), configs.right)
  for (const [index, { error, seconds, reported }] of outcomes.entries()) {
    const name = ways.flat()[index]!.name
    assert.is(error, undefined, `${name}: ${error}`)
    if (PENALIZES) assert.ok(seconds > 5, `${name} took ${seconds} s`)
    assert.is(reported.length, PENALIZES ? 1 : 0, `${name}: ${reported.join('\n')}`)
    if (PENALIZES) assert.match(reported[0]!, /refuses connections[^]*Not allowed at this time/)
  }
})

for (const kind of KINDS) {
  test(`${kind}: a jump host that refuses the key is asked once, however many hosts are behind it`, async () => {
    const names = Array.from({ length: 12 }, (_, index) => `behind${index}`)
    const hosts = await hostsOf(names, kind, { jump: true })
    const outcomes = await attempts(hosts, configs.wrongJump)
    for (const { error } of outcomes) assert.match(error ?? '', /permission denied/i)
    assert.is(await failedLogins('mx2'), 1)
    const [after] = await attempts(await hostsOf(['after'], kind, { jump: true }), configs.right)
    assert.is(after!.error, undefined, after!.error)
    assert.ok(after!.seconds < 5, `${after!.seconds} s`)
  })

  test(`${kind}: a host that refuses the key is asked once in a run`, async () => {
    const options = { ansible_private_key_file: WRONG_KEY, ansible_ssh_args: '-F none -o IdentitiesOnly=yes' }
    const [host] = await hostsOf(['refusing'], kind, {
      ...options,
      ansible_ssh_common_args: `-o UserKnownHostsFile=${KNOWN_HOSTS}`,
    })
    const outcomes = await attempts([host!, host!, host!], configs.right, 1)
    for (const { error } of outcomes) assert.match(error ?? '', /permission denied/i)
    assert.is(await failedLogins('mx1'), 1)
  })
}

test('a login that ends in the middle is tried again only after what sshd holds against it is over', async () => {
  await inHost('mx2', 'echo closed for a while > /run/nologin')
  const jump = { ansible_host: await lab.address('mx2'), ansible_user: 'ops', ansible_ssh_retries: 1 }
  const [outcome] = await attempts(await hostsOf(['closed'], 'ssh', jump), configs.right)
  await inHost('mx2', 'rm /run/nologin')
  assert.match(outcome!.error ?? '', /closed in the handshake[^]*tried 2 times/)
  assert.ok(outcome!.seconds > 6, `${outcome!.seconds} s`)
})

test.run()
