// All questions of a run end together, however many hosts and keys it has and however many servers are silent.
import * as assert from 'uvu/assert'
import { endingAfter } from '../../../../src/dns/bounds/run-bound.ts'
import type { AskUntil, ServerReply } from '../../../../src/dns/lookup/ask-server.ts'
import type { NameServer } from '../../../../src/dns/lookup/name-server.ts'
import { honestNameServer } from '../../../honest-name-server.ts'
import { askServerUntil } from '../../../../src/dns/lookup/ask-server.ts'
import { suite } from '../../../suite.ts'

const test = suite('dns/run-bound')

const server = (address: string, port = 53): NameServer => ({ name: address, addresses: [{ address, port }] })
const QUESTION = { name: 'example.org', type: 'TXT', recursion: false } as const
const REPLY: ServerReply = {
  kind: 'reply',
  authoritative: true,
  code: 'NOERROR',
  answers: [],
  authorities: [],
  additionals: [],
}
const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

/** Those that `silent` has never answer; others do at once. */
function world(...silent: readonly string[]): { readonly ask: AskUntil; readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    async ask({ name }, _question, until) {
      asked.push(name)
      if (!silent.includes(name)) return REPLY
      await pause(Math.max(0, (until - performance.now()) / 1000))
      return { kind: 'silent', why: 'no answer' }
    },
  }
}

test('questions to silent servers end at one time, with who was silent; nothing is asked after it', async () => {
  const { ask, asked } = world('10.0.0.1', '10.0.0.2')
  const bound = endingAfter(ask, 0.2)
  const began = performance.now()
  const replies = await Promise.all(['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((each) => bound(server(each), QUESTION)))
  const took = performance.now() - began
  assert.ok(took > 150 && took < 1000, `${took} ms`)
  assert.equal(
    replies.map(({ kind }) => kind),
    ['silent', 'silent', 'reply'],
  )
  const late = await bound(server('10.0.0.3'), QUESTION)
  assert.is(late.kind, 'silent')
  if (late.kind === 'silent') {
    assert.match(late.why, /^name servers did not answer in the 0\.2 s that a run waits for them$/)
    assert.is(late.over, late.why)
  }
  assert.is(asked.length, 3)
})

test('the time in which nothing is asked does not count, and questions at the same time count once', async () => {
  const bound = endingAfter(async () => {
    await pause(0.05)
    return REPLY
  }, 0.4)
  const many = async (): Promise<readonly string[]> =>
    (await Promise.all(Array.from({ length: 20 }, () => bound(server('10.0.0.1'), QUESTION)))).map(({ kind }) => kind)
  assert.equal([...new Set(await many())], ['reply'])
  await pause(0.5)
  assert.equal([...new Set(await many())], ['reply'])
})

test('silent servers one after the other add up', async () => {
  const asked: string[] = []
  const bound = endingAfter(async ({ name }) => {
    asked.push(name)
    await pause(0.15)
    return { kind: 'silent', why: 'no answer' }
  }, 0.4)
  const overs: boolean[] = []
  for (let turn = 0; turn < 5; turn += 1) {
    const reply = await bound(server(`10.0.0.${turn}`), QUESTION)
    overs.push(reply.kind === 'silent' && reply.over !== undefined)
  }
  assert.equal(overs, [false, false, true, true, true])
  assert.is(asked.length, 3)
})

test('answered questions use nothing up, one after the other or overlapping, however many', async () => {
  const bound = endingAfter(async () => {
    await pause(0.08)
    return REPLY
  }, 0.5)
  const kinds: string[] = []
  for (let turn = 0; turn < 5; turn += 1) kinds.push((await bound(server('10.0.0.1'), QUESTION)).kind)
  await Promise.all(
    Array.from({ length: 8 }, async (_, turn) => {
      await pause(turn * 0.05)
      kinds.push((await bound(server('10.0.0.1'), QUESTION)).kind)
    }),
  )
  assert.equal(kinds, Array<string>(13).fill('reply'))
})

test('more answered questions than are put at once use nothing up while they wait for their turn', async () => {
  const bound = endingAfter(async () => {
    await pause(0.08)
    return REPLY
  }, 0.5)
  const replies = await Promise.all(Array.from({ length: 400 }, () => bound(server('10.0.0.1'), QUESTION)))
  assert.equal([...new Set(replies.map(({ kind }) => kind))], ['reply'])
})

test('one dead server takes its wait once, whenever it is asked; those of other zones are asked on', async () => {
  const asked: string[] = []
  const bound = endingAfter(async ({ name }) => {
    asked.push(name)
    await pause(name === '10.0.0.1' ? 0.3 : 0.02)
    return name === '10.0.0.1' ? { kind: 'silent', why: 'no answer' } : REPLY
  }, 0.5)
  const began = performance.now()
  const dead = await Promise.all(
    [0, 0.1, 0.25].map(async (late) => {
      await pause(late)
      return bound(server('10.0.0.1'), QUESTION)
    }),
  )
  assert.ok(performance.now() - began < 500)
  assert.equal([...new Set(dead.map((reply) => reply.kind === 'silent' && reply.why))], ['no answer'])
  for (let turn = 0; turn < 15; turn += 1) {
    assert.is((await bound(server('10.0.0.1'), QUESTION)).kind, 'silent')
    assert.is((await bound(server(`10.0.1.${turn}`), QUESTION)).kind, 'reply')
  }
  assert.is(asked.filter((name) => name === '10.0.0.1').length, 3)
})

test('a server that gave no answer is waited for once; who it was is said when the time is up', async () => {
  const asked: string[] = []
  const bound = endingAfter(({ name }) => {
    asked.push(name)
    return Promise.resolve({ kind: 'silent', why: 'no answer within 6 s' })
  }, 0.1)
  for (let turn = 0; turn < 3; turn += 1) assert.is((await bound(server('10.0.0.1'), QUESTION)).kind, 'silent')
  assert.equal(asked, ['10.0.0.1'])
  const hangs = endingAfter(
    ({ name }) =>
      name === '10.0.0.1' ? Promise.resolve({ kind: 'silent', why: 'no answer' }) : new Promise<ServerReply>(() => {}),
    0.1,
  )
  await hangs(server('10.0.0.1'), QUESTION)
  const over = await hangs(server('10.0.0.2'), QUESTION)
  assert.match(over.kind === 'silent' ? over.why : over.kind, /; no answer came from 10\.0\.0\.1$/)
})

test('more questions than are put at once end in time, too, and those in the queue are never put', async () => {
  const { ask, asked } = world(...Array.from({ length: 500 }, (_, index) => `10.0.1.${index}`))
  const bound = endingAfter(ask, 0.2)
  const began = performance.now()
  await Promise.all(Array.from({ length: 500 }, (_, index) => bound(server(`10.0.1.${index}`), QUESTION)))
  assert.ok(performance.now() - began < 2000)
  await pause(0.1)
  assert.ok(asked.length < 60, `${asked.length}`)
})

test('a real name server that answers is heard; of one that does not, the socket ends with the time', async () => {
  const honest = await honestNameServer('example.org', [])
  try {
    const bound = endingAfter(askServerUntil, 0.5)
    assert.is((await bound(server(honest.address, honest.port), { ...QUESTION, type: 'SOA' })).kind, 'reply')
    const began = performance.now()
    const reply = await askServerUntil(server('192.0.2.1'), QUESTION, performance.now() + 200)
    assert.is(reply.kind, 'silent')
    assert.ok(performance.now() - began < 2000)
  } finally {
    honest.close()
  }
})

test.run()
