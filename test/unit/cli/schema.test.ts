// `mailrun schema`: prints one document, says which vars it cannot describe, and refuses what is no playbook.
import { Ajv } from 'ajv'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project, type Project } from './mailrun.ts'

const test = suite('cli/schema')
const playbookOf = (vars: string): string => `import { playbook, v } from 'mailrun'
export default playbook({ name: 'p', hosts: 'all', vars: ${vars}, tasks: () => [] })
`
let here: Project
test.before(() => {
  here = project({
    'motd.ts': playbookOf(
      "v.object({ greeting: v.pipe(v.string(), v.description('What is said.')), " +
        'b: v.optional(v.number(), 5), a: v.boolean() })',
    ),
    'mail.ts': playbookOf('v.object({ domains: v.array(v.string()), dns_ttl: v.optional(v.string()) })'),
    'none.ts': playbookOf('v.object({})'),
    'other.ts': playbookOf(
      "{ shape: { x: 1 }, '~standard': { version: 1, vendor: 'other', validate: (value: unknown) => ({ value }) } }",
    ),
    'nothing.ts': 'export default 1\n',
    'hosts.yaml': 'mail:\n',
  })
})
test.after(() => here.remove())

interface Printed {
  readonly $schema: string
  readonly title: string
  readonly definitions: Readonly<
    Record<
      string,
      { readonly properties?: Readonly<Record<string, { readonly description?: string; readonly default?: unknown }>> }
    >
  >
}

test('without playbooks it is about inventories alone', async () => {
  const { code, stdout, stderr } = await here.mailrun('schema')
  assert.equal([code, stderr], [0, ''])
  const printed = JSON.parse(stdout) as Printed
  assert.is(printed.$schema, 'http://json-schema.org/draft-07/schema#')
  assert.ok(Object.keys(printed.definitions['known']!.properties!).every((name) => name.startsWith('ansible_')))
})

test(
  'the vars of playbooks come in the order in which they are declared, ' +
    'with descriptions and defaults, twice the same',
  async () => {
    const [first, second] = [await here.mailrun('schema', 'motd.ts'), await here.mailrun('schema', 'motd.ts')]
    assert.equal([first.code, first.stderr, first.stdout], [0, '', second.stdout])
    const { properties = {} } = (JSON.parse(first.stdout) as Printed).definitions['known']!
    assert.equal(Object.keys(properties).slice(0, 3), ['greeting', 'b', 'a'])
    assert.is(properties['greeting']!.description, 'What is said.\n\nRequired by the playbook p.')
    assert.is(properties['b']!.default, 5)
  },
)

test(
  'beside a playbook that takes domains, the vars of mailrun dns and verify are known, ' +
    'but for those that a playbook declares itself',
  async () => {
    const { code, stdout, stderr } = await here.mailrun('schema', 'mail.ts')
    assert.equal([code, stderr], [0, ''])
    const { properties = {} } = (JSON.parse(stdout) as Printed).definitions['known']!
    for (const name of [
      'dns',
      'spf',
      'dmarc',
      'mail_domains',
      'null_domains',
      'outgoing_addresses',
      'helo_name',
      'dns_zones',
    ])
      assert.match(properties[name]!.description!, /A var of mailrun dns and mailrun verify\.$/, name)
    assert.is(properties['domains']!.description, 'Required by the playbook p.')
    assert.is(properties['dns_ttl']!.description, 'A var of the playbook p.')
    const valid = new Ajv({ strict: false }).compile(JSON.parse(stdout) as object)
    const inventory = (vars: object): object => ({
      mail: { hosts: { mx1: null }, vars: { domains: ['example.org'], ...vars } },
    })
    assert.ok(
      valid(
        inventory({
          dns: { key_file: 'k', zones: { 'example.org': { host: 'ns1', via: 'knotc' } } },
          dmarc: { p: 'none', rua: 'dmarc@example.org' },
          spf: { includes: ['_spf.google.com'], all: '-all' },
          dns_ttl: 'x',
        }),
      ),
      JSON.stringify(valid.errors),
    )
    for (const vars of [
      { dns: { keyfile: 'k' } },
      { dns: { via: 'ddns' } },
      { dmarc: { p: 'block' } },
      { null_domains: 'example.org' },
    ])
      assert.not(valid(inventory(vars)), JSON.stringify(vars))
  },
)

test('--for vars is about files of vars', async () => {
  const { stdout } = await here.mailrun('schema', '--for', 'vars', 'motd.ts')
  assert.not.ok('group' in (JSON.parse(stdout) as Printed).definitions)
  const wrong = await here.mailrun('schema', '--for', 'hosts')
  assert.is(wrong.code, 1)
  assert.match(wrong.stderr, /Allowed choices are inventory, vars/)
})

test('what cannot be described is reported on standard error, and the rest is printed', async () => {
  const { code, stdout, stderr } = await here.mailrun('schema', 'none.ts', 'other.ts')
  assert.is(code, 0)
  assert.match(stderr, /warning: the playbook p declares no vars\n/)
  assert.match(
    stderr,
    /warning: the vars of the playbook p \(x\) are only named: this version of other offers no JSON Schema/,
  )
  assert.ok('x' in (JSON.parse(stdout) as Printed).definitions['known']!.properties!)
})

test('what is no playbook is refused by name, and nothing is printed', async () => {
  for (const [path, says] of [
    ['mtd.ts', /mtd\.ts: there is no such playbook: did you mean motd\.ts/],
    ['nothing.ts', /the default export is no playbook/],
    ['hosts.yaml', /an inventory goes after -i/],
  ] as const) {
    const { code, stdout, stderr } = await here.mailrun('schema', 'motd.ts', path)
    assert.equal([code, stdout], [1, ''])
    assert.match(stderr, says)
  }
})

test('a mistyped command suggests it', async () => {
  const { stderr } = await here.mailrun('shema')
  assert.match(stderr, /did you mean schema/)
})

test.run()
