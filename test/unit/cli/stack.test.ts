// A bug's stack has the lines of the sources, though the command is a bundle.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project, ROOT } from './mailrun.ts'

const test = suite('cli/stack')

const PLAYBOOK = `import { defineProbe, defineTask, playbook, sh, v } from 'mailrun'

const broken = defineTask<object, string>({
  type: 'broken',
  name: () => 'it',
  probe: () => defineProbe({ key: 'it', reads: [], script: sh\`true\`, parse: () => '' }),
  plan: () => {
    throw new TypeError('a slip')
  },
  writes: () => [],
  examples: [],
})

export default playbook({ name: 'x', hosts: 'all', vars: v.object({}), tasks: () => [broken({})] })
`

test('a bug is shown with the line of the playbook, and with those of the sources that lead to it', async () => {
  const user = project({ 'playbook.ts': PLAYBOOK })
  try {
    const { stdout } = await user.mailrun('playbook.ts', '-i', 'localhost,', '-c', 'local')
    assert.match(stdout, /TypeError: a slip\n +at Object\.plan \((?:file:\/\/)?\/[^\n]*\/playbook\.ts:8:\d+\)/)
    const [, line] = /\(src\/engine\/foresee\.ts:(\d+)\)/.exec(stdout) ?? []
    const source = readFileSync(join(ROOT, 'src/engine/foresee.ts'), 'utf8').split('\n')
    assert.match(source[Number(line) - 1] ?? '', 'task.plan(', stdout)
  } finally {
    user.remove()
  }
})

test.run()
