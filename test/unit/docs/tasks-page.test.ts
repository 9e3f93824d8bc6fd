// docs/tasks.md is what the modules say.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { tasksPage } from '../../tasks-page.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('docs')
test('the page of task modules is up to date', () => {
  assert.is(readFileSync(join(ROOT, 'docs/tasks.md'), 'utf8'), tasksPage())
})
test.run()
