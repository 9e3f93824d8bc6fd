// docs/programs.md: each of its programs compiles against the package as users have it, and does what the page says, on
// this machine (`ansible_connection: local`) with a name server of the test's own.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import ts from 'typescript-api'
import * as assert from 'uvu/assert'
import * as commands from '../../../src/commands/index.ts'
import { honestNameServer } from '../../honest-name-server.ts'
import { messagesOfFiles } from '../../compiled.ts'
import { suite } from '../../suite.ts'
import { project, ROOT, type Project } from '../cli/mailrun.ts'

const test = suite('docs/programs.md')

const page = readFileSync(join(ROOT, 'docs/programs.md'), 'utf8')
const programs = [...page.matchAll(/```ts\n([^]*?)```/g)].map((match) => match[1]!)

/** What each prints, in the order of the page. */
const PRINTS: readonly RegExp[] = [
  /^here ok\s*$/,
  /^all of 1 asked$/m,
  /^here begins\nhere \S.* would-change$/m,
  /^here 0 Linux$/m,
  /^here \w+ \d+$/m,
  /^\{ playbook: 'motd', hosts: \[ 'here' \] \}\nhere \/etc\/mailrun-never$/m,
  /^not all are test hosts: none was touched$/m,
  /^1 hosts, [1-9]\d* findings$/m,
  /^here \w+$/m,
  /^\d+ answers to be waited for$/m,
  /^not pushed: .*example\.org/m,
  /^here gave no answer about its keys: |^here example\.org /m,
  /^here (?:failed|refused|adopted|unsigned)/m,
  /^here \[ 'example\.org' \] inventory\.yaml:\d+[^]*a schema\n!age \|\n {2}-----BEGIN AGE/m,
  /^6 written, 0 kept\ncd fleet\n/m,
]

let here: Project
let server: Awaited<ReturnType<typeof honestNameServer>>
test.before(async () => {
  server = await honestNameServer('example.org', [])
  const at = `127.0.0.1:${server.port}`
  here = project({
    'inventory.yaml':
      `mail:\n  vars:\n    domains: [example.org]\n    outgoing_addresses: [192.0.2.1]\n` +
      `    dns: { resolvers: ['${at}'], servers: ['${at}'], key_file: none.key }\n` +
      '  hosts:\n    here: { ansible_connection: local, fqdn: here.example.org, dkim_selector: here }\n',
    'playbooks/motd.ts':
      `import { playbook, v } from 'mailrun'\nimport { file } from 'mailrun/tasks'\n` +
      `export default playbook({ name: 'motd', hosts: 'mail', vars: v.object({}), ` +
      `tasks: () => [file({ path: '/etc/mailrun-never', content: 'x' })] })\n`,
  })
  const recipient = await identityToRecipient(await generateX25519Identity())
  for (const [index, text] of programs.entries())
    writeFileSync(join(here.folder, `program-${index}.ts`), text.replace('age1…', recipient))
})
test.after(() => {
  server.close()
  here.remove()
})

test('there is a program for each function', () => {
  assert.is(programs.length, PRINTS.length)
  const named = Object.keys(commands).filter((name) => !programs.some((text) => text.includes(`${name}(`)))
  assert.equal(named, [])
})

test('they compile', () => {
  const files = programs.map((_, index) => join(here.folder, `program-${index}.ts`))
  assert.equal(messagesOfFiles(files, ['node']), [])
})

for (const [index, prints] of PRINTS.entries())
  test(`program ${index + 1} does what it says`, async () => {
    const file = join(here.folder, `program-${index}.ts`)
    const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    })
    const program = join(here.folder, `program-${index}.js`)
    writeFileSync(program, outputText)
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], {
      cwd: here.folder,
      timeout: 120_000,
    })
    assert.is(stderr, '')
    assert.match(stdout, prints)
  })

test.run()
