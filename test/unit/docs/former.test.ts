// What users of version 0.1.0 have goes on working: programs that read its documents, and playbooks that begin with its
// own. test/former/0.1.0 has its schemas, playbooks and templates as they were.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import ts from 'typescript-api'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project, ROOT } from '../cli/mailrun.ts'
import { SAMPLES } from '../report/samples.ts'

const test = suite('former version')
const FORMER = join(ROOT, 'test/former/0.1.0')

/** By sample of a report in JSON, the schema that described it. */
const SCHEMA_OF: Readonly<Record<string, string>> = {
  'run, json': 'run',
  'dns plan, json': 'dns',
  'dns plan, records': 'records',
  'dns push, json': 'dns',
  'dns verify, json': 'dns',
  'proof, json': 'verify',
  'audit, json': 'audit',
}
/** Members that documents have gained since: whoever reads the former ones passes them over. */
const GAINED = new Set(['unseen', 'replaces', 'oneClick'])

const textOf = (path: string): string => readFileSync(join(FORMER, path), 'utf8')
const documentOf = (text: string): unknown =>
  JSON.parse(text, function (this: unknown, key, value: unknown) {
    return GAINED.has(key) && !Array.isArray(this) ? undefined : value
  })

for (const [name, schema] of Object.entries(SCHEMA_OF)) {
  test(`${name}: what the former schema describes`, () => {
    const valid = new Ajv2020({ strict: true, allErrors: true }).compile(
      JSON.parse(textOf(`docs/${schema}.schema.json`)) as object,
    )
    const sample = SAMPLES.find((each) => each.name === name)
    assert.ok(sample, name)
    const text = sample.render(sample.value as never)
    assert.ok(valid(documentOf(text)), JSON.stringify(valid.errors?.slice(0, 5)))
  })
}

test('every former schema is held', () => {
  const all = readdirSync(join(FORMER, 'docs')).map((file) => file.replace('.schema.json', ''))
  assert.equal(all.sort(), [...new Set(Object.values(SCHEMA_OF))].sort())
})

const PLAYBOOKS = readdirSync(join(FORMER, 'playbooks')).map((file) => file.replace(/\.txt$/, ''))
const INVENTORY = `
mail:
  hosts:
    mx1.example.org: { ansible_host: 192.0.2.1 }
    mx2.example.org: { ansible_host: 192.0.2.2 }
  vars:
    domains: [example.org, example.net]
    outgoing_addresses: [192.0.2.1]
    aliases: { root: postmaster@example.org }
    dmarc: { p: none, rua: [mailto:dmarc@example.org] }
`
const user = project({
  'inventory.yaml': INVENTORY,
  'tsconfig.json': '{ "extends": "mailrun/tsconfig", "include": ["playbooks"] }',
  ...Object.fromEntries(PLAYBOOKS.map((name) => [`playbooks/${name}`, textOf(`playbooks/${name}.txt`)])),
  ...Object.fromEntries(
    readdirSync(join(FORMER, 'templates')).map((name) => [`templates/${name}`, textOf(`templates/${name}`)]),
  ),
})
test.after(() => user.remove())

test('former playbooks have the types of now', () => {
  const { config } = ts.readConfigFile(join(user.folder, 'tsconfig.json'), ts.sys.readFile) as { config: object }
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, user.folder)
  const program = ts.createProgram(fileNames, { ...options, noEmit: true, skipLibCheck: true })
  const found = ts.getPreEmitDiagnostics(program)
  assert.equal(
    found.map(({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
    [],
  )
  assert.is(fileNames.length, PLAYBOOKS.length)
})

for (const name of PLAYBOOKS) {
  test(`playbooks/${name} lists its tasks for each host`, async () => {
    const { code, stdout, stderr } = await user.mailrun(`playbooks/${name}`, '-i', 'inventory.yaml', '--list-tasks')
    assert.is(code, 0, stderr)
    for (const host of ['mx1.example.org', 'mx2.example.org']) assert.match(stdout, host)
  })
}

test.run()
