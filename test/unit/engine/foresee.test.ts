// Foresight: what later tasks see of changes that are not made yet.
import * as assert from 'uvu/assert'
import { foresee, type Asked } from '../../../src/engine/foresee.ts'
import { fact, factAbout } from '../../../src/core/task/fact.ts'
import type { OutsideQuestion, AnswerTo } from '../../../src/core/probe/outside-question.ts'
import { ask, blocked, change, ok, remarked } from '../../../src/core/task/plan.ts'
import { defineProbe, type Probe } from '../../../src/core/probe/probe.ts'
import { ANYTHING } from '../../../src/core/task/resource.ts'
import type { PlanContext, Task } from '../../../src/core/task/task.ts'
import { raw } from '../../../src/shell/script.ts'
import { suite } from '../../suite.ts'

const test = suite('foresee')
const context: PlanContext = {
  facts: { os: { id: 'debian', versionId: '12', codename: 'bookworm' }, hostname: 'mx1' },
  source: () => new Uint8Array(),
}

const base = { tags: [], owns: [], sources: [], once: false, secrets: [], where: undefined }

/** Wants a user to be there. */
const makesUser = (name: string): Task<boolean> => ({
  ...base,
  type: 'user',
  name,
  writes: [`user:${name}`],
  probe: defineProbe<boolean>({
    key: `user ${name}`,
    reads: [`user:${name}`],
    script: raw('id'),
    parse: ({ code }) => code === 0,
    facts: (there) =>
      there
        ? [
            fact('user', name, {
              kind: 'user',
              uid: 1,
              group: name,
              groups: [],
              home: '/',
              shell: '/bin/sh',
              comment: '',
              locked: true,
            }),
          ]
        : [],
    foresee: () => true,
  }),
  plan: (there) => (there ? ok : change([{ summary: `add ${name}`, apply: raw('useradd') }], true)),
})

/** Needs the user; its probe knows what a fact about it means, unless it is blind. */
const needsUser = (name: string, blind: boolean): Task<boolean> => ({
  ...base,
  type: 'owner',
  name: `of ${name}`,
  writes: ['path:/x'],
  probe: defineProbe<boolean>({
    key: `owner ${name}`,
    reads: ['path:/x', `user:${name}`],
    script: raw('stat'),
    parse: ({ code }) => code === 0,
    ...(blind ? {} : { foresee: (state: boolean, known) => (factAbout(known, 'user', name) ? true : state) }),
  }),
  plan: (there) => (there ? change([{ summary: 'chown', apply: raw('chown') }], true) : blocked(`no user ${name}`)),
})

const all =
  (state: unknown): ((probe: Probe<unknown>) => Asked) =>
  () => ({ state })
const kinds = (tasks: readonly Task[], asked = all(false), answerTo: AnswerTo = () => undefined): readonly string[] =>
  foresee(tasks, asked, context, answerTo, new Set()).predictions.map(({ kind }) => kind)

test('a task is planned on what an earlier one will have done', () => {
  assert.equal(kinds([makesUser('opendkim'), needsUser('opendkim', false)]), ['change', 'change'])
})

test('a fact that a probe cannot use is a wall, and so is what stands behind it', () => {
  assert.equal(
    kinds([
      makesUser('a'),
      needsUser('a', true),
      { ...needsUser('b', true), probe: { ...needsUser('b', true).probe, reads: ['path:/x/y'] } },
    ]),
    ['change', 'wall', 'wall'],
  )
})

test('a task that is blocked with nothing pending that it reads is blocked', () => {
  assert.equal(kinds([makesUser('a'), needsUser('b', false)]), ['change', 'blocked'])
})

test('it is asked again where a pending task may bring anything', () => {
  assert.equal(kinds([{ ...makesUser('a'), writes: ['user:a', ANYTHING] }, needsUser('b', false)]), ['change', 'wall'])
})

test('two tasks with one probe: the second sees what the first leaves', () => {
  assert.equal(kinds([makesUser('a'), makesUser('a')]), ['change', 'ok'])
})

test('a probe that could not be read blocks, or waits for what is pending', () => {
  assert.equal(
    kinds([needsUser('a', false)], () => ({ error: 'no stat' })),
    ['blocked'],
  )
  assert.equal(
    kinds([makesUser('a'), needsUser('a', false)], (probe) =>
      probe.key.startsWith('owner') ? { error: 'no' } : { state: false },
    ),
    ['change', 'wall'],
  )
})

test('a plan that throws blocks its own task with the name of the module', () => {
  const task: Task = {
    ...makesUser('a'),
    plan: () => {
      throw new TypeError('oops')
    },
  }
  const [prediction] = foresee([task], all(true), context, () => undefined, new Set()).predictions
  assert.is(prediction?.kind, 'blocked')
  assert.match(prediction?.kind === 'blocked' ? prediction.why : '', /module user has a bug.*oops/s)
})

test('what is blocked for the same reason with and without the pending changes is blocked, not waited for', () => {
  // It reads what is pending, whose facts do not free it.
  const stuck: Task<boolean> = {
    ...needsUser('b', false),
    probe: { ...needsUser('b', false).probe, reads: ['user:a', 'user:b'] },
  }
  assert.equal(kinds([makesUser('a'), stuck]), ['change', 'blocked'])
  const anything: Task<boolean> = { ...makesUser('a'), writes: ['user:a', ANYTHING] }
  assert.equal(kinds([anything, stuck]), ['change', 'wall'])
})

const QUESTION: OutsideQuestion = {
  to: 'name-servers',
  record: { name: 'mx1._domainkey.example.org', type: 'TXT', value: 'v=DKIM1; p=', purpose: 'dkim' },
  dns: {},
}
/** Adds the user once the record is served; holds that back where it is not. */
const asks: Task<boolean> = {
  ...makesUser('a'),
  plan: (there, planContext) =>
    ask<boolean>([QUESTION], ([answer]) =>
      answer!.kind === 'served' ? makesUser('a').plan(there, planContext) : remarked(ok, { held: 'not yet' }),
    ),
}

test(
  'a plan that asks others is no more than a question until they have answered; ' +
    'then it is planned on what they said',
  () => {
    const predictions = (answerTo: AnswerTo) =>
      foresee([asks, needsUser('a', false)], all(false), context, answerTo, new Set()).predictions
    const [unanswered, behind] = predictions(() => undefined)
    assert.equal([unanswered, behind?.kind], [{ kind: 'unanswered', questions: [QUESTION] }, 'wall'])
    assert.equal(
      predictions(() => ({ kind: 'served' })).map(({ kind }) => kind),
      ['change', 'change'],
    )
    assert.equal(predictions(() => ({ kind: 'not-served', where: ['ns1'] }))[0], {
      kind: 'ok',
      foreseen: false,
      remarks: { held: 'not yet' },
    })
    assert.equal(
      predictions(() => ({ kind: 'later' })).map(({ kind }) => kind),
      ['later', 'wall'],
    )
  },
)

test('what a plan does with an answer may throw, too, and blocks its own task alone', () => {
  const task: Task<boolean> = {
    ...makesUser('a'),
    plan: () =>
      ask<boolean>([QUESTION], () => {
        throw new TypeError('oops')
      }),
  }
  assert.equal(
    kinds([task, makesUser('b')], all(false), () => ({ kind: 'served' })),
    ['blocked', 'change'],
  )
})

test.run()
