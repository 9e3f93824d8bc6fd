// Logging in: what becomes of a connection that was closed before anybody listened to it.
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { login } from '../../../src/ssh/client/login.ts'
import { NotNow, TransientFailure } from '../../../src/ssh/transient.ts'
import type { SshTarget } from '../../../src/ssh/ssh-target.ts'
import { tcp } from '../../../src/ssh/client/tcp.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { suite } from '../../suite.ts'

const test = suite('login')

const folder = mkdtempSync(join(tmpdir(), 'mailrun-login-'))
test.after(() => rmSync(folder, { recursive: true }))

const targetAt = (port: number): SshTarget => ({
  hostName: '127.0.0.1',
  port,
  user: 'ops',
  family: 4,
  bindAddress: undefined,
  jumps: [],
  identityFiles: [],
  identitiesOnly: true,
  agent: undefined,
  passphrases: new Map(),
  password: new Secret('x'),
  methods: ['password'],
  hostKey: {
    host: '127.0.0.1',
    port,
    alias: undefined,
    ip: undefined,
    userFiles: [join(folder, 'known_hosts')],
    globalFiles: [],
    revokedHostKeys: undefined,
    strict: 'yes',
    hash: false,
    proxied: false,
  },
  algorithms: { kex: undefined, hostKey: undefined, cipher: undefined, mac: undefined },
  keepalive: { seconds: 15, lost: 4 },
  connectSeconds: 30,
  attempts: 1,
  retries: 0,
  master: { kind: 'none' },
  unsupported: [],
  passedOver: [],
})

for (const [how, wait] of [
  ['before it was listened to', 200],
  ['at once', 0],
] as const) {
  test(`a connection that sshd closed ${how} is worth another try`, async () => {
    const server = createServer((socket) => socket.end())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const target = targetAt((server.address() as AddressInfo).port)
    const socket = await tcp(target, () => {})
    await sleep(wait)
    const error = await Promise.race([
      login(target, { agent: undefined, sole: undefined, tried: '', unsupported: [] }, socket, { now: '' }, []).catch(
        (reason: unknown) => reason,
      ),
      sleep(10_000, 'nothing came', { ref: false }),
    ])
    server.close()
    assert.instance(error, TransientFailure, String(error))
    assert.match((error as Error).message, /closed before sshd said a word/)
  })
}

for (const [said, Kind, expected] of [
  ['Not allowed at this time\r\n', NotNow, /refuses connections from here for now/],
  ['Exceeded MaxStartups\r\n', TransientFailure, /too many logins running/],
  ['go away\r\n', TransientFailure, /before sshd's identification; it said:\ngo away$/],
] as const) {
  test(`what sshd says before its identification is read: ${said.trim()}`, async () => {
    const server = createServer((socket) => socket.end(said))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const target = targetAt((server.address() as AddressInfo).port)
    const socket = await tcp(target, () => {})
    const ring = { agent: undefined, sole: undefined, tried: '', unsupported: [] }
    const error = await login(target, ring, socket, { now: '' }, []).catch((reason: unknown) => reason)
    server.close()
    assert.is((error as Error).constructor, Kind, String(error))
    assert.match((error as Error).message, expected)
  })
}

test('what is written in one turn leaves at its end, in order', async () => {
  const received: Buffer[] = []
  const server = createServer((socket) => socket.on('data', (chunk: Buffer) => received.push(chunk)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const socket = await tcp(targetAt((server.address() as AddressInfo).port), () => {})
  for (const piece of ['one ', 'two ', 'three']) socket.write(Buffer.from(piece))
  assert.is(socket.bytesWritten, 'one two three'.length)
  assert.is(socket.writableCorked, 1, 'nothing has left yet')
  await sleep(1)
  assert.is(socket.writableCorked, 0)
  socket.end(Buffer.from('.'))
  await once(socket.resume(), 'close')
  server.close()
  assert.is(Buffer.concat(received).toString(), 'one two three.')
})

test.run()
