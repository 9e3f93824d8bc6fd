// sudoers: the text of a rule, and that no argument becomes another one.
import * as assert from 'uvu/assert'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { sudoers, type SudoersArgs } from '../../../tasks/sudoers.ts'
import { suite } from '../../suite.ts'
import { absent, text, textOf } from './states.ts'

const test = suite('sudoers')

function written(args: SudoersArgs): string {
  const plan = planOf(sudoers(args), absent, {})
  if (plan.kind !== 'change') throw new Error(plan.kind)
  assert.match(plan.changes[0]!.apply.text, "'visudo' '-cf' '%s'".replaceAll("'", ''))
  return textOf(plan.then)
}

test('a rule is one line, and what ends a command is escaped', () => {
  assert.is(
    written({ name: 'a', user: 'ops', commands: ['/usr/bin/id', '/bin/x a=b:c,d #e \\f'], noPassword: true }),
    'ops ALL=(root) NOPASSWD: /usr/bin/id, /bin/x a\\=b\\:c\\,d \\#e \\\\f\n',
  )
  assert.is(written({ name: 'a', user: '%adm', commands: ['ALL'], runAs: 'ALL' }), '%adm ALL=(ALL) ALL\n')
  assert.is(written({ name: 'a', content: 'Defaults x\n' }), 'Defaults x\n')
})

test('a file that is fit is left alone, one with another mode is not', () => {
  const args = { name: 'a', content: 'Defaults x\n' }
  checkCase(sudoers, { args, now: text('Defaults x\n', 'root', '0440'), expect: [] })
  checkCase(sudoers, { args, now: text('Defaults x\n'), expect: ['mode 0644 → 0440'] })
  checkCase(sudoers, { args: { name: 'a', state: 'absent' }, now: text(''), expect: ['remove'] })
  checkCase(sudoers, { args: { name: 'a', state: 'absent' }, now: absent, expect: [] })
})

test('what would be passed over, or would be another rule, is refused', () => {
  const refused = (args: object, message: RegExp): void =>
    assert.throws(() => sudoers(args as SudoersArgs), message, JSON.stringify(args))
  for (const name of ['a.b', 'a~', '../x', '', 'a b', 'a\n']) refused({ name, content: '' }, /name must be/)
  const rule = { name: 'a', user: 'ops', commands: ['ALL'] }
  for (const user of ['ops ALL', 'ALL=(ALL) ALL\nx', '', 'a,b', '#0']) refused({ ...rule, user }, /user must be/)
  refused({ ...rule, runAs: 'a:b' }, /runAs must be/)
  for (const command of ['id', '/bin/a\nops ALL=(ALL) ALL', '', '!/bin/sh', 'sudoedit /x'])
    refused({ ...rule, commands: [command] }, /commands must be/)
  refused({ ...rule, commands: [] }, /user and commands are wanted/)
  refused({ ...rule, content: 'x' }, /not both/)
  refused({ ...rule, state: 'absent' }, /nothing but name/)
  refused({ name: 'a' }, /are wanted/)
})

test.run()
