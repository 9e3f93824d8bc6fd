// cron: files of /etc/cron.d, and entries in a user's table of which the rest is the user's.
import * as assert from 'uvu/assert'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import type { PathState } from '../../../src/resources/files/path.ts'
import { cron, type CronArgs } from '../../../tasks/cron.ts'
import { suite } from '../../suite.ts'
import { absent, text, textOf } from './states.ts'

const test = suite('cron')
const args: CronArgs = { name: 'age', schedule: '*/5 0-6,12 1 jan mon-fri', command: 'x "$HOME" \\%' }
const own: CronArgs = { ...args, table: 'user', user: 'ops' }
const table = (content: string): PathState => text(content, 'ops', '0600', 'crontab')

function after(given: CronArgs, now: PathState): string {
  const plan = planOf(cron(given), now, {})
  return plan.kind === 'change' ? textOf(plan.then) : plan.kind
}

test('a file has the variables, then the entry with its user', () => {
  const environment = { MAILTO: 'a b@example.org' }
  assert.is(
    after({ ...args, user: 'mail', environment }, absent),
    '# age: by mailrun\nMAILTO="a b@example.org"\n*/5 0-6,12 1 jan mon-fri mail x "$HOME" \\%\n',
  )
  checkCase(cron, { args, now: absent, expect: ['create'] })
  checkCase(cron, { args: { name: 'age', state: 'absent' }, now: text('x'), expect: ['remove'] })
  checkCase(cron, { args: { name: 'age', state: 'absent' }, now: absent, expect: [] })
})

test("an entry in a user's table is found by its mark; all else stays", () => {
  const entry = '# mailrun: age\n*/5 0-6,12 1 jan mon-fri x "$HOME" \\%\n'
  assert.is(after(own, absent), entry)
  assert.is(after(own, table('0 0 * * * mine')), `0 0 * * * mine\n${entry}`)
  assert.is(after(own, table('# mailrun: age\n1 1 1 1 1 old\n2 2 2 2 2 mine\n')), `${entry}2 2 2 2 2 mine\n`)
  assert.is(after(own, table(`a\n${entry}b\n`)), 'ok')
  const gone: CronArgs = { name: 'age', table: 'user', user: 'ops', state: 'absent' }
  assert.is(after(gone, table(`a\n${entry}b\n`)), 'a\nb\n')
  assert.is(after(gone, table(entry)), '')
  assert.is(after(gone, table('a\n# mailrun: age')), 'a\n')
  assert.is(after(gone, absent), 'ok')
  checkCase(cron, { args: own, now: absent, expect: ['create'] })
})

test('without cron there is no group crontab, and a table is blocked', () => {
  const now: PathState = { ...absent, missing: ['group crontab'] }
  checkCase(cron, { args: own, now, expect: { blocked: 'there is no group crontab' } })
})

test('what would become another line or another field is refused', () => {
  const refused = (given: object, message: RegExp): void =>
    assert.throws(() => cron({ ...args, ...given }), message, JSON.stringify(given))
  for (const name of ['a.b', '../x', '', 'a b']) refused({ name }, /name must be/)
  refused({ table: 'user', name: 'a\nb' }, /name must be/)
  for (const user of ['a b', '', '../x', 'a\n']) refused({ user }, /user must be/)
  for (const command of ['', ' ', 'a\nb', 'a\0b', 'a\rb']) refused({ command }, /command must be one line/)
  for (const schedule of ['* * * *', '* * * * * root', '@later', '*\n* * * *', '; * * * *', '*  * * * *'])
    refused({ schedule }, /schedule must be/)
  refused({ environment: { 'A B': 'x' } }, /environment/)
  refused({ environment: { A: 'x"\ny' } }, /environment/)
  refused({ environment: { A: 'x' }, table: 'user' }, /goes with a file/)
  refused({ state: 'absent' }, /goes with name/)
  refused({ command: undefined }, /are wanted/)
})

test.run()
