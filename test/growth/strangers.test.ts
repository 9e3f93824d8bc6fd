// Strangers' text: who reads it says so by a type, and takes a time that grows no faster than the text. Both are found
// in the sources, which are analysed once for both: `npm run test:growth`.
import type ts from 'typescript-api'
import * as assert from 'uvu/assert'
import { questionBytes, readMessage } from '../../src/dns/lookup/message.ts'
import { questions } from '../fuzz/asked.ts'
import { clock } from '../strangers/clock.ts'
import { growthOf } from '../strangers/growth.ts'
import { slowAlone } from '../strangers/alone.ts'
import { unmarkedUses } from '../strangers/flows.ts'
import { strangersIn } from '../strangers/handed-on.ts'
import { parsersOf, pathOf, sources, titleOf, type Parser } from '../strangers/marked.ts'
import { EVERY, judge, judgeProbe } from '../strangers/runner.ts'
import { suite } from '../suite.ts'
import { rawName, rawRecord, rawReply } from '../unit/dns/hostile-server.ts'

const test = suite('strangers')

const ROOMS = ['src', 'tasks']
const PLANTED = ['test/strangers/planted']
const { checker, files } = sources(ROOMS)
const parsers = files.flatMap((file) => parsersOf(file, checker))
const planted = sources(PLANTED)

test('a piece of strangers’ text that is handed on is found, whatever was made of it', () => {
  const isStrangers = strangersIn(planted.files, planted.checker)
  const found = planted.files.flatMap((file) => unmarkedUses(file, planted.checker, isStrangers))
  assert.equal(
    found.map((each) => each.replace(/^.*?:\d+ /, '')),
    [
      'firstWords(said).map(unmarked)',
      "unmarked(/^a (.*)$/.exec(said)?.[1] ?? '')",
      'unmarked(line)',
      'unmarked(line)',
    ],
  )
})

test('no function is given strangers’ text that is not marked for it', () => {
  const isStrangers = strangersIn(files, checker)
  assert.equal(
    files.flatMap((file) => unmarkedUses(file, checker, isStrangers)),
    [],
  )
})

test('what takes more than three times as long for twice the text is found', async () => {
  const busy = (steps: number) => Promise.resolve(steps / 1e6)
  assert.is(await growthOf((bytes) => busy(bytes * 1000)), undefined)
  assert.is((await growthOf((bytes) => busy(bytes ** 2)))?.bytes, 24 * 1024)
  // That is less than a millisecond for 48 kB.
  assert.is((await growthOf((bytes) => busy(bytes ** 2 / 4000)))?.bytes, 192 * 1024)
  assert.is((await growthOf((bytes) => busy(bytes ** 3)))?.bytes, 768)
  // Linear, but for one size from which on all takes five times as long.
  assert.is(await growthOf((bytes) => busy(bytes * (bytes > 30_000 ? 1000 : 200))), undefined)
})

test('so are planted readers: of one text, of pieces, with a promise, after a split; fair ones are not', async () => {
  const isReader = (file: ts.SourceFile): boolean => file.fileName.endsWith('-readers.ts')
  const verdicts: string[] = []
  const readers = planted.files.filter(isReader).flatMap((file) => parsersOf(file, planted.checker))
  for (const parser of readers) {
    const { slow, notRun } = await judge(parser, planted.checker, pathOf(parser.file).includes('slow'))
    verdicts.push(`${parser.name} ${notRun ?? (slow === undefined ? 'is fair' : 'is slow')}`)
  }
  const [fair, slow] = [
    ['linear', 'promisedWords', 'sorted'],
    ['afterSplit', 'byAndBy', 'cubic', 'gathering', 'promised', 'quadratic'],
  ]
  assert.equal(
    verdicts.sort(),
    [...slow.map((name) => `${name} is slow`), ...fair.map((name) => `${name} is fair`)].sort(),
  )
  const alone = slowAlone(readers, { folders: PLANTED, every: true })
  assert.equal(alone.map((each) => /(\w+)\(\)/.exec(each)?.[1] ?? each).sort(), slow)
})

test('every parser of strangers’ text takes a time that grows no faster than the text', async () => {
  const [suspects, faults]: [Parser[], string[]] = [[], []]
  for (const parser of parsers) {
    const { slow, notRun } = await judge(parser, checker)
    if (slow !== undefined) suspects.push(parser)
    if (notRun !== undefined) faults.push(`${titleOf(parser)} could not be run: ${notRun}`)
  }
  assert.equal([...faults, ...slowAlone(suspects, { folders: ROOMS, every: EVERY })], [])
  assert.ok(parsers.length > 200, `${parsers.length} were found`)
})

test('so does the reader of every question of the modules’ examples', async () => {
  const faults: string[] = []
  for (const probe of questions) {
    const fault = await judgeProbe(probe)
    if (fault !== undefined) faults.push(fault)
  }
  assert.equal(faults, [])
})

/** Of records whose names are as long as pointers allow. */
function messageOf(bytes: number): Buffer {
  const question = questionBytes(1, { name: 'parked.example.org', type: 'MX', recursion: false }, undefined)
  const long = rawRecord(2, rawName(Array.from({ length: 120 }, () => 'x')))
  const at = rawReply(question, []).length + 12
  const more = rawRecord(2, Buffer.from([0xc0, at]), Buffer.from([0xc0, at]))
  return rawReply(question, [long, ...Array.from({ length: Math.floor(bytes / more.length) }, () => more)])
}

test('so does the reader of messages of DNS, for names that point to each other', async () => {
  const growth = await growthOf((bytes) => {
    // DNS has no longer ones.
    const message = messageOf(Math.min(bytes, 60_000))
    const taken = clock()
    assert.ok(readMessage(message))
    return Promise.resolve(taken())
  })
  assert.is(growth, undefined)
})

test.run()
