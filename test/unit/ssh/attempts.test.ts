// How often a login is tried in a run: what is waited for, and what is never tried again.
import * as assert from 'uvu/assert'
import { attempts } from '../../../src/ssh/attempts.ts'
import { jumpLogins, RefusedByJumpHost } from '../../../src/ssh/openssh/jump-logins.ts'
import { ClosedUnheard, opensshProblem } from '../../../src/ssh/openssh/openssh-problem.ts'
import { NotNow, TransientFailure } from '../../../src/ssh/transient.ts'
import type { SshTarget } from '../../../src/ssh/ssh-target.ts'
import { turnedAway } from '../../../src/ssh/turned-away.ts'
import { Refused, Unreachable } from '../../../src/engine/session/connection.ts'
import { suite } from '../../suite.ts'

const test = suite('attempts')
const signal = new AbortController().signal

const targetAt = (hostName: string, over: Partial<SshTarget> = {}): SshTarget =>
  ({ hostName, port: 22, user: 'ops', jumps: [], identityFiles: [], retries: 1, ...over }) as unknown as SshTarget
const behind = (hostName: string): SshTarget => targetAt(hostName, { jumps: [targetAt('bastion')] })

/** Fails with each of these in turn, then succeeds. */
function failing(...errors: readonly Error[]): { once(): Promise<string>; tries: number } {
  const left = [...errors]
  const made = {
    tries: 0,
    once: (): Promise<string> => {
      made.tries += 1
      const error = left.shift()
      return error === undefined ? Promise.resolve('in') : Promise.reject(error)
    },
  }
  return made
}
const errorOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => assert.unreachable('nothing was thrown') as never,
    (error: unknown) => error as Error,
  )
const notNow = (): TransientFailure => turnedAway('mx1 port 22', 'Not allowed at this time\r\n', '')

test('where sshd takes no connection for now, it is asked beyond the retries, and that is reported once', async () => {
  const { persist } = attempts()
  const reported: string[] = []
  const tried = failing(notNow(), new TransientFailure('reset'), notNow())
  const tell = (note: string): void => void reported.push(note)
  const target = targetAt('mx1')
  assert.is(await persist({ target, signal, tell, once: tried.once }), 'in')
  assert.is(tried.tries, 4)
  assert.is(reported.length, 1)
  assert.match(reported[0]!, /^mx1 port 22: sshd refuses connections .*"Not allowed at this time"\): waits up to 120 s/)
})

test('no run waits for one sshd longer than it may, whatever the number of hosts behind it', async () => {
  const { persist } = attempts(0.2)
  const always = (): { once(): Promise<string>; tries: number } => failing(...Array.from({ length: 9 }, notNow))
  const [first, second] = [always(), always()]
  const target = targetAt('mx1')
  const error = await errorOf(persist({ target, signal, tell: undefined, once: first.once }))
  assert.match(error.message, /PerSourcePenalties[^]*journalctl -u ssh[^]*tried 2 times/)
  await errorOf(persist({ target: { ...target, user: 'other' }, signal, tell: undefined, once: second.once }))
  assert.is(second.tries, 2)
})

test('ansible_ssh_retries of 0 waits for nothing', async () => {
  const tried = failing(notNow())
  const target = targetAt('mx1', { retries: 0 })
  const error = await errorOf(attempts().persist({ target, signal, tell: undefined, once: tried.once }))
  assert.match(error.message, /Not allowed at this time/)
  assert.is(tried.tries, 1)
})

test('a login that was refused is not tried again in the run; another one is', async () => {
  const { persist } = attempts()
  const tried = failing(new Refused('permission denied'))
  const target = targetAt('mx1')
  for (const _ of [1, 2]) {
    const error = await errorOf(persist({ target, signal, tell: undefined, once: tried.once }))
    assert.is(error.message, 'permission denied')
  }
  assert.is(tried.tries, 1)
  const other = { ...target, identityFiles: [{ path: '/other', named: true }] }
  assert.is(await persist({ target: other, signal, tell: undefined, once: tried.once }), 'in')
})

test('a new connection to a host is tried whatever was refused, and its refusal counts for nothing else', async () => {
  const { persist } = attempts()
  const refusals = Array.from({ length: 4 }, () => new Refused('permission denied'))
  const { once } = failing(...refusals)
  const target = targetAt('mx1')
  const outcome = (anew: boolean): Promise<unknown> =>
    persist({ target, signal, tell: undefined, once, anew }).catch(() => 'refused')
  const outcomes = []
  for (const anew of [true, true, false, false, true, true, false]) outcomes.push(await outcome(anew))
  assert.equal(outcomes, ['refused', 'refused', 'refused', 'refused', 'refused', 'in', 'refused'])
})

test('a try that says so is followed by a longer pause', async () => {
  const began = performance.now()
  const tried = failing(new TransientFailure('closed', 2))
  await attempts().persist({ target: targetAt('mx1'), signal, tell: undefined, once: tried.once })
  assert.ok(performance.now() - began > 1900)
})

test('a jump host that refuses is asked by the first of its hosts alone', async () => {
  const { through } = jumpLogins()
  const tried = failing(...Array.from({ length: 9 }, () => new RefusedByJumpHost('permission denied by a jump host')))
  const hosts = ['mx1', 'mx2', 'mx3', 'mx4'].map(behind)
  const errors = await Promise.all(hosts.map((host) => errorOf(through(host, tried.once))))
  assert.equal([...new Set(errors.map(({ message }) => message))], ['permission denied by a jump host'])
  assert.is(tried.tries, 1)
})

test('a host that refuses shows that its jump host does not', async () => {
  const { through } = jumpLogins()
  let under = 0
  let most = 0
  const login = async (): Promise<void> => {
    most = Math.max(most, ++under)
    await new Promise((resolve) => setTimeout(resolve, 20))
    under -= 1
  }
  const first = through(behind('mx1'), () => login().then(() => Promise.reject(new Refused('permission denied'))))
  const others = ['mx2', 'mx3', 'mx4'].map((name) => through(behind(name), login))
  assert.instance(await errorOf(first), Refused)
  await Promise.all(others)
  assert.is(most, 3)
})

test('a host without a jump host waits for nobody', async () => {
  const { through } = jumpLogins()
  void through(behind('mx1'), () => new Promise(() => {}))
  assert.is(await through(targetAt('mx2'), () => Promise.resolve('in')), 'in')
})

const CLOSED = 'kex_exchange_identification: Connection closed by remote host'
const DENIED = 'ops@10.0.0.2: Permission denied (publickey,password).'
const FAILURES = 'Received disconnect from 10.0.0.2 port 22:2: Too many authentication failures'
for (const [what, target, said, Kind] of [
  ['its key refused', targetAt('mx1'), DENIED, Refused],
  ['too many keys', targetAt('mx1'), FAILURES, Refused],
  ['too many keys for a jump host', behind('mx1'), `${FAILURES}\r\n${CLOSED}`, RefusedByJumpHost],
  ['the key refused by a jump host', behind('mx1'), `${DENIED}\r\n${CLOSED}`, RefusedByJumpHost],
  ['a jump host whose key is not known', behind('mx1'), `Host key verification failed.\n${CLOSED}`, RefusedByJumpHost],
  ['the key refused behind a jump host', behind('mx1'), DENIED, Refused],
  ['closed before it said anything', targetAt('mx1'), CLOSED, ClosedUnheard],
  [
    'reset before it said anything',
    targetAt('mx1'),
    'kex_exchange_identification: read: Connection reset',
    ClosedUnheard,
  ],
  ['closed later', targetAt('mx1'), 'Connection closed by remote host', TransientFailure],
  ['refused by TCP', targetAt('mx1'), 'ssh: connect to host mx1 port 22: Connection refused', Unreachable],
] as const) {
  test(`the system's ssh: ${what}`, () => {
    const error = opensshProblem(said, target)
    assert.is(error.constructor, Kind)
    assert.ok(error.message.includes(said.split('\n')[0]!.trim()), error.message)
  })
}

test('what sshd says before its identification is read, and of what it says only the first part is shown', () => {
  assert.instance(notNow(), NotNow)
  const busy = turnedAway('mx1', 'Exceeded MaxStartups\r\n', '')
  assert.is(busy.constructor, TransientFailure)
  assert.match(busy.message, /too many logins running/)
  const other = turnedAway('mx1', `${'x'.repeat(5000)}\n`.repeat(9), '')
  assert.is(other.constructor, TransientFailure)
  assert.is(other.message.split('\n').length, 7)
  assert.ok(other.message.length < 4000)
})

test.run()
