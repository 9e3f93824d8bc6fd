// waitFor: what is so is not waited for; what may bring it is waited for first.
import { spawnSync } from 'node:child_process'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { checkCase } from '../../../src/testing/check-case.ts'
import { waitFor, type WaitForArgs } from '../../../tasks/wait-for.ts'
import { suite } from '../../suite.ts'

const test = suite('waitFor')

test('what is so already is not waited for', () => {
  checkCase(waitFor, { args: { port: 25 }, now: true, expect: [] })
  checkCase(waitFor, { args: { port: 25 }, now: false, expect: ['wait'] })
  checkCase(waitFor, { args: { unit: 'x', state: 'absent' }, now: false, expect: [] })
  checkCase(waitFor, { args: { unit: 'x', state: 'absent' }, now: true, expect: ['wait until it is gone'] })
})

const asked = (args: WaitForArgs): boolean => {
  const { probe } = waitFor(args)
  const { text } = (probe.question as { readonly script: { readonly text: string } }).script
  const { stdout, stderr } = spawnSync('sh', [], { input: text, encoding: 'utf8' })
  return probe.parse({ code: 0, stdout, stderr })
}
const listening = (host: string): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, host, () => resolve(server))
  })

test('a port is one that something listens on, at any address; no connection is made to it', async () => {
  const server = await listening('127.0.0.1')
  const { port } = server.address() as AddressInfo
  let connections = 0
  server.on('connection', () => (connections += 1))
  const whileOpen = asked({ port })
  await new Promise((resolve) => server.close(resolve))
  assert.equal([whileOpen, asked({ port }), connections], [true, false, 0])
})

test('a path is there whatever it is, a link that leads nowhere too', () => {
  const top = mkdtempSync(join(tmpdir(), 'mailrun-wait-'))
  try {
    const path = join(top, "it's $HOME")
    assert.is(asked({ path }), false)
    symlinkSync('nowhere', path)
    assert.is(asked({ path }), true)
  } finally {
    rmSync(top, { recursive: true })
  }
})

test('pending changes of units and paths: told where they tell it, else waited for', () => {
  const foreseen = (args: WaitForArgs, resource: string, value: object): boolean | undefined =>
    waitFor(args).probe.foresee(false, { resource: resource as 'unit:x', value })
  const runs = { kind: 'unit', active: true, enabled: 'enabled' }
  assert.is(foreseen({ unit: 'x' }, 'unit:x.service', runs), true)
  assert.is(foreseen({ unit: 'x' }, 'unit:x.service', { kind: 'absent' }), false)
  assert.is(foreseen({ port: 25 }, 'unit:postfix.service', runs), undefined)
  assert.is(foreseen({ path: '/run/x' }, 'unit:x.service', runs), undefined)
  assert.is(foreseen({ path: '/run/x' }, 'path:/run/x', { kind: 'file' }), true)
  assert.is(foreseen({ path: '/run/x' }, 'path:/run', { kind: 'absent' }), false)
  assert.equal(waitFor({ unit: 'a.timer' }).probe.reads, ['unit:a.timer'])
  assert.equal(waitFor({ port: 25 }).probe.reads, ['unit:'])
})

test('one thing is waited for, and it has a name', () => {
  const refused = (args: object, message: RegExp): void => assert.throws(() => waitFor(args as never), message)
  refused({}, /one of port, path and unit/)
  refused({ port: 25, unit: 'x' }, /one of port, path and unit/)
  for (const port of [0, 65_536, 0.5, -1]) refused({ port }, /port must be from 1 to 65535/)
  refused({ path: 'x' }, /absolute path/)
  for (const unit of ['-x', 'a b', '']) refused({ unit }, /is no name of a unit/)
})

test.run()
