// File modes: what a compiler says of a wrong one is one line that a person can read.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Mode } from '../../../../src/resources/files/mode.ts'
import { messagesOfFiles } from '../../../compiled.ts'
import { suite } from '../../../suite.ts'
import { project } from '../../cli/mailrun.ts'

const test = suite('resources/files/mode')

const RIGHT: readonly Mode[] = ['0000', '0644', '2750', '7777']

const PLAYBOOK = `import { playbook } from 'mailrun'
import { directory, file } from 'mailrun/tasks'
export default playbook({ name: 'x', hosts: 'mail', tasks: () => [
  directory({ path: '/srv/x', mode: 750 }),
  file({ path: '/srv/y', content: 'y', mode: '644' }),
  file({ path: '/srv/z', content: 'z', mode: '0644' }),
] })
`

test('a number, and three digits, are reported in one line', () => {
  assert.is(RIGHT.length, 4)
  const here = project({ 'wrong.ts': PLAYBOOK })
  const reported = messagesOfFiles([join(here.folder, 'wrong.ts')]).map(({ line, text }) => ({ line, text }))
  here.remove()
  assert.equal(reported, [
    { line: 4, text: "Type 'number' is not assignable to type 'Mode | Answered<Mode> | undefined'." },
    {
      line: 5,
      text: `Type '"644"' is not assignable to type 'Mode | Answered<Mode> | undefined'. Did you mean '"0644"'?`,
    },
  ])
})

test.run()
