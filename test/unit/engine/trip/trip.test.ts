// The script of a trip that makes no change is written once for hosts that are asked the same.
import * as assert from 'uvu/assert'
import type { TripRequest } from '../../../../src/engine/trip/trip-request.ts'
import { tripScript } from '../../../../src/engine/trip/trip.ts'
import { tripWords } from '../../../../src/engine/trip/trip-words.ts'
import { raw } from '../../../../src/shell/script.ts'
import { suite } from '../../../suite.ts'

const test = suite('trip script')

const asks = (text: string): TripRequest['questions'][number] => ({ script: raw(text), family: undefined, items: [] })
const lock = { holder: "somebody's run", waitSeconds: 900 }
const base: Omit<TripRequest, 'words'> = {
  steps: [],
  questions: [asks(`printf '%s' "it's"`), asks('cat /etc/motd')],
  questionsSeconds: 300,
  lock: undefined,
  after: undefined,
}
const written = (mark: string, more: Partial<TripRequest> = {}): string =>
  tripScript({ ...base, ...more, words: tripWords(mark) })

test('two hosts differ in their words alone', () => {
  for (const more of [{}, { lock }]) {
    const [one, other] = ['mailrun-0123', 'mailrun-4567'].map((mark) => ({ script: written(mark, more), mark }))
    const [words, others] = [tripWords(one!.mark), tripWords(other!.mark)]
    let expected = one!.script
    for (const word of ['mark', 'record', 'stop', 'outdated'] as const)
      expected = expected.replaceAll(words[word], others[word])
    assert.is(other!.script, expected)
    assert.not.match(other!.script, one!.mark)
    assert.is(other!.script.includes(others.record), 'lock' in more)
  }
})

test('what else is different is written anew', () => {
  const before = written('mailrun-0123')
  const changed: readonly Partial<TripRequest>[] = [
    { questions: [...base.questions].reverse() },
    { questions: base.questions.slice(1) },
    { questionsSeconds: 20 },
    { lock },
    { lock: { ...lock, holder: 'another' } },
    { lock: { ...lock, waitSeconds: 1 } },
    { steps: [{ text: 'true', timeoutSeconds: 10 }] },
  ]
  const scripts = changed.map((more) => written('mailrun-0123', more))
  assert.is(new Set([before, ...scripts]).size, changed.length + 1)
  assert.is(written('mailrun-0123'), before)
})

test.run()
