// refuseConflicts: no two tasks of a host decide the same, nor does one what is below another's directory.
import * as assert from 'uvu/assert'
import { MailrunError } from '../../../src/core/mailrun-error.ts'
import { refuseConflicts } from '../../../src/playbook/conflicts.ts'
import { listedTask } from '../../../src/testing/plan-of.ts'
import * as t from '../../../tasks/index.ts'
import type { Task } from '../../../src/core/task/task.ts'
import { suite } from '../../suite.ts'

const test = suite('playbook: conflicts')

const at = (line: number, task: object): Task => ({ ...(task as Task), where: `p.ts:${line}` })
const purging = at(4, listedTask(t.copy({ src: 'www/', dest: '/srv/x', purge: true }), { 'www/a': 'a' }))
const adding = at(4, listedTask(t.copy({ src: 'www/', dest: '/srv/x' }), { 'www/a': 'a' }))
const unpacking = at(4, t.unarchive({ src: 'x.tar', dest: '/srv/x' }))

const refusedBy = (...tasks: readonly Task[]): MailrunError | undefined => {
  try {
    refuseConflicts('mx1', tasks)
    return undefined
  } catch (error) {
    assert.instance(error, MailrunError)
    return error as MailrunError
  }
}

test('the file of another task below a directory that is one task’s alone is refused, in either order', () => {
  const local = at(5, t.file({ path: '/srv/x/local', content: 'a' }))
  const message =
    'host mx1: file /srv/x/local (p.ts:5) is below /srv/x, and copy /srv/x (p.ts:4) decides all that is there: ' +
    'name another path, or leave one out'
  for (const tasks of [
    [purging, local],
    [local, purging],
  ]) {
    const error = refusedBy(...tasks)
    assert.is(error?.message, `p.ts:5: ${message}`)
  }
})

test('so is whatever else makes or removes something there', () => {
  const others: readonly object[] = [
    t.directory({ path: '/srv/x/deep/data' }),
    t.file({ path: '/srv/x/former', state: 'absent' }),
    t.symlink({ path: '/srv/x/current', target: 'a' }),
    t.lineInFile({ path: '/srv/x/b', line: 'c' }),
    t.unarchive({ src: 'y.tar', dest: '/srv/x/y' }),
    listedTask(t.copy({ src: 'www/', dest: '/srv/x/y' }), { 'www/a': 'a' }),
  ]
  for (const whole of [purging, unpacking]) {
    for (const other of others)
      assert.match(refusedBy(whole, at(9, other))?.message ?? 'none', /is below \/srv\/x, and/)
  }
})

test('what is beside it, the directory itself, and the owner of a file in it are the business of others', () => {
  const others = [
    t.file({ path: '/srv/x2', content: 'a' }),
    t.file({ path: '/srv/y/x', content: 'a' }),
    t.directory({ path: '/srv' }),
    t.file({ path: '/srv/x/a', mode: '0600' }),
  ].map((task, index) => at(index, task))
  assert.is(refusedBy(purging, ...others, at(9, t.directory({ path: '/srv/x', owner: 'mail' }))), undefined)
  assert.is(refusedBy(unpacking, ...others), undefined)
  assert.is(refusedBy(adding, at(5, t.file({ path: '/srv/x/local', content: 'a' }))), undefined)
})

test.run()
