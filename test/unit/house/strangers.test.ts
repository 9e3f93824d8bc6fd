// Strangers' text: who reads it says so by a type. That he takes no more time than the text is long is tried by
// test/growth.
import * as assert from 'uvu/assert'
import { unmarkedUses } from '../../strangers/flows.ts'
import { strangersIn } from '../../strangers/handed-on.ts'
import { sources } from '../../strangers/marked.ts'
import { suite } from '../../suite.ts'

const test = suite('strangers')

const { checker, files } = sources(['src', 'tasks'])

test('a piece of strangers’ text that is handed on is found, whatever was made of it', () => {
  const { checker: types, files: planted } = sources(['test/strangers/planted'])
  const isStrangers = strangersIn(planted, types)
  const found = planted.flatMap((file) => unmarkedUses(file, types, isStrangers))
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

test.run()
