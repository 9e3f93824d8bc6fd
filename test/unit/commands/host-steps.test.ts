// The steps of a rotation take the vars of the hosts whose keys it rotates.
import * as assert from 'uvu/assert'
import mailAuth from '../../../playbooks/mail-auth.ts'
import { stepsPlaybook } from '../../../src/commands/rotate/host-steps.ts'
import { declaredNames } from '../../../src/playbook/declared-names.ts'
import { nearest } from '../../../src/text/nearest.ts'
import { suite } from '../../suite.ts'

const test = suite('commands/rotate/host-steps')

test('it takes none of their vars for a mistyped one of its own', () => {
  const own = declaredNames(stepsPlaybook({}).vars)
  const mistaken = declaredNames(mailAuth.vars)
    .filter((name) => !own.includes(name))
    .flatMap((name) => nearest(name, own) ?? [])
  assert.equal(mistaken, [])
})

test.run()
