// Arguments of task modules in a playbook that no compiler has seen:
// what is unknown, missing or wrong is refused, never passed over.
import * as assert from 'uvu/assert'
import type { TaskModule } from '../../../src/core/task/define-task.ts'
import { Secret } from '../../../src/shell/secret.ts'
import * as tasks from '../../../tasks/index.ts'
import { suite } from '../../suite.ts'

const test = suite('arguments of tasks')
type Any = TaskModule<object, unknown>
const modules = Object.entries(tasks) as unknown as readonly (readonly [string, Any])[]
const call = (module: unknown, given: unknown): unknown => (module as (given: unknown) => unknown)(given)

for (const [name, module] of modules) {
  test(`${name} states its arguments, and refuses any other, and none at all`, () => {
    assert.ok(module.definition.arguments)
    assert.throws(
      () => call(module, { ...module.definition.examples[0]!.args, nosuch: 1 }),
      new RegExp(`^${name}: there is no argument "nosuch"|${name}: there is no argument`),
    )
    const needsNone = module.definition.examples.some(({ args }) => Object.keys(args).length === 0)
    for (const given of [undefined, null, 'x', ['x'], ...(needsNone ? [] : [{}])])
      assert.throws(
        () => call(module, given),
        (error: Error) => error.name === 'TaskArgumentError' && error.message.includes(`${name}: `),
      )
  })
}

const REFUSED: readonly (readonly [unknown, unknown, RegExp])[] = [
  [
    tasks.apt,
    { packages: ['postfix'], state: 'removed' },
    /apt: state must be present, absent or latest, got "removed"$/,
  ],
  [
    tasks.apt,
    { packages: 'postfix' },
    /apt: packages must be a list, each of it a text or an object with name, version, got "postfix"$/,
  ],
  [tasks.apt, { packages: ['postfix'], cacheValidSeconds: Infinity }, /apt: cacheValidSeconds must be a number/],
  [tasks.apt, { name: 'postfix' }, /apt: packages is missing: a list, each of it a text/],
  [tasks.directory, { path: '/x', state: 'gone' }, /directory: state must be present or absent, got "gone"$/],
  [tasks.directory, { path: '/x', mode: 750 }, /directory: mode must be four octal digits such as '0644', got 750$/],
  [tasks.service, { unit: 'x', state: 'stoped' }, /service: state must be running or stopped, got "stoped"$/],
  [tasks.service, { unit: 'x', enable: true }, /service: there is no argument "enable": did you mean enabled\?$/],
  [
    tasks.service,
    { name: 'x' },
    /service: unit is missing: a text is wanted; name is only what reports call the task$/,
  ],
  [tasks.service, { enabled: true }, /service: unit is missing: a text is wanted$/],
  [tasks.command, { run: 'x', create: '/y' }, /command: there is no argument "create": did you mean creates\?$/],
  [tasks.file, { path: '/x', contents: 'y' }, /file: there is no argument "contents": did you mean content\?$/],
  [
    tasks.file,
    { path: '/x', content: { a: 1 } },
    /file: content must be a text, bytes \(a Uint8Array\) or a Secret, got \{ a: 1 \}$/,
  ],
  [tasks.user, { user: 'x', password: 'hash' }, /user: password must be a Secret, got "hash"$/],
  [
    tasks.lineInFile,
    { path: '/x', line: 'y', regexp: '^y' },
    /lineInFile: regexp must be a regular expression \(\/…\/\), got "\^y"$/,
  ],
]
for (const [module, given, message] of REFUSED) {
  test(`refused: ${JSON.stringify(given)}`, () => assert.throws(() => call(module, given), message))
}

test('a secret in the wrong place is not shown', () => {
  assert.throws(
    () => call(tasks.directory, { path: new Secret('hunter2') }),
    (error: Error) => !error.message.includes('hunter2') && error.message.includes('********'),
  )
})

test.run()
