// Playbooks as users write them, and what is said of those that are wrong:
// before any host is touched, with file and line.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { pattern } from '../../pattern.ts'
import { suite } from '../../suite.ts'
import { project, type Ended, type Project } from '../cli/mailrun.ts'
import { refusal } from './refusal.ts'

const test = suite('playbook')
let here: Project
test.before(() => {
  here = project({
    'inventory.yaml': 'mail:\n  hosts:\n    mx1: { greeting: hello }\n    mx2: { greeting: hi }\n',
    'templates/good.ejs': '<%= greeting %> & <%- list.join() %>\n',
  })
})
test.after(() => here.remove())

const given = (files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(here.folder, path)), { recursive: true })
    writeFileSync(join(here.folder, path), text)
  }
}
const HEAD = `import { playbook, v, Secret } from 'mailrun'
import { apt, directory, file, lineInFile, service, sysctl, template } from 'mailrun/tasks'
`
/** Its tasks begin on line 5. */
const book = (tasks: string, vars = 'v.object({ greeting: v.string() })'): string => `${HEAD}export default playbook({
  name: 'p', hosts: 'mail', vars: ${vars}, tasks: ({ vars, host }) => [
${tasks}
] })
`
let number = 0
async function listed(text: string, ...words: readonly string[]): Promise<Ended & { readonly path: string }> {
  const path = `playbooks/p${(number += 1)}.ts`
  given({ [path]: text })
  return { ...(await here.mailrun(path, '-i', 'inventory.yaml', '--list-tasks', ...words)), path }
}

test('TypeScript with types, enums and a helper beside it', async () => {
  given({
    'playbooks/helper.ts':
      "export enum Where { Srv = '/srv/x' }\nexport const path = (where: Where): string => where\n",
  })
  const tasks = [
    'directory({ path: path(Where.Srv) as string })',
    "host.name === 'mx1' && file({ path: '/srv/x/y', content: vars.greeting })",
    'undefined',
  ]
  const { code, stdout, stderr } = await listed(
    `import { path, Where } from './helper'\n${book(`  ${tasks.join(', ')}`)}`,
  )
  assert.is(code, 0, stderr)
  assert.is(stdout, 'mx1:\n  directory /srv/x\n  file /srv/x/y\n\nmx2:\n  directory /srv/x\n')
})

test('mailrun/mail is there for playbooks, as the very same modules', async () => {
  const { code, stderr } = await listed(
    "import { MailrunError } from 'mailrun'\n" +
      "import { parseSpf } from 'mailrun/mail'\n" +
      "try { parseSpf('x') } catch (error) { if (error instanceof MailrunError) throw new Error('same') }\n",
  )
  assert.is(code, 1)
  assert.match(stderr, /p\d+\.ts:3: same/)
})

const WRONG: readonly (readonly [string, string, RegExp])[] = [
  ['a syntax error', `${HEAD}export default playbook({ name: 'x' hosts: 'mail' })\n`, /playbooks\/p\d+\.ts:3: /],
  ['an import of what is not there', "import { nope } from './nope.ts'\nexport default nope\n", /nope/],
  ['no default export', `${HEAD}export const x = 1\n`, /no default export: write export default playbook/],
  ['another default export', 'export default { name: 1 }\n', /the default export is no playbook/],
  ['code that throws', `${HEAD}\nthrow new Error('not today')\n`, /p\d+\.ts:4: not today/],
  [
    'a task that throws',
    book("  (() => { throw new Error('no tasks for ' + host.name) })()"),
    /p\d+\.ts:5: no tasks for mx1/,
  ],
  [
    'a relative path',
    book("  directory({ path: 'etc/x' })"),
    /p\d+\.ts:5: directory: path must be an absolute path, got "etc\/x"/,
  ],
  [
    'a path with ..',
    book("  directory({ path: '/etc/../root' })"),
    /p\d+\.ts:5: directory: path must not hold empty parts, "\." or "\.\."/,
  ],
  ['a path with a NUL', book("  directory({ path: '/etc/\\0x' })"), /p\d+\.ts:5: directory: path cannot hold a NUL/],
  [
    'a mode as a number',
    book('  directory({ path: "/x", mode: 750 as never })'),
    /p\d+\.ts:5: directory: mode must be four octal digits such as '0644', got 750/,
  ],
  [
    'an owner that runs something',
    book('  directory({ path: "/x", owner: "a;b" })'),
    /p\d+\.ts:5: directory: owner must be a name or a number, got "a;b"/,
  ],
  [
    'a package that is an option',
    book("  apt({ packages: ['-o=x'] })"),
    /p\d+\.ts:5: apt: "-o=x" is no name of a Debian package/,
  ],
  ['no packages', book('  apt({ packages: [] })'), /p\d+\.ts:5: apt: packages is empty/],
  [
    'a unit that is an option',
    book("  service({ unit: '--now' })"),
    /p\d+\.ts:5: service: "--now" is no name of a unit/,
  ],
  [
    'a line that is two',
    book("  lineInFile({ path: '/x', line: 'a\\nb' })"),
    /p\d+\.ts:5: lineInFile: line must be one line/,
  ],
  [
    'two tasks that decide one file',
    book("  file({ path: '/x', content: 'a' }),\n  file({ path: '/x', content: 'b' })"),
    /p\d+\.ts:6: host mx1: file \/x .*decides what file \/x \(.*p\d+\.ts:5\) decides already: leave one out$/m,
  ],
  [
    'two tasks that decide one file, which their names do not have',
    book("  sysctl({ name: 'a.b', value: 1, file: '/etc/x' }),\n  sysctl({ name: 'a.c', value: 1, file: '/etc/x' })"),
    /decides already: leave one out, or give each its own file: both write \/etc\/x$/m,
  ],
  [
    'a whole file and a line of it',
    book("  file({ path: '/x', content: 'a' }),\n  lineInFile({ path: '/x', line: 'b' })"),
    /decides already/,
  ],
  [
    'a template that is not there',
    book("  template({ src: 'templates/gone.ejs', dest: '/x', vars: {} })"),
    pattern(
      /p\d+\.ts:5: there is no file templates\/gone\.ejs: /,
      /looked for .*playbooks\/templates\/gone\.ejs and .*templates\/gone\.ejs/,
    ),
  ],
  [
    'a name that a template is not given',
    book("  template({ src: 'templates/good.ejs', dest: '/x', vars: { list: [] } })"),
    /templates\/good\.ejs:1: greeting is not (?:given to the template|defined)/,
  ],
  [
    'a list printed as a text',
    book("  template({ src: 'templates/good.ejs', dest: '/x', vars: { greeting: ['a'], list: [] } })"),
    /templates\/good\.ejs:1: .*got a list: join it/,
  ],
  [
    'a source that is not there',
    book("  file({ path: '/x', source: 'files/gone' })"),
    /p\d+\.ts:5: there is no file files\/gone/,
  ],
  [
    'a group that the inventory has not',
    book('').replace("hosts: 'mail'", "hosts: 'mial'"),
    /p\d+\.ts:\d+: hosts: no host and no group is called "mial": did you mean mail/,
  ],
]
for (const [what, text, message] of WRONG) {
  test(`${what} is refused`, async () => {
    const path = `playbooks/p${(number += 1)}.ts`
    given({ [path]: text })
    assert.match(await refusal(join(here.folder, path), join(here.folder, 'inventory.yaml')), message)
  })
}

test('a refusal goes to standard error, without a trace, with exit status 1', async () => {
  const { code, stderr } = await listed(book("  directory({ path: 'etc/x' })"))
  assert.is(code, 1)
  assert.match(stderr, /^mailrun: .*p\d+\.ts:5: directory: path must be an absolute path, got "etc\/x"\n$/)
})

test('a playbook that is not there: the nearest is named', async () => {
  given({ 'playbooks/site.ts': book('') })
  const { code, stderr } = await here.mailrun('playbooks/sit.ts', '-i', 'inventory.yaml')
  assert.is(code, 1)
  assert.match(stderr, /there is no such playbook: did you mean playbooks\/site\.ts/)
})

test('tags choose tasks, as in Ansible: always stays, never waits to be asked', async () => {
  const text = book(`
    directory({ path: '/a', tags: ['one'] }),
    directory({ path: '/b', tags: ['two', 'one'] }),
    directory({ path: '/c', tags: ['always'] }),
    directory({ path: '/d', tags: ['never', 'rare'] }),
    directory({ path: '/e' }),
  `)
  const paths = async (...words: readonly string[]): Promise<string> =>
    [...(await listed(text, '--limit', 'mx1', ...words)).stdout.matchAll(/directory (\/\w)/g)]
      .map(([, path]) => path)
      .join('')
  assert.is(await paths(), '/a/b/c/e')
  assert.is(await paths('--tags', 'two'), '/b/c')
  assert.is(await paths('--tags', 'rare'), '/c/d')
  assert.is(await paths('--tags', 'one', '--skip-tags', 'two'), '/a/c')
  assert.is(await paths('--tags', 'untagged'), '/c/e')
  assert.is(await paths('--skip-tags', 'always'), '/a/b/e')
  assert.match((await listed(text, '--tags', 'tow')).stderr, /--tags: no task has the tag "tow": did you mean two/)
})

test('a secret var of a wrong type is not shown', async () => {
  given({
    'secret.yaml':
      'mail:\n  hosts:\n' +
      '    mx1: { greeting: a, relay_password: hunter2 }\n' +
      '    mx2: { greeting: a, relay_password: hunter3 }\n',
  })
  given({ 'playbooks/secret.ts': book('', 'v.object({ relay_password: v.number() })') })
  const { code, stderr } = await here.mailrun('playbooks/secret.ts', '-i', 'secret.yaml', '--list-tasks')
  assert.is(code, 1)
  assert.match(stderr, /secret\.yaml:3: host mx1: var relay_password/)
  assert.not.match(stderr, 'hunter')
  given({ 'playbooks/list.ts': book('', 'v.object({ relay_password: v.array(v.string()) })') })
  const list = await here.mailrun('playbooks/list.ts', '-i', 'secret.yaml', '--list-tasks')
  assert.match(list.stderr, /relay_password: a list is wanted: a list is written in brackets$/m)
  assert.not.match(list.stderr, 'hunter')
})

test('what INI and YAML read as a text is reported, with how to write the list', async () => {
  given({
    'playbooks/list.ts': book('', 'v.object({ names: v.array(v.string()) })'),
    'quoted.ini': `[mail]\nmx1\n[mail:vars]\nnames='["a.example", "b.example"]'\n`,
    'bare.ini': '[mail]\nmx1\n[mail:vars]\nnames=[a.example, b.example]\n',
    'right.ini': '[mail]\nmx1\n[mail:vars]\nnames=["a.example", "b.example"]\n',
    'quoted.yaml': `mail:\n  vars: { names: '[a.example, b.example]' }\n  hosts: { mx1: }\n`,
  })
  for (const [file, line] of [
    ['quoted.ini', 4],
    ['bare.ini', 4],
    ['quoted.yaml', 2],
  ] as const) {
    const { code, stderr } = await here.mailrun('playbooks/list.ts', '-i', file, '--list-tasks')
    assert.is(code, 1)
    const hint = 'write ["a.example","b.example"], with no quotes around it'
    assert.match(stderr, `${file}:${line}: host mx1: var names: a list is wanted, got `)
    assert.match(stderr, hint)
  }
  assert.is((await here.mailrun('playbooks/list.ts', '-i', 'right.ini', '--list-tasks')).code, 0)
})

test('a playbook without vars takes none', async () => {
  const text = `${HEAD}export default playbook({ name: 'p', hosts: 'mail', tasks: ({ vars }) => [
    file({ path: '/x', content: JSON.stringify(vars) }),
  ] })\n`
  const { code, stdout, stderr, path } = await listed(text, '--limit', 'mx1')
  assert.is(code, 0, stderr)
  assert.is(stdout, 'mx1:\n  file /x\n')
  const schema = await here.mailrun('schema', path)
  assert.is(schema.code, 0)
  assert.match(schema.stderr, 'the playbook p declares no vars')
})

test('all that is wrong with a playbook is reported at once', async () => {
  const text = `${HEAD}export default playbook({ name: '', host: 'mail', vars: {}, tasks: [] as never } as never)\n`
  const { code, stderr } = await listed(text)
  assert.is(code, 1)
  assert.equal(
    stderr.split('\n').map((line) => line.replace(/^.*p\d+\.ts:3: /, '')),
    [
      'a playbook has no "host": did you mean hosts?',
      'name of a playbook must be a text',
      'hosts of a playbook must be a group, a host or a pattern, and is missing',
      'vars of a playbook must be a schema: v.object({ … })',
      'tasks of a playbook must be a function that returns the tasks',
      '',
    ],
  )
})

test('all wrong arguments of its tasks are reported at once, each once', async () => {
  const { code, stderr } = await listed(
    book(`  directory({ path: 'etc/x' }),
  file({ path: '/x', content: 'y' }),
  apt({ packages: [] }),
  lineInFile({ path: '/x', line: 'a\\nb' })`),
  )
  assert.is(code, 1)
  assert.equal(
    stderr.split('\n').map((line) => line.replace(/^.*p\d+\.ts:/, '')),
    [
      '5: directory: path must be an absolute path, got "etc/x"',
      '7: apt: packages is empty',
      '8: lineInFile: line must be one line, got "a\\nb": several go with blockInFile',
      '',
    ],
  )
})

test('a var that looks mistyped is reported, beside the right one, too; in --extra-vars it ends the run', async () => {
  given({
    'near.yaml': 'mail:\n  vars: { greeting: hello }\n  hosts:\n    mx1: { greting: hi }\n    mx2:\n',
  })
  given({ 'playbooks/near.ts': book('') })
  const near = async (...words: readonly string[]): Promise<Ended> =>
    here.mailrun('playbooks/near.ts', '-i', 'near.yaml', '--list-hosts', ...words)
  const said = await near()
  assert.is(said.code, 0)
  assert.is(
    said.stderr,
    'mailrun: warning: near.yaml:4: host mx1: the playbook has no var greting: did you mean greeting?\n',
  )
  const extra = await near('-e', 'greetings=x')
  assert.is(extra.code, 1)
  assert.match(
    extra.stderr,
    '--extra-vars: hosts mx1, mx2: the playbook has no var greetings: did you mean greeting?\n',
  )
  assert.is((await near('-e', 'farewell=x')).code, 0)
})

test('a list among the tasks, and a module that was not called', async () => {
  assert.match(
    (await listed(book("  ['/a'].map((path) => directory({ path })) as never"))).stderr,
    /p\d+\.ts: tasks holds a list among the tasks: spread it/,
  )
  assert.match((await listed(book('  directory as never'))).stderr, /tasks holds a module that was not called/)
})

test('a playbook that claims to wait has not waited: async tasks are refused', async () => {
  const { code, stderr } = await listed(book('').replace('tasks: (', 'tasks: async ('))
  assert.is(code, 1)
  assert.match(stderr, /p\d+\.ts: .*tasks must be a list/)
})

test.run()
