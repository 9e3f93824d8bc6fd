// Defaults of a project: what wins over what, and what is said of wrong ones.
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project, type Ended } from './mailrun.ts'

const test = suite('cli/project-config')
const hosts = (name: string): string => `mail: { hosts: { ${name}: } }\n`
const FILES = {
  'flag.yaml': hosts('flag'),
  'environment.yaml': hosts('environment'),
  'config.yaml': hosts('config'),
  'manifest.yaml': hosts('manifest'),
  'package.json': '{ "type": "module", "mailrun": { "inventory": "manifest.yaml", "format": "json" } }',
}
const CONFIG = `import { defineConfig } from 'mailrun'
export default defineConfig({ inventory: ['config.yaml'], format: 'ndjson' })
`

async function mailrun(files: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Ended> {
  const here = project({ ...FILES, ...files })
  return here.mailrun(...words).finally(() => here.remove())
}
const LIST = ['inventory', '--list-hosts']

test('package.json is read where there is no mailrun.config.ts', async () => {
  assert.equal(await mailrun({}, ...LIST), { code: 0, stdout: '[\n  "manifest"\n]\n', stderr: '' })
})

test('mailrun.config.ts wins over package.json, and counts alone', async () => {
  assert.equal(await mailrun({ 'mailrun.config.ts': CONFIG }, ...LIST), { code: 0, stdout: '["config"]\n', stderr: '' })
  const other = await mailrun({ 'mailrun.config.ts': 'export default { inventory: "config.yaml" }\n' }, ...LIST)
  assert.is(other.stdout, 'config\n')
})

test('MAILRUN_INVENTORY wins over both, and a flag over all', async () => {
  process.env['MAILRUN_INVENTORY'] = 'environment.yaml:flag.yaml'
  try {
    const files = { 'mailrun.config.ts': CONFIG }
    const environment = await mailrun(files, ...LIST, '--format', 'text')
    assert.is(environment.stdout, 'environment\nflag\n', environment.stderr)
    assert.is((await mailrun(files, ...LIST, '--format', 'text', '-i', 'flag.yaml')).stdout, 'flag\n')
    assert.is((await mailrun(files, '-i', 'flag.yaml', ...LIST, '--format=text')).stdout, 'flag\n')
  } finally {
    delete process.env['MAILRUN_INVENTORY']
  }
})

test('a command on hosts has the inventory of the project, too', async () => {
  const files = { 'manifest.yaml': 'mail: { hosts: { here: { ansible_connection: local } } }\n' }
  const { code, stdout, stderr } = await mailrun(files, 'exec', '-l', 'mail', '--format', 'text', '--', 'echo done')
  assert.is(code, 0, stderr)
  assert.match(stdout, /here:\n +done\n/)
})

test('files that flags would name are named by it', async () => {
  const config = (text: string) => ({ 'package.json': `{ "mailrun": { "inventory": "flag.yaml", ${text} } }` })
  const becoming = await mailrun(config('"becomePasswordFile": "gone"'), 'ping')
  assert.match(becoming.stderr, '--become-password-file gone cannot be read')
  const ssh = await mailrun(config('"sshConfig": "gone"'), 'ping')
  assert.match(ssh.stderr, /gone/)
  const age = await mailrun(
    {
      ...config('"ageIdentity": "gone"'),
      'flag.yaml':
        'mail:\n  hosts: { mx1: }\n  vars:\n    x: !age |\n      -----BEGIN AGE ENCRYPTED FILE-----\n      x\n',
    },
    'inventory',
    '--list',
  )
  assert.is(age.code, 1)
})

test('a command without that format prints text; its errors go by the format', async () => {
  const files = { 'package.json': '{ "mailrun": { "inventory": "gone.yaml", "format": "sarif" } }' }
  const ping = await mailrun(files, 'ping')
  assert.match(ping.stderr, /gone\.yaml/)
  const ndjson = await mailrun({ 'package.json': files['package.json'].replace('sarif', 'ndjson') }, 'ping')
  assert.match(ndjson.stdout, /^\{"kind":"error","error":".*gone\.yaml/)
})

const WRONG: readonly (readonly [string, string, RegExp])[] = [
  ['a key that is none', '{ "inventroy": "x" }', /package\.json: mailrun: .*"inventroy": did you mean inventory\?/],
  ['a key like none', '{ "colour": "x" }', /"colour"; there are inventory, sshConfig, /],
  ['a number', '{ "format": 1 }', /package\.json: mailrun: format must be a text$/m],
  ['a list of others', '{ "inventory": [1] }', /inventory must be a text, or a list of texts/],
  ['a list', '[]', /package\.json: mailrun: defaults are an object/],
]
for (const [what, text, message] of WRONG)
  test(`it refuses ${what}`, async () => {
    const { code, stderr } = await mailrun({ 'package.json': `{ "mailrun": ${text} }` }, ...LIST)
    assert.is(code, 1)
    assert.match(stderr, message)
  })

test('a file without a default export, and one that throws, are reported', async () => {
  const none = await mailrun({ 'mailrun.config.ts': 'export const x = 1\n' }, ...LIST)
  assert.match(none.stderr, 'mailrun.config.ts: the file has no default export')
  const throws = await mailrun({ 'mailrun.config.ts': '\nthrow new Error("not today")\n' }, ...LIST)
  assert.match(throws.stderr, /mailrun\.config\.ts:2: not today/)
})

test('hosts that adopt names stand in place of the default inventory', async () => {
  const { stderr } = await mailrun({}, 'adopt', '127.0.0.1:1', '--format', 'text')
  assert.not.match(stderr, 'inventory')
})

test.run()
