// Which master connections of ssh are used, and which are not: dead ones, silent ones, and those that somebody else
// could have put there.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { keyringFor } from '../../../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../../../src/commands/fleet/read-fleet.ts'
import { connector } from '../../../src/ssh/connector.ts'
import { masters, type Master } from '../../../src/ssh/openssh/master.ts'
import { opensshArguments, type OpensshTarget } from '../../../src/ssh/openssh/openssh-arguments.ts'
import { suite } from '../../suite.ts'

const test = suite('master connections')
const HELLO = Buffer.from('000000080000000100000004', 'hex')
const SECONDS = 0.3

let folder: string
const servers: Server[] = []
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailrun-master-'))
})
test.after.each(() => servers.splice(0).forEach((each) => each.close()))
test.after(() => rmSync(folder, { recursive: true, force: true }))

/** A folder of that mode in the one of the tests. */
function made(mode: number, name = `f${(count += 1)}`): string {
  const path = join(folder, name)
  mkdirSync(path)
  chmodSync(path, mode)
  return path
}
let count = 0

/** Somebody who listens there and says this; `undefined`: nothing. */
async function listener(path: string, says: Buffer | undefined): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    if (says !== undefined) socket.write(says)
  })
  servers.push(server)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  return path
}

const at = (path: string): Promise<Master> => masters(SECONDS).at(path)
async function ignored(path: string): Promise<string> {
  const master = await at(path)
  assert.is(master.kind, 'ignored', path)
  return (master as Master & { kind: 'ignored' }).why
}

test('a master that lives in a folder of one’s own stands, and is looked at once', async () => {
  const path = await listener(join(made(0o700), 's'), HELLO)
  const run = masters(SECONDS)
  assert.equal(await run.at(path), { kind: 'stands', path })
  servers.splice(0).forEach((each) => each.close())
  assert.equal(await run.at(path), { kind: 'stands', path })
  assert.equal(await masters(SECONDS).at(undefined), { kind: 'none' })
})

test('where none is, or a dead one, ssh may make one', async () => {
  const own = made(0o755)
  assert.equal(await at(join(own, 'nothing')), { kind: 'to come' })
  assert.equal(await at(join(own, 'no-folder', 's')), { kind: 'to come' })
  const path = await listener(join(own, 'dead'), HELLO)
  renameSync(path, join(own, 'left'))
  servers.splice(0).forEach((each) => each.close())
  assert.equal(await at(join(own, 'left')), { kind: 'to come' })
})

test('one that does not answer is waited for a short time, and not used', async () => {
  const began = performance.now()
  assert.match(await ignored(await listener(join(made(0o700), 's'), undefined)), /s does not answer within 0\.3 s/)
  assert.match(await ignored(await listener(join(made(0o700), 's'), HELLO.subarray(0, 5))), /does not answer/)
  assert.ok(performance.now() - began < 5000)
})

test('what is no master is not used', async () => {
  const other = Buffer.from(HELLO)
  other[11] = 5
  for (const says of [other, Buffer.alloc(1 << 16, 'SSH-2.0-x')])
    assert.match(await ignored(await listener(join(made(0o700), 's'), says)), /is no master that ssh knows/)
  const file = join(made(0o700), 'file')
  writeFileSync(file, '')
  assert.match(await ignored(file), /file is no socket/)
  const link = join(made(0o700), 'link')
  symlinkSync(await listener(join(made(0o700), 's'), HELLO), link)
  assert.match(await ignored(link), /link is no socket/)
})

test('none is used in a folder that others can write, sticky or not, or below one', async () => {
  for (const mode of [0o777, 0o1777, 0o775, 0o722]) {
    const shared = made(mode)
    const why = await ignored(await listener(join(shared, 's'), HELLO))
    assert.match(why, `others may write ${shared}: name a ControlPath in a folder of your own`)
    // Somebody may put one there before ssh looks.
    assert.equal(await at(join(shared, 'nothing')), { kind: 'ignored', why, isThere: false })
  }
  const open = made(0o777)
  mkdirSync(join(open, 'own'), { mode: 0o700 })
  assert.match(await ignored(await listener(join(open, 'own', 's'), HELLO)), `others may write ${open}`)
  const own = made(0o700)
  symlinkSync(own, join(open, 'link'))
  assert.match(await ignored(await listener(join(open, 'link', 's'), HELLO)), `others may write ${open}`)
})

test('nor what belongs to somebody else', async () => {
  if (process.getuid?.() !== 0) return
  const NOBODY = 65534
  const foreign = made(0o755)
  chownSync(foreign, NOBODY, NOBODY)
  assert.match(await ignored(join(foreign, 's')), `${foreign} belongs to somebody else (uid ${NOBODY})`)
  const sticky = made(0o755)
  const path = await listener(join(sticky, 's'), HELLO)
  chownSync(path, NOBODY, NOBODY)
  assert.match(await ignored(path), `${path} belongs to somebody else`)
})

const argumentsFor = (master: Master): readonly string[] => {
  const target = { connectSeconds: 9, keepalive: {}, hostKey: {}, master } as unknown as OpensshTarget['target']
  const openssh = { executable: 'ssh', first: [], then: ['-S', 'theirs'], address: 'mx1', target }
  return opensshArguments(openssh, { ready: 'READY', asks: false, command: 'exec sh' })
}

test('ssh is given the very master that was looked at, or none; it makes none in its place', () => {
  const stands = argumentsFor({ kind: 'stands', path: '/run/a 50%' })
  assert.ok(stands.includes('ControlMaster=no'))
  assert.equal(stands.slice(-7), ['theirs', '-S', '/run/a 50%%', '-T', '--', 'mx1', 'exec sh'])
  const none = argumentsFor({ kind: 'ignored', why: 'x', isThere: true })
  assert.ok(none.includes('ControlMaster=no'))
  assert.equal(none.slice(-6, -3), ['-S', 'none', '-T'])
  const toCome = argumentsFor({ kind: 'to come' })
  assert.not.ok(toCome.some((word) => word.startsWith('ControlMaster')))
  assert.equal(toCome.slice(-5), ['theirs', '-T', '--', 'mx1', 'echo READY; exec sh'])
})

interface Reached {
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
}

/** How a host is reached with this ControlPath for it and for a jump host. */
async function reached(
  path: string,
  vars: Readonly<Record<string, unknown>> = {},
  source: { readonly knownHosts?: string } = {},
): Promise<Reached> {
  const config = join(folder, 'config')
  writeFileSync(config, `Host *\n  ControlPath ${path}\n`)
  const inventory = join(folder, 'hosts.ini')
  writeFileSync(inventory, 'mx1\n')
  const said = Object.entries(vars).map(([key, value]) => [key, { value, where: 'the test' }] as const)
  const { hosts } = await readFleet({ inventory: [inventory] }, new Map(said), undefined, keyringFor({}))
  const [notes, warnings]: [string[], string[]] = [[], []]
  const made = await connector(hosts, {
    sshConfig: config,
    onNote: (note) => notes.push(note),
    warn: (line) => warnings.push(line),
    ...source,
  })
  made.close()
  return { notes: notes.filter((note) => /by the system|master connection/.test(note)), warnings }
}

const BY_SYSTEM = "mx1: by the system's ssh, for a master connection that stands (ControlPath)"

test('a host is reached by the system’s ssh where its master stands, by whichever name of auto', async () => {
  const path = await listener(join(made(0o700), 's'), HELLO)
  for (const connection of ['auto', 'ssh', 'smart', 'paramiko'])
    assert.equal(await reached(path, { ansible_connection: connection }), { notes: [BY_SYSTEM], warnings: [] })
  assert.equal(await reached(path), { notes: [BY_SYSTEM], warnings: [] })
  assert.equal(await reached(join(made(0o700), 'nothing')), { notes: [], warnings: [] })
})

test('with --known-hosts no master is used: nobody knows which key its host has shown', async () => {
  const path = await listener(join(made(0o700), 's'), HELLO)
  const notes = ['mx1: not through a master connection: --known-hosts is given']
  assert.equal(await reached(path, {}, { knownHosts: join(folder, 'known_hosts') }), { notes, warnings: [] })
})

test('a ControlPath where others can write is warned of if it would be used', async () => {
  const shared = made(0o1777)
  const nothing = join(shared, 'nothing')
  assert.equal((await reached(nothing)).warnings, [])
  const warning = `mx1: no master connection is used: others may write ${shared}`
  const [first, ...others] = (await reached(nothing, { ansible_connection: 'openssh' })).warnings
  assert.match(first!, warning)
  assert.equal(others, [])
  assert.match((await reached(await listener(join(shared, 's'), HELLO))).warnings.join(), warning)
})

test('and refused for a jump host, whose ssh cannot be told otherwise', async () => {
  const shared = made(0o777)
  const through = { ansible_connection: 'openssh', ansible_ssh_args: '-J bastion' }
  const error = await reached(join(shared, '%h'), through).catch((reason: unknown) => reason)
  assert.match(
    String(error),
    `mx1: its jump host bastion has a ControlPath that cannot be used: others may write ${shared}`,
  )
})

test.run()
