// What mailrun rotate tells: where each key is, what is waited for, and when to come back.
import * as assert from 'uvu/assert'
import { colours } from '../../../../src/report/write/colour.ts'
import type { RotationView } from '../../../../src/report/rotation/format.ts'
import { rotationJson } from '../../../../src/report/rotation/json.ts'
import { doneStepText, durationText, rotationText } from '../../../../src/report/rotation/text.ts'
import { suite } from '../../../suite.ts'

const test = suite('report/rotation')
const paint = colours(false)
const now = new Date(2027, 2, 1, 12, 0, 0)
const seconds = now.getTime() / 1000

const view = (more: Partial<RotationView>): RotationView => ({
  rotations: [
    {
      host: 'mx1',
      domain: 'a.example',
      now: seconds,
      notes: [],
      keys: [
        { selector: 'mx1-20270301', state: 'active', since: seconds - 60 },
        {
          selector: 'mx1',
          state: 'draining',
          since: seconds - 60,
          wait: {
            kind: 'until',
            time: seconds + 863_940,
            why: 'mail that it signed may be in queues, here or elsewhere',
          },
        },
      ],
    },
  ],
  faults: [],
  doneSteps: [],
  check: false,
  now,
  ...more,
})

test('each key with its state, since when, what is waited for and when to come back', () => {
  assert.is(
    rotationText(view({}), paint),
    'mx1  a.example\n' +
      '  mx1-20270301  active      since 2027-03-01 11:59:00\n' +
      '  mx1           draining    since 2027-03-01 11:59:00; until 2027-03-11 11:59:00 (in 9 d 23 h): ' +
      'mail that it signed may be in queues, here or elsewhere\n' +
      'come back at 2027-03-11 11:59:00 (in 9 d 23 h)\n',
  )
})

test('what is held is reported without a time; hosts that did not answer are named', () => {
  const text = rotationText(
    view({
      rotations: [
        {
          host: 'mx1',
          domain: 'a.example',
          now: seconds,
          notes: ['x'],
          keys: [
            {
              selector: 'n',
              state: 'keyed',
              since: undefined,
              wait: { kind: 'held', why: 'ns2 has no such record', soon: true },
            },
          ],
        },
      ],
      faults: [{ host: 'mx3', domain: undefined, status: 'unreachable', why: 'no \u001b[31mroute' }],
    }),
    paint,
  )
  assert.is(
    text,
    'mx1  a.example\n' +
      '  n  keyed     ; ns2 has no such record\n' +
      '  note: x\n' +
      'unreachable  mx3: no route\n' +
      'come back when that is corrected\n',
  )
})

test('of hosts that did not answer nobody says that nothing is to be done', () => {
  const fine: RotationView['rotations'] = [
    {
      host: 'mx1',
      domain: 'a.example',
      now: seconds,
      notes: [],
      keys: [{ selector: 'mx1', state: 'active', since: undefined }],
    },
  ]
  const last = (rotations: RotationView['rotations'], ...statuses: readonly string[]): string | undefined =>
    rotationText(
      view({ rotations, faults: statuses.map((status) => ({ host: 'mx3', domain: undefined, status, why: status })) }),
      paint,
    )
      .trimEnd()
      .split('\n')
      .at(-1)
  assert.is(last(fine), 'nothing is to be done: every key is as it is to be')
  assert.is(last(fine, 'unreachable'), 'nothing is to be done on the other hosts')
  assert.is(last([], 'failed'), 'nothing was done: no host answered about its keys')
  assert.is(last(fine, 'unreachable', 'interrupted'), 'interrupted: run it again to go on')
  assert.is(last([], 'interrupted'), 'interrupted: run it again to go on')
})

test('where something failed nobody says that every key is as it is to be', () => {
  const text = rotationText(
    view({
      rotations: [
        {
          host: 'mx1',
          domain: 'a.example',
          now: seconds,
          notes: [],
          keys: [
            {
              selector: 'n',
              state: 'keyed',
              since: undefined,
              step: { kind: 'publish', selector: 'n', publicKey: 'x' },
            },
          ],
        },
      ],
      doneSteps: [{ host: 'mx1', domain: 'a.example', selector: 'n', what: 'published in DNS', failed: 'REFUSED' }],
    }),
    paint,
  )
  assert.match(text, /n {2}keyed {5}; not done: it is published\ncome back when that is corrected\n$/)
})

test('a check says what is next', () => {
  const text = rotationText(
    view({
      check: true,
      rotations: [
        {
          host: 'mx1',
          domain: 'a.example',
          now: seconds,
          notes: [],
          keys: [{ selector: 'mx1', state: 'active', since: undefined }],
          begin: { kind: 'begin', former: undefined },
          due: 'the key in use is 200 days old',
        },
      ],
    }),
    paint,
  )
  assert.is(
    text,
    'mx1  a.example\n' +
      '  mx1  active\n' +
      '  next: a new key (the key in use is 200 days old)\n' +
      'nothing was changed (--check)\n',
  )
})

test('durations have their two largest units', () => {
  assert.equal([0, 0.2, 59, 60, 61, 3600, 3661, 86_400, 90_000, 864_000].map(durationText), [
    '0 s',
    '1 s',
    '59 s',
    '1 min',
    '1 min 1 s',
    '1 h',
    '1 h 1 min',
    '1 d',
    '1 d 1 h',
    '10 d',
  ])
})

test('steps as they are done, or why they are not', () => {
  const doneStep = { host: 'mx1', domain: 'a.example', selector: 'n', what: 'published in DNS' }
  assert.is(doneStepText(doneStep, paint), 'done    mx1  a.example  n: published in DNS\n')
  assert.is(
    doneStepText({ ...doneStep, failed: 'REFUSED' }, paint),
    'failed  mx1  a.example  n: published in DNS: REFUSED\n',
  )
})

test('JSON has the same, in UTC', () => {
  const document = rotationJson(view({}))
  assert.equal(document.rotations[0]?.keys[1]?.wait, {
    kind: 'until',
    why: 'mail that it signed may be in queues, here or elsewhere',
    until: new Date((seconds + 863_940) * 1000).toISOString(),
    seconds: 863_940,
  })
  assert.is(document.comeBack?.seconds, 863_940)
  assert.is(document.comeBack?.at, new Date((seconds + 863_940) * 1000).toISOString())
})

test.run()
