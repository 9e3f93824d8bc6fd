// Which tests a change concerns, as `npm run test:watch` tells it: by the imports of what was compiled.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { reaches } from '../../reaches.ts'
import { suite } from '../../suite.ts'

const test = suite('what a test reaches')
const compiled = (path: string): string => join(import.meta.dirname, '../../..', path)

test('a test reaches what it imports, and what that imports, and nothing else', () => {
  const from = compiled('test/unit/shell/mask.test.js')
  for (const path of ['src/shell/mask.js', 'src/shell/secret.js', 'test/suite.js', 'test/unit/shell/mask.test.js'])
    assert.ok(reaches(from, new Set([compiled(path)])), path)
  assert.not(reaches(from, new Set([compiled('src/cli/main.js')])))
})

test('a file that is not there reaches itself alone', () => {
  const gone = compiled('src/gone.js')
  assert.ok(reaches(gone, new Set([gone])))
  assert.not(reaches(gone, new Set([compiled('src/shell/mask.js')])))
})

test.run()
