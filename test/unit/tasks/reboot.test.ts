// reboot: only where something wants it; the boot that is left is what the next one must differ from.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { foresee } from '../../../src/engine/foresee.ts'
import { beforeFirstWall } from '../../../src/engine/predictions.ts'
import type { Probe } from '../../../src/core/probe/probe.ts'
import { touches } from '../../../src/core/task/resource.ts'
import type { Task } from '../../../src/core/task/task.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf, testContext } from '../../../src/testing/plan-of.ts'
import { apt } from '../../../tasks/apt.ts'
import { command } from '../../../tasks/command.ts'
import { file } from '../../../tasks/file.ts'
import { reboot } from '../../../tasks/reboot.ts'
import { suite } from '../../suite.ts'

const test = suite('reboot')
const boot = '3f0e1c5a-0000-4000-8000-000000000001-123'

test('nothing is done without a reason, and reasons are told', () => {
  checkCase(reboot, { args: {}, now: { boot, reasons: [] }, expect: [] })
  const reasons = ['wanted by linux-base', 'a new kernel, vmlinuz-6', 'c', 'd']
  checkCase(reboot, {
    args: {},
    now: { boot, reasons },
    expect: ['restart: wanted by linux-base; a new kernel, vmlinuz-6; c; …', 'there again'],
  })
})

test('it is over once the host answers from another boot, within its time', () => {
  const wanted = (args: { readonly timeoutSeconds?: number }): unknown => {
    const plan = planOf(reboot(args), { boot, reasons: ['x'] }, {})
    const { reconnect } = plan.kind === 'change' ? plan.changes[1]! : { reconnect: undefined }
    return [reconnect?.notBoot, reconnect?.withinSeconds]
  }
  assert.equal(wanted({}), [boot, 600])
  assert.equal(wanted({ timeoutSeconds: 30 }), [boot, 30])
})

test('the answer is read, and what is no boot is refused', () => {
  const { probe } = reboot({})
  const read = (stdout: string) => probe.parse({ code: 0, stdout, stderr: '' })
  assert.equal(read(`${boot}\n\0end`), { boot, reasons: [] })
  assert.equal(read(`${boot}\nwanted by\n/etc/x was changed\n\0end`).reasons, [
    'wanted by a package',
    '/etc/x was changed',
  ])
  assert.throws(() => read('x\n\0end'), /which boot this is cannot be read/)
  assert.throws(() => read(boot), /cut short/)
})

test('a file that was changed since the boot is a reason, one from before and one that is not there are none', () => {
  const top = mkdtempSync(join(tmpdir(), 'mailrun-reboot-'))
  try {
    const path = join(top, "it's $HOME")
    writeFileSync(path, '')
    const reasonsAfter = (after: readonly string[]): readonly string[] => {
      const { probe } = reboot({ after })
      const { text } = (probe.question as { readonly script: { readonly text: string } }).script
      const { stdout } = spawnSync('sh', [], { input: text, encoding: 'utf8' })
      return probe.parse({ code: 0, stdout, stderr: '' }).reasons.filter((each) => each.startsWith(top))
    }
    assert.equal(reasonsAfter([path, join(top, 'none')]), [`${path} was changed`])
    assert.equal(reasonsAfter(['/proc/1/cmdline']), [])
  } finally {
    rmSync(top, { recursive: true })
  }
})

const predicted = (tasks: readonly Task[], states: ReadonlyMap<Probe<unknown>, unknown>) =>
  foresee(
    tasks,
    (probe) => ({ state: states.get(probe) }),
    testContext({}),
    () => undefined,
    new Set(),
  ).predictions

test('whether it is wanted cannot be known before packages and its files are changed', () => {
  const { probe } = reboot({ after: ['/etc/x'] })
  const concerns = (task: Pick<Task, 'writes'>): boolean =>
    task.writes.some((written) => probe.reads.some((read) => touches(written, read)))
  assert.is(concerns(apt({ packages: ['postfix'] })), true)
  assert.is(concerns(file({ path: '/etc/x', content: '' })), true)
  assert.is(concerns(file({ path: '/etc/y', content: '' })), false)
  for (const resource of ['package:postfix', 'path:/etc/x'] as const)
    assert.is(probe.foresee({ boot, reasons: [] }, { resource, value: { kind: 'absent' } }), undefined)
})

test('what stands after a restart waits for the answers of the new boot', () => {
  const after = command({ run: 'x', creates: '/x' }) as Task
  const restart = reboot({}) as Task
  const states = new Map<Probe<unknown>, unknown>([
    [restart.probe, { boot, reasons: ['x'] }],
    [after.probe, { creates: false, removes: false, stale: false, missing: [], unless: undefined, onlyIf: undefined }],
  ])
  const tasks = [restart, after]
  const { ready } = beforeFirstWall(tasks, predicted(tasks, states))
  assert.equal(
    ready.map(({ task }) => task.type),
    ['reboot'],
  )
})

test('paths that lead elsewhere are refused', () => {
  assert.throws(() => reboot({ after: ['etc/x'] }), /after must be an absolute path/)
})

test.run()
