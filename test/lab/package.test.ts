// The package as a user gets it: packed, installed in a project of one's own, run by each Node that is supported, its
// types seen by tsc. Has a lab of its own.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { installedNode, NODES } from '../installed-node.ts'
import { suite } from '../suite.ts'
import { ROOT, type Ended } from '../unit/cli/mailrun.ts'
import { nameLab } from './own-lab.ts'

nameLab('package')
const lab = await import('../../lab/index.ts')
const test = suite('lab: package')

/** The last that is written in JavaScript, and the native one. */
const COMPILERS = { 'typescript-6': '~6.0.0', 'typescript-7': '~7.0.2' }

const FILES = {
  'package.json': '{ "type": "module" }',
  'tsconfig.json': '{ "extends": "mailrun/tsconfig", "include": ["playbooks", "tasks"] }',
  'templates/greeting.ejs': 'From <%= host %>: <%= greeting %>\n',
  'tasks/greeting.ts': `import { template } from 'mailrun/tasks'
import type { Task } from 'mailrun'
export interface Greeting { readonly greeting: string; readonly host: string }
export const greeting = (vars: Greeting): Task =>
  template({ src: 'templates/greeting.ejs', dest: '/srv/greeting', vars: { ...vars } })
`,
  'playbooks/site.ts': `import { playbook, v, defineTask, defineProbe, change, ok, sh, utf8 } from 'mailrun'
import { directory } from 'mailrun/tasks'
import { greeting } from '../tasks/greeting.ts'

const stampTask = defineTask<{ readonly text: string }, string>({
  type: 'stamp',
  name: () => '/srv/stamp',
  probe: () => defineProbe({
    key: 'stamp',
    reads: ['path:/srv/stamp'],
    script: sh\`cat /srv/stamp 2>/dev/null\`,
    parse: ({ stdout }) => utf8(stdout),
  }),
  plan: ({ text }, now) => {
    if (now === text) return ok
    return change([{ summary: 'text', apply: sh\`printf %s \${text} > /srv/stamp\` }], text)
  },
  writes: () => ['path:/srv/stamp'],
  examples: [],
})

export default playbook({
  name: 'site',
  hosts: 'mail',
  vars: v.object({ greeting: v.optional(v.string(), 'hello'), count: v.optional(v.number(), 1) }),
  tasks: ({ vars, host }) => [
    directory({ path: '/srv/site', mode: '0750' }),
    greeting({ greeting: vars.greeting, host: host.shortName }),
    stampTask({ text: vars.count.toFixed(1) }),
  ],
})
`,
  'playbooks/wrong-argument.ts': `import { playbook, v } from 'mailrun'
import { directory } from 'mailrun/tasks'
export default playbook({ name: 'x', hosts: 'mail', vars: v.object({}), tasks: () => [
  directory({ path: '/srv/x', mode: 750 }),
] })
`,
  'playbooks/wrong-combination.ts': `import { playbook, v } from 'mailrun'
import { file } from 'mailrun/tasks'
export default playbook({ name: 'x', hosts: 'mail', vars: v.object({}), tasks: () => [
  file({ path: '/srv/x', state: 'absent', content: 'both' }),
] })
`,
  'playbooks/wrong-var.ts': `import { playbook, v } from 'mailrun'
import { file } from 'mailrun/tasks'
export default playbook({ name: 'x', hosts: 'mail', vars: v.object({ greeting: v.string() }), tasks: ({ vars }) => [
  file({ path: '/srv/x', content: vars.greting }),
] })
`,
  'drive.mjs': `import { run } from 'mailrun'
const { hosts } = await run({ playbook: 'playbooks/site.ts', inventory: process.argv[2], check: true })
console.log(hosts.map(({ name, status }) => name + ' ' + status).join())
`,
}

let folder: string
const nodes = new Map<string, string>()

const command = (program: string, args: readonly string[], cwd = folder): Promise<Ended> =>
  new Promise((resolve) =>
    execFile(program, args, { cwd, timeout: 240_000, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    ),
  )
const succeed = async (program: string, args: readonly string[], cwd = folder): Promise<string> => {
  const { code, stdout, stderr } = await command(program, args, cwd)
  assert.is(code, 0, `${program} ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailrun-package-'))
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  await succeed('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], ROOT)
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  const compilers = Object.entries(COMPILERS).map(([name, range]) => `${name}@npm:typescript@${range}`)
  await succeed('npm', ['install', '--no-audit', '--no-fund', '--silent', `./${archive}`, ...compilers])
  for (const version of NODES) nodes.set(version, await installedNode(version))
  await lab.labUp({ size: 1, tools: false, wire: undefined })
})
test.after(async () => {
  await lab.labDown()
  rmSync(folder, { recursive: true, force: true })
})

const main = 'node_modules/mailrun/dist/bundle/mailrun.js'

test('npx finds the command', async () => {
  assert.match(await succeed('npx', ['--no-install', 'mailrun', '--version']), /^\d+\.\d+\.\d+\n$/)
})

for (const [index, major] of NODES.entries()) {
  test(`a playbook in TypeScript, with a module and a template of the user's own, on Node ${major}`, async () => {
    assert.match(await succeed(nodes.get(major)!, ['--version']), `v${major}`)
    const { code, stdout, stderr } = await command(nodes.get(major)!, [
      main,
      'playbooks/site.ts',
      '-i',
      lab.inventoryPath,
      '--format',
      'json',
    ])
    assert.is(code, 0, stdout + stderr)
    assert.is(stderr, '')
    assert.is((JSON.parse(stdout) as { hosts: { status: string }[] }).hosts[0]!.status, index === 0 ? 'changed' : 'ok')
    assert.is((await lab.hostExec('mx1', 'cat /srv/greeting /srv/stamp')).stdout, 'From mx1: hello\n1.0')
  })

  test(`a run from a program, on Node ${major}`, async () => {
    assert.is(await succeed(nodes.get(major)!, ['drive.mjs', lab.inventoryPath]), 'mx1 ok\n')
  })
}

test('mailrun init makes a project from the tarball, whose playbook runs on each Node and is typed', async () => {
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  const words = ['init', 'fleet', '--hosts', 'mx1.example.org', '--domains', 'example.org']
  const reported = await succeed('npm', ['exec', '--yes', '--package', `./${archive}`, '--', 'mailrun', ...words])
  assert.match(reported, /cd fleet[^]*npm install[^]*npx mailrun ping[^]*npx mailrun site --check/)
  const fleet = join(folder, 'fleet')
  await succeed('npm', ['install', '--no-audit', '--no-fund', '--silent'], fleet)
  for (const [major, node] of nodes) {
    const tasks = await succeed(node, [main, 'site', '--list-tasks'], fleet)
    assert.match(tasks, /mx1\.example\.org:\n[^]*dkimKey mx1\._domainkey\.example\.org/, `Node ${major}`)
    assert.is(await succeed(node, [main, 'dkim', '--list-tasks'], fleet), tasks, `Node ${major}`)
  }
  await succeed('npx', ['--no-install', 'tsc', '--noEmit'], fleet)
})

for (const [name, range] of Object.entries(COMPILERS))
  test(`TypeScript ${range} accepts what is right, and marks wrong arguments and mistyped vars`, async () => {
    const { stdout } = await command('node', [`node_modules/${name}/bin/tsc`, '-p', '.', '--pretty', 'false'])
    assert.equal(
      stdout
        .split('\n')
        .filter((line) => /^\S/.test(line))
        .map((line) => line.replace(/,\d+\).*/, ')')),
      ['playbooks/wrong-argument.ts(4)', 'playbooks/wrong-combination.ts(4)', 'playbooks/wrong-var.ts(4)'],
      stdout,
    )
    assert.match(stdout, /Type 'number' is not assignable to type '(?:Answered<Mode> \| )?Mode/)
    assert.match(stdout, /greting.*Did you mean 'greeting'/)
  })

test.run()
