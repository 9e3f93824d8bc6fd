// The schema for editors beside the loader: it takes every inventory that the loader takes, and refuses what that
// refuses for its form or type.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import dkim from '../../../playbooks/dkim.ts'
import mailHost from '../../../playbooks/mail-host.ts'
import { inventorySchema, type SchemaFor } from '../../../src/inventory/inventory-schema.ts'
import { loadInventory } from '../../../src/inventory/load-inventory.ts'
import { parseYaml } from '../../../src/inventory/yaml-file.ts'
import { describeVars } from '../../../src/playbook/describe-vars.ts'
import { prepare } from '../../../src/playbook/prepare.ts'
import { keyringFor } from '../../../src/commands/fleet/keyring-for.ts'
import { CASES } from '../../lab/ansible-corpus.ts'
import { suite } from '../../suite.ts'

const test = suite('schema of inventories')
const keyring = keyringFor({})
const ROOT = join(import.meta.dirname, '../../../..')
const folder = mkdtempSync(join(tmpdir(), 'mailrun-schema-'))
test.after(() => rmSync(folder, { recursive: true }))

const described = describeVars([dkim, mailHost])
const compiled = (what: SchemaFor): ValidateFunction =>
  new Ajv({ strict: false, allErrors: true }).compile(inventorySchema(what, described) as object)
const [inventory, vars] = [compiled('inventory'), compiled('vars')]

/** As mailrun reads YAML, and as an editor does that reads YAML 1.2. */
const readings = async (text: string): Promise<readonly unknown[]> => {
  const file = await parseYaml('x.yaml', text, keyring)
  const inEditor = parse(text, { merge: true, uniqueKeys: false, logLevel: 'silent' }) as unknown
  return [file.value(file.root), inEditor]
}

const taken = async (schema: ValidateFunction, text: string): Promise<void> => {
  for (const reading of await readings(text))
    assert.ok(schema(reading), `${text}\n${JSON.stringify(schema.errors, null, 1)}`)
}

for (const each of CASES) {
  const files = Object.entries(each.files).filter(
    ([path, text]) => /\.ya?ml$|_vars\//.test(path) && !/\.txt$|~$/.test(path) && text !== '',
  )
  if (files.length === 0) continue
  test(`takes ${each.name}`, async () => {
    for (const [path, text] of files) await taken(path.includes('_vars/') ? vars : inventory, text)
  })
}

test('takes the inventories of the docs', async () => {
  const texts = ['README.md', 'README.ja.md', 'docs/inventory.md', 'docs/playbooks.md'].flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text),
  )
  assert.ok(texts.length > 0)
  for (const text of texts) await taken(inventory, text)
})

const onHost = (line: string): string =>
  `mail:\n  hosts:\n    mx1.example.org:\n      domains: [example.org]\n      ${line}\n`

test('takes whatever the loader takes of connection keys and vars', async () => {
  const lines = [
    'ansible_port: "2222"',
    'ansible_port: 022',
    'ansible_port: "00022"',
    'ansible_port: 65535',
    'ansible_host: 2001:db8::1',
    'ansible_host:',
    'ansible_user: "0"',
    'ansible_become: yes',
    'ansible_become: "YES"',
    'ansible_become: 1',
    'ansible_become: on',
    'ansible_become: Off',
    'ansible_become_method:',
    'ansible_port:',
    'ansible_become:',
    'ansible_user: 1000',
    'ansible_password: 81258125',
    'ansible_connection: paramiko',
    'ansible_group_priority: high',
    'ansible_become_flags: ""',
    'ansible_timeout: "10"',
    'ansible_ssh_retries: 0',
    'ansible_python_interpreter: [x]',
    'ansible_ssh_common_args: ""',
    'ansible_ssh_common_args: -o UserKnownHostsFile=/x',
    'unknown: { deep: [1] }',
    'dkim_bits: 4096',
    'dkim_selector: a.b',
    'dkim_selector: "2026"',
    'opendkim_socket: inet:8891@localhost',
    'trusted_hosts: []',
    'trusted_hosts: [10.0.0.0/8, "::1"]',
    'fqdn: bücher.example',
    'fqdn: MX.Example.ORG',
    'fqdn: a。example',
    'aliases: { root: [a, b@example.org], "x+y": z }',
    'aliases: {}',
    'milter_default_action: accept',
  ]
  for (const line of lines) {
    assert.is(await refusal(onHost(line)), undefined, line)
    await taken(inventory, onHost(line))
  }
})

/** The loader's answer, `undefined` where it takes it: to the inventory itself, then to the vars of each playbook. */
async function refusal(text: string): Promise<string | undefined> {
  const path = join(folder, 'hosts.yaml')
  writeFileSync(path, text)
  try {
    const fleet = await loadInventory({
      paths: [path],
      playbookFolder: undefined,
      defaults: new Map(),
      extra: new Map(),
      load: () => Promise.reject(new Error('no code here')),
      keyring,
    })
    for (const [playbook, file] of [
      [dkim, 'dkim.ts'],
      [mailHost, 'mail-host.ts'],
    ] as const) {
      await prepare({
        playbook,
        playbookPath: join(ROOT, 'playbooks', file),
        inventory: fleet,
        limit: undefined,
        extraVars: new Map(),
        tags: [],
        skipTags: [],
        keyring,
      })
    }
    return undefined
  } catch (error) {
    assert.is((error as Error).name, 'MailrunError', String(error))
    return (error as Error).message
  }
}

/** Each with what the loader says, and the place that the schema points at. */
const WRONG: readonly (readonly [what: string, text: string, says: RegExp, place: string])[] = [
  ['a mistyped structural key', 'mail:\n  host:\n    mx1:\n', /did you mean hosts/, '/mail'],
  [
    'a group straight below a group',
    'all:\n  mail:\n    hosts: { mx1: }\n',
    /groups below all go under children/,
    '/all',
  ],
  ['hosts as a list', 'mail:\n  hosts: [mx1]\n', /must be a mapping, got a list/, '/mail/hosts'],
  ['a host that is a number', 'mail:\n  hosts:\n    mx1: 5\n', /the host mx1 must be a mapping/, '/mail/hosts/mx1'],
  ['vars as a list', 'mail:\n  hosts: { mx1: }\n  vars: [a]\n', /vars of mail must be a mapping/, '/mail/vars'],
  ['a list of groups', '- mail\n', /an inventory must be a mapping/, ''],
  ['a plugin', 'plugin: aws_ec2\n', /inventory plugins, which are not run/, '/plugin'],
  ['a group with a blank', '"a b": { hosts: { mx1: } }\n', /is no name for a group/, ''],
  ['a host with a blank', 'mail:\n  hosts:\n    "mx 1":\n', /is no name for a host/, '/mail/hosts'],
  ['a host that is an option', 'mail:\n  hosts:\n    "-oProxyCommand=x":\n', /is no name for a host/, '/mail/hosts'],
  ['a mistyped connection key', onHost('ansible_hots: a'), /did you mean ansible_host/, '/mail/hosts/mx1.example.org'],
  [
    'a priority that is none',
    'mail:\n  hosts: { mx1: }\n  vars: { ansible_group_priority: high }\n',
    /must be a whole number/,
    '/mail/vars/ansible_group_priority',
  ],
  [
    'a priority that is nothing',
    'mail:\n  hosts: { mx1: }\n  vars: { ansible_group_priority: }\n',
    /must be a whole number/,
    '/mail/vars/ansible_group_priority',
  ],
  [
    'a port beyond the last',
    onHost('ansible_port: 65536'),
    /from 1 to 65535/,
    '/mail/hosts/mx1.example.org/ansible_port',
  ],
  ['a port in words', onHost('ansible_port: ssh'), /from 1 to 65535/, '/mail/hosts/mx1.example.org/ansible_port'],
  [
    'a user that is true',
    onHost('ansible_user: true'),
    /ansible_user must be a text/,
    '/mail/hosts/mx1.example.org/ansible_user',
  ],
  [
    'an address that is an option',
    onHost('ansible_host: -oProxyCommand=x'),
    /must be a name or an address/,
    '/mail/hosts/mx1.example.org/ansible_host',
  ],
  [
    'an empty user',
    onHost('ansible_user: ""'),
    /ansible_user must be a text/,
    '/mail/hosts/mx1.example.org/ansible_user',
  ],
  [
    'a password in a list',
    onHost('ansible_password: [81258125]'),
    /^(?!.*81258125).*must be a text/,
    '/mail/hosts/mx1.example.org/ansible_password',
  ],
  [
    'more retries than there may be',
    onHost('ansible_ssh_retries: 101'),
    /from 0 to 100/,
    '/mail/hosts/mx1.example.org/ansible_ssh_retries',
  ],
  [
    'become that is neither',
    onHost('ansible_become: maybe'),
    /must be true or false/,
    '/mail/hosts/mx1.example.org/ansible_become',
  ],
  [
    'become in a list',
    onHost('ansible_become: [1]'),
    /must be true or false/,
    '/mail/hosts/mx1.example.org/ansible_become',
  ],
  [
    'another way to become root',
    onHost('ansible_become_method: runas'),
    /must be sudo/,
    '/mail/hosts/mx1.example.org/ansible_become_method',
  ],
  [
    'arguments in a list',
    onHost('ansible_ssh_common_args: [-o UserKnownHostsFile=x]'),
    /must be a text/,
    '/mail/hosts/mx1.example.org/ansible_ssh_common_args',
  ],
  [
    'a text for a list',
    'mail:\n  hosts: { mx1.example.org: }\n  vars: { domains: example.org }\n',
    /var domains: a list of domains is wanted/,
    '/mail/vars/domains',
  ],
  [
    'an empty list of domains',
    'mail:\n  hosts: { mx1.example.org: }\n  vars: { domains: [] }\n',
    /at least one domain/,
    '/mail/vars/domains',
  ],
  [
    'a domain that is none',
    'mail:\n  hosts: { mx1.example.org: }\n  vars: { domains: [a b] }\n',
    /a domain name is wanted/,
    '/mail/vars/domains/0',
  ],
  ['bits in quotes', onHost('dkim_bits: "4096"'), /without quotes/, '/mail/hosts/mx1.example.org/dkim_bits'],
  [
    'bits that are not made',
    onHost('dkim_bits: 512'),
    /1024, 2048, 3072 or 4096/,
    '/mail/hosts/mx1.example.org/dkim_bits',
  ],
  [
    'a selector with a blank',
    onHost("dkim_selector: 'my mail'"),
    /a DKIM selector is wanted/,
    '/mail/hosts/mx1.example.org/dkim_selector',
  ],
  [
    'a selector that is a number',
    onHost('dkim_selector: 2026'),
    /quote it/,
    '/mail/hosts/mx1.example.org/dkim_selector',
  ],
  [
    'an action of a milter that is none',
    onHost('milter_default_action: drop'),
    /accept, tempfail, reject or quarantine/,
    '/mail/hosts/mx1.example.org/milter_default_action',
  ],
  ['aliases in a list', onHost('aliases: [root]'), /var aliases/, '/mail/hosts/mx1.example.org/aliases'],
]
for (const [what, text, says, place] of WRONG) {
  test(`${what} is refused by both`, async () => {
    assert.match((await refusal(text)) ?? 'the loader takes it', says)
    for (const reading of await readings(text)) {
      assert.is(inventory(reading), false, 'the schema takes it')
      assert.ok(
        inventory.errors!.some(({ instancePath }) => instancePath === place),
        JSON.stringify(inventory.errors),
      )
    }
  })
}

test('a file of vars has no hosts: key to complete, and the same vars', () => {
  assert.ok(vars({ domains: ['example.org'], ansible_user: 'ops', hosts: 5 }))
  assert.ok(vars(null))
  for (const wrong of [{ domains: 'example.org' }, { ansible_hots: 'x' }, ['domains']])
    assert.not(vars(wrong), JSON.stringify(wrong))
})

test('an encrypted value is taken for whatever the var is, by the tag that an editor passes over', () => {
  const age = '-----BEGIN AGE ENCRYPTED FILE-----\nabc\n-----END AGE ENCRYPTED FILE-----\n'
  assert.ok(vars({ domains: age, dkim_bits: 'ENC[AES256_GCM,data:x]', ansible_become: age, ansible_port: age }))
  assert.not(vars({ dkim_bits: 'x' }))
})

test('a var that is missing is flagged nowhere, for it may come from another place', async () => {
  const text = 'mail:\n  hosts: { mx1.example.org: }\n'
  assert.match((await refusal(text)) ?? '', /the var domains is missing/)
  await taken(inventory, text)
})

test.run()
