// Examples of tasks that change more of a host than files, accounts and its name say so: self-test leaves them alone.
import * as assert from 'uvu/assert'
import type { TaskModules } from '../../../src/testing/self-test/self-test.ts'
import * as tasks from '../../../tasks/index.ts'
import { suite } from '../../suite.ts'

const test = suite('tasks: examples beside files')

/** Resources that no scratch copy of files holds. */
const BESIDE_FILES = /^(?:package|unit|mount|sysctl):/
const PROGRAMS = /\b(?:apt-get|apt-mark|dpkg|systemctl|service|postsuper|postconf|postmap|newaliases|mount|reboot)\b/

for (const [name, module] of Object.entries(tasks as unknown as TaskModules)) {
  test(`${name}: each example that is carried out in a scratch copy changes what is in it alone`, () => {
    for (const { title, args, given = '', beside } of module.definition.examples) {
      if (beside !== undefined) continue
      assert.not.match(given, PROGRAMS, title)
      assert.equal(
        module(args).writes.filter((resource) => BESIDE_FILES.test(resource)),
        [],
        title,
      )
    }
  })
}

test.run()
