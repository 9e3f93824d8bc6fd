// Which steps of a rotation are taken again, and which are reported as tried in vain.
import * as assert from 'uvu/assert'
import { stepKey, type DueStep } from '../../../src/commands/rotate/due-step.ts'
import { TRIES, newProgress, sorted, type Progress } from '../../../src/commands/rotate/progress.ts'
import { suite } from '../../suite.ts'

const test = suite('progress of a rotation')

const due = (host: string, kind = 'publish'): DueStep =>
  ({
    pair: { evidence: { host, domain: 'a.test' } },
    step: { kind, selector: `${host}-20270301` },
  }) as unknown as DueStep

const tried = (progress: Progress, step: DueStep, times: number): void => void progress.tries.set(stepKey(step), times)

test('a step is taken as often as it may be, then reported once, however often it is looked for', () => {
  const progress = newProgress()
  const step = due('mx1')
  assert.equal(sorted([step], progress), { fresh: [step], vain: [] })
  tried(progress, step, TRIES)
  assert.equal(sorted([step], progress), { fresh: [], vain: [step] })
  for (let turn = 0; turn < 3; turn += 1) assert.equal(sorted([step], progress), { fresh: [], vain: [] })
})

test('while another step is fresh, none is asked to be in vain', () => {
  const progress = newProgress()
  const [old, fresh] = [due('mx1'), due('mx2')]
  tried(progress, old, TRIES)
  assert.equal(sorted([old, fresh], progress), { fresh: [fresh], vain: [] })
})

test('once a new key did not work, nobody takes up one; other steps go on', () => {
  const progress = newProgress()
  progress.failed.add('activate')
  const [switched, published] = [due('mx1', 'activate'), due('mx2')]
  assert.equal(sorted([switched, published], progress), { fresh: [published], vain: [] })
})

test.run()
