// All TypeScript and JSON is as the formatter writes it: `npm run format`.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const OXFMT = join(ROOT, 'node_modules/.bin/oxfmt')
const test = suite('format')

test('the formatter would change no file', () => {
  const { status, stdout, stderr } = spawnSync(OXFMT, ['--list-different'], { cwd: ROOT, encoding: 'utf8' })
  assert.is(stdout, '', `run "npm run format": ${stdout}`)
  assert.is(status, 0, stderr)
})

test.run()
