// The laws that every task keeps, over every module and every one of its examples, on a real host. Has a lab of its
// own.
import * as assert from 'uvu/assert'
import { connector } from '../../src/ssh/connector.ts'
import { keyringFor } from '../../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../../src/commands/fleet/read-fleet.ts'
import type { TaskModule } from '../../src/core/task/define-task.ts'
import { listedTask, testContext } from '../../src/testing/plan-of.ts'
import { lookAtTask, tryTask } from '../../src/testing/try-task.ts'
import * as tasks from '../../tasks/index.ts'
import { suite } from '../suite.ts'
import { nameLab } from './own-lab.ts'

nameLab('laws')
const lab = await import('../../lab/index.ts')
const test = suite('lab: laws')
const LAWS = 'predicted as it comes, satisfied afterwards, the question writes nothing'

test.before(() => lab.labUp({ size: 1, tools: false, wire: undefined }))
test.after(() => lab.labDown())

/** Of the modules that are named, all where none is: `MAILRUN_LAWS_TASKS=git,copy`. */
const only = (process.env['MAILRUN_LAWS_TASKS'] ?? '').split(',').filter((name) => name !== '')

// The modules' arguments differ; each is given its own examples.
for (const [name, module] of Object.entries(tasks) as unknown as [string, TaskModule<object, unknown>][]) {
  if (only.length > 0 && !only.includes(name)) continue
  const { examples, type } = module.definition
  test(`${name} is named after its type and has examples`, () => {
    assert.is(type, name)
    assert.ok(examples.length > 0)
  })
  for (const example of examples) {
    test(`${name}: ${example.title}: ${LAWS}`, async () => {
      if (example.given !== undefined) {
        const { code, stdout, stderr } = await lab.hostExec('mx1', example.given)
        assert.is(code, 0, stdout + stderr)
      }
      const { hosts } = await readFleet({ inventory: [lab.inventoryPath] }, new Map(), undefined, keyringFor({}))
      const connection = await (await connector(hosts, {})).connect(hosts[0]!, new AbortController().signal)
      try {
        const context = testContext(example.sources ?? {})
        const task = listedTask(module(example.args), example.sources ?? {})
        if (example.beside === 'boot' || example.beside === 'swap') {
          // What a boot comes to is seen in `reboot`: this connection would be gone. What swapping comes to is seen in
          // `swap`: a container may not.
          const { plan, broken } = await lookAtTask(task, connection, context)
          assert.equal(broken, [])
          assert.is(plan.kind, 'change', 'the example has nothing to do on this host')
          return
        }
        const { plan, broken } = await tryTask(task, connection, context)
        assert.equal(broken, [])
        // What only looks at a host is satisfied by one that is fit.
        const looksOnly = task.writes.length === 0
        assert.is(plan.kind, looksOnly ? 'ok' : 'change', 'the example has nothing to do on this host')
        if (!task.once) assert.is((await tryTask(task, connection, context)).plan.kind, 'ok')
      } finally {
        connection.close()
      }
    })
  }
}

test.run()
