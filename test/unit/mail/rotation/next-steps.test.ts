// The rotation's state machine: its order, and what must never be, whatever is killed, lags or is asked for.
import * as assert from 'uvu/assert'
import { standingOf } from '../../../../src/mail/rotation/history.ts'
import type { NextSteps, RotationStep } from '../../../../src/mail/rotation/steps.ts'
import { suite } from '../../../suite.ts'
import { Broken, CACHED, SETTINGS, World } from './world.ts'

const test = suite('mail/rotation')
const NOTHING = { start: false, compromised: false }
const START = { start: true, compromised: false }
const COMPROMISED = { start: false, compromised: true }

const stepsOf = ({ keys, begin }: NextSteps): readonly RotationStep[] => [
  ...keys.flatMap(({ step }) => step ?? []),
  ...(begin === undefined ? [] : [begin]),
]
const waitOf = ({ keys }: NextSteps) => keys.find(({ wait }) => wait !== undefined)?.wait
/** Does all there is to do at this moment; returns what it was. */
function settle(world: World, first: typeof NOTHING): readonly string[] {
  const done: string[] = []
  for (
    let request = first, steps = stepsOf(world.look(request));
    steps.length > 0;
    request = NOTHING, steps = stepsOf(world.look(request))
  ) {
    for (const step of steps) {
      done.push(step.kind === 'note' ? step.marks.map(({ event }) => event).join(' ') : step.kind)
      world.carryOut(step, 9)
      if (world.look(NOTHING).keys.some(({ wait }) => wait?.kind === 'held')) world.pass(0)
    }
    assert.ok(done.length < 50, done.join(', '))
  }
  return done
}

test('a key that is young is left alone; one that is old, or --start, begins', () => {
  const world = new World()
  assert.equal(stepsOf(world.look(NOTHING)), [{ kind: 'begin', former: { event: 'active', selector: 'mx1' } }])
  assert.is(world.look(NOTHING).due, 'the key in use is 115 days old')
  world.keys.set('mx1', world.now - 86_400)
  assert.equal(stepsOf(world.look(NOTHING)), [])
  assert.is(stepsOf(world.look(START)).length, 1)
})

test('from keyed to removed, each wait in its place', () => {
  const world = new World()
  assert.equal(settle(world, NOTHING), ['begin', 'publish', 'published'])
  assert.equal(waitOf(world.look(NOTHING)), {
    kind: 'until',
    time: world.now + CACHED + SETTINGS.margin,
    why: 'resolvers may hold that it is not there',
  })
  assert.is(world.tables, 'mx1')
  world.pass(CACHED + SETTINGS.margin)
  assert.equal(settle(world, NOTHING), ['activate'])
  assert.match(world.tables, /^mx1-\d{8}$/)
  assert.is(waitOf(world.look(NOTHING))?.kind, 'until')
  world.pass(SETTINGS.drain!)
  assert.equal(settle(world, NOTHING), ['revoking', 'revoke', 'revoked'])
  assert.is(world.primary.get('mx1'), 'revoked')
  world.pass(SETTINGS.revoked)
  assert.equal(settle(world, NOTHING), ['removing', 'delete-key', 'delete-record', 'removed'])
  assert.equal([[...world.keys.keys()], [...world.primary.keys()]], [[world.tables], [world.tables]])
  assert.equal(stepsOf(world.look(NOTHING)), [])
})

test('what one name server lacks does not sign', () => {
  const world = new World()
  world.lagging = true
  assert.equal(settle(world, NOTHING), ['begin', 'publish'])
  assert.equal(waitOf(world.look(NOTHING)), { kind: 'held', why: 'ns2 differs', soon: true })
  world.pass(100_000)
  assert.equal(stepsOf(world.look(NOTHING)), [])
  world.lagging = false
  world.pass(1)
  assert.equal(settle(world, NOTHING), ['published'])
})

test('what was served everywhere and is no more is waited for again', () => {
  const world = new World()
  settle(world, NOTHING)
  world.pass(CACHED)
  const selector = [...world.primary.keys()][1]!
  world.secondary.delete(selector)
  assert.equal(stepsOf(world.look(NOTHING)), [{ kind: 'note', marks: [{ event: 'keyed', selector }] }])
  world.carryOut(stepsOf(world.look(NOTHING))[0]!, 9)
  world.pass(1)
  assert.equal(settle(world, NOTHING), ['published'])
  assert.is(waitOf(world.look(NOTHING))?.kind, 'until')
})

test('mail from before the switch holds the former key, however long it lies', () => {
  const world = new World()
  settle(world, NOTHING)
  world.pass(CACHED + SETTINGS.margin)
  world.stuck = world.now - 1
  settle(world, NOTHING)
  world.pass(1_000_000)
  assert.match(waitOf(world.look(NOTHING))?.why ?? '', /^the queue still has mail from before the switch: A1 \(hold\)/)
  world.stuck = undefined
  assert.ok(settle(world, NOTHING).includes('revoke'))
})

test('a compromised host: no wait but for the name servers, and the former key is revoked at once', () => {
  const world = new World()
  const done = settle(world, COMPROMISED)
  assert.equal(done, [
    'active compromised',
    'begin',
    'publish',
    'published',
    'activate',
    'revoking',
    'revoke',
    'revoked',
  ])
  assert.is(world.primary.get('mx1'), 'revoked')
  // The same again goes on with what is begun; with --start it begins again.
  assert.equal(stepsOf(world.look(COMPROMISED)), [])
  assert.match(world.look(COMPROMISED).notes.join(), '--start replaces this one, too')
  assert.equal(
    stepsOf(world.look({ start: true, compromised: true })).map(({ kind }) => kind),
    ['note'],
  )
})

test('a key that was to sign next is given up where its host is compromised', () => {
  const world = new World()
  settle(world, NOTHING)
  const given = [...world.keys.keys()][1]!
  world.pass(1)
  settle(world, COMPROMISED)
  assert.is(world.primary.get(given), 'revoked')
  assert.not.equal(world.tables, given)
  assert.is(world.primary.get(world.tables), 'key')
})

test('a key that was revoked signs again by tables that were put back: a new one is due', () => {
  const world = new World()
  settle(world, COMPROMISED)
  world.tables = 'mx1'
  world.loaded = 'mx1'
  const now = world.look(NOTHING)
  assert.is(now.due, 'the key in use is compromised')
  assert.is(now.keys[0]?.wait?.kind, 'blocked')
})

test('what OpenDKIM still signs with is not revoked, whatever was written down', () => {
  const world = new World()
  settle(world, NOTHING)
  world.pass(CACHED + SETTINGS.margin)
  settle(world, NOTHING)
  world.pass(SETTINGS.drain!)
  world.loaded = 'mx1'
  assert.equal(stepsOf(world.look(NOTHING)), [])
  assert.match(waitOf(world.look(NOTHING))?.why ?? '', /^OpenDKIM still signs with it/)
})

/** mulberry32: the same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The laws, at every moment of a life of kills, lags and commands. */
function check(world: World, before: World['primary']): void {
  const { loaded, tables, history } = world
  for (const [selector, served] of [...world.primary, ...world.secondary]) {
    if (served !== 'revoked') continue
    if (selector === loaded || selector === tables) throw new Broken(`${selector} signs, and is revoked`)
    const lastSigned = world.lastSigned.get(selector)
    if (lastSigned === undefined || standingOf(history, selector).compromised) continue
    const seconds = world.now - lastSigned
    if (seconds < SETTINGS.drain!) throw new Broken(`${selector} is revoked ${seconds} s after it signed`)
  }
  for (const [selector, served] of world.primary)
    if (before.get(selector) === 'revoked' && served === 'key') throw new Broken(`${selector} is brought back`)
  for (const served of [world.primary, world.secondary])
    if (served.get(loaded) !== 'key') throw new Broken(`${loaded} signs, and a name server lacks it`)
}

for (let seed = 1; seed <= 120; seed += 1) {
  test(`life ${seed}: whatever is killed, lags or is asked for, no law is broken, and it comes to an end`, () => {
    const world = new World()
    const next = random(seed)
    const story: string[] = []
    try {
      for (let turn = 0; turn < 150; turn += 1) {
        const dice = next()
        const request = dice < 0.02 ? START : dice < 0.03 ? COMPROMISED : NOTHING
        const steps = stepsOf(world.look(request))
        const before = new Map(world.primary)
        const step = steps[Math.floor(next() * steps.length)]
        if (step !== undefined && next() < 0.8) {
          const until = next() < 0.4 ? Math.floor(next() * 3) : 9
          story.push(`${JSON.stringify(step)} ${until}`)
          world.carryOut(step, until)
        } else {
          world.lagging = next() < 0.2
          world.pass(Math.floor(next() * 700))
        }
        check(world, before)
      }
      world.lagging = false
      for (let turn = 0; turn < 40; turn += 1) {
        world.pass(1000)
        settle(world, NOTHING)
      }
      assert.equal(
        world.look(NOTHING).keys.map(({ state }) => state),
        ['active'],
      )
      assert.equal([[...world.keys.keys()], [...world.primary.keys()]], [[world.tables], [world.tables]])
    } catch (error) {
      throw error instanceof Broken ? new Error(`${error.message}\n${story.slice(-12).join('\n')}`) : error
    }
  })
}

test.run()
