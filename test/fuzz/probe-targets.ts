// What real hosts answered, cut short and spoilt:
// a state or a known error comes of it, and of what is cut short never another state.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import * as assert from 'uvu/assert'
import type { Asked } from '../../src/engine/foresee.ts'
import { questionKey, readAnswers } from '../../src/engine/trip/questions.ts'
import type { Answer } from '../../src/core/probe/answer.ts'
import { askings, type Asking, type Recorded } from './asked.ts'
import { mutated } from './mutate.ts'
import { target, type Target } from './target.ts'

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../test/fuzz/answers.json'), 'utf8'),
) as readonly Recorded[]

const answered: readonly (Asking & { readonly answers: readonly Answer[] })[] = askings.flatMap((asking) => {
  const known = recorded.find(({ name, script }) => name === asking.name && script === questionKey(asking.frame.script))
  return known === undefined ? [] : [{ ...asking, answers: known.answers }]
})

/**
 * The questions that have changed since their answers were recorded, and are not fuzzed until they are recorded again.
 */
export const UNRECORDED: readonly string[] = askings
  .map(({ name }) => name)
  .filter((name) => !answered.some((each) => each.name === name))

const states = ({ frame, probes }: Asking, answer: Answer): readonly Asked[] => {
  const asked = readAnswers([frame], { hung: undefined, rest: '' }, new Map([[0, answer]]))
  return probes.map((probe) => asked(probe))
}

const refuseBugs = (all: readonly Asked[]): void => {
  for (const each of all) {
    if ('error' in each) assert.not.match(each.error, /has a bug/)
    else assert.is(nonsenseIn(each.state), undefined)
  }
}

/** A number that is none is something misread. */
function nonsenseIn(state: unknown): string | undefined {
  if (typeof state === 'number') return Number.isNaN(state) ? 'a number that is none' : undefined
  if (state instanceof Map || state instanceof Set || Array.isArray(state))
    return [...(state as Iterable<unknown>)].map(nonsenseIn).find((each) => each !== undefined)
  return typeof state === 'object' && state !== null && !ArrayBuffer.isView(state)
    ? Object.values(state)
        .map(nonsenseIn)
        .find((each) => each !== undefined)
    : undefined
}

const WORDS = [
  '\0',
  '\n',
  '\n\n',
  'no',
  'yes',
  'end',
  '.end',
  '.end\0',
  '.stamps\0',
  'FILES\0',
  'USERS\0',
  'GROUPS\0',
  '/etc/motd\x005\x003\0x',
  '\0/etc/motd\x005\x00-1\0',
  'BYTES\0',
  ':',
  '::',
  '=',
  'Id=',
  'x',
  '0',
  '-1',
  '99999999999999999999',
  'NaN',
  'path f root root 644 /x\n',
  'signing a b c d\n',
  '(none)',
  'find: /etc: Permission denied\n',
  '\xff',
  'd',
  'enabled',
  'start 9\n',
]
const ERRORS = [
  '',
  'sh: 1: find: not found\n',
  'find: ‘/etc/dkimkeys’: Permission denied\n',
  'postconf: fatal: bad\n',
  'Failed to connect to bus\n',
  'sha256sum: /etc/x: Input/output error\n',
  'postconf: warning: /etc/postfix/main.cf: unused parameter: a=b\n',
]

export const PROBE_TARGETS: readonly Target[] = [
  target({
    name: 'answers of hosts: cut short',
    make: (random) => {
      const place = random.below(answered.length)
      const which = random.below(2)
      return { place, which, at: random.below(answered[place]!.answers[which]!.stdout.length + 1) }
    },
    check({ place, which, at }) {
      const asking = answered[place]!
      const answer = asking.answers[which]!
      const whole = states(asking, answer)
      const cut = states(asking, { ...answer, stdout: answer.stdout.slice(0, at) })
      refuseBugs(cut)
      const end = JSON.stringify(answer.stdout.slice(Math.max(0, at - 60), at))
      cut.forEach((each, index) =>
        assert.ok(
          'error' in each || isDeepStrictEqual(each, whole[index]),
          `${asking.probes[index]!.key} reads what is cut short as another state: …${end}`,
        ),
      )
    },
  }),
  target({
    name: 'answers of hosts: spoilt',
    make: (random) => {
      const place = random.below(answered.length)
      const answer = random.pick(answered[place]!.answers)
      return {
        place,
        answer: {
          code: random.pick([answer.code, answer.code, 0, 1, 127]),
          stdout: mutated(random, answer.stdout, WORDS),
          stderr: random.pick(ERRORS),
        },
      }
    },
    check: ({ place, answer }) => refuseBugs(states(answered[place]!, answer)),
  }),
]
