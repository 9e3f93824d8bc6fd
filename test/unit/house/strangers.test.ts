// Strangers' text: who reads it says so by a type, and takes no more time than the text is long.
import * as assert from 'uvu/assert'
import { questions } from '../../fuzz/asked.ts'
import { unmarkedUses } from '../../strangers/flows.ts'
import { growthOf } from '../../strangers/growth.ts'
import { parsersOf, sources, titleOf } from '../../strangers/marked.ts'
import { judge, judgeProbe } from '../../strangers/runner.ts'
import { suite } from '../../suite.ts'

const test = suite('strangers')

const { checker, files } = sources()
const parsers = files.flatMap((file) => parsersOf(file, checker))

test('what takes more than three times as long for twice the text is found', () => {
  const busy = (steps: number): number => steps / 1e6
  assert.is(
    growthOf((bytes) => busy(bytes * 1000)),
    undefined,
  )
  assert.is(growthOf((bytes) => busy(bytes ** 2))?.bytes, 12 * 1024)
})

test('no function is given strangers’ text that is not marked for it', () => {
  assert.equal(
    files.flatMap((file) => unmarkedUses(file, checker)),
    [],
  )
})

test('every parser of strangers’ text takes a time that grows no faster than the text', async () => {
  const faults: string[] = []
  for (const parser of parsers) {
    const { slow, notRun } = await judge(parser, checker)
    faults.push(...slow.map((each) => `${titleOf(parser)}: ${each}`))
    if (notRun !== undefined) faults.push(`${titleOf(parser)} could not be run: ${notRun}`)
  }
  assert.equal(faults, [])
  assert.ok(parsers.length > 80, `${parsers.length} were found`)
})

test('so does the reader of every question of the modules’ examples', () => {
  assert.equal(
    questions.flatMap((probe) => judgeProbe(probe) ?? []),
    [],
  )
})

test.run()
