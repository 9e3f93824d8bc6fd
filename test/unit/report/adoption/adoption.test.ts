// What `mailrun adopt --format json` prints, against the schema that is kept in docs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import { adoptionJson, adoptionYaml } from '../../../../src/report/adoption/inventory.ts'
import { runDocument } from '../../../../src/report/run/json.ts'
import { fleetVars } from '../../../../src/commands/adopt/fleet-vars.ts'
import { suite } from '../../../suite.ts'
import { adopted, postfixAnswer } from '../../commands/adopt/answering-host.ts'
import { host, run } from '../results.ts'

const test = suite('report/adoption')
const schemaOf = (name: string): object =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../../../../docs/${name}.schema.json`), 'utf8')) as object
const ajv = new Ajv2020({ strict: true, allErrors: true })
const valid = ajv.addSchema(schemaOf('run'), 'run.schema.json').compile(schemaOf('adopt'))

const NONE = { vars: [], choices: [], left: [] }
/** With every var and every choice that there is. */
const HOSTS = [
  adopted({ name: 'mx1', parameters: { myhostname: 'mx1.example.org', milter_default_action: 'accept' } }),
  adopted({
    name: 'mx2',
    signing: '*@example.org example.org\n*@*.example.org example.org\ninfo@example.com example.net\n',
    parameters: { myhostname: 'mx2.example.org' },
    trusted: '10.0.0.0/8\n',
    conf: 'Socket local:/run/opendkim/opendkim.sock\nMTA ORIGINATING\n',
    postfix: postfixAnswer({ smtpd_milters: 'inet:127.0.0.1:11332, unix:/run/opendkim/opendkim.sock' }),
    outgoing: { addresses: ['10.0.0.5'], relayhost: '' },
  }),
  adopted({ name: 'mx3', signing: '*@* any\n', keys: 'any %:mail:/k/a\n' }),
  adopted({ name: 'mx4', signing: '' }),
  adopted({ name: 'mx5', conf: 'ExemptDomains ldap://ldap.example/x\n' }),
  { ...NONE, name: 'mx6', status: 'unreachable', error: 'connect ETIMEDOUT' } as const,
]
const fleet = fleetVars(HOSTS, [], new Map())
const TEXTS = { inventory: adoptionYaml(fleet, 'FILE', 'playbooks/dkim.ts'), playbook: 'playbooks/dkim.ts' }
const documentOf = (check: Parameters<typeof adoptionJson>[1]['check']): Record<string, unknown> =>
  JSON.parse(JSON.stringify(adoptionJson(fleet, { ...TEXTS, check }))) as Record<string, unknown>

for (const [what, check] of [
  ['nothing was checked', null],
  ['the vars do not go together', { error: 'mx1: domains is missing' }],
  ['a run would change something', runDocument(run([host({ name: 'mx1', status: 'would-change' })]), undefined, 1)],
] as const)
  test(`the document says exactly what the schema says: ${what}`, () => {
    assert.ok(valid(documentOf(check)), JSON.stringify(valid.errors))
  })

test('hosts of every kind are in it', () => {
  const { hosts } = documentOf(null) as { hosts: { status: string; vars: object; choices: object }[] }
  assert.equal(
    hosts.map(({ status }) => status),
    ['adopted', 'adopted', 'adopted', 'unsigned', 'refused', 'unreachable'],
  )
  assert.ok(Object.keys(hosts[2]!.choices).includes('domains'))
})

test('the schema refuses what is more, less or other', () => {
  const document = documentOf(null)
  const [first, ...rest] = document['hosts'] as Record<string, unknown>[]
  const withFirst = (change: Record<string, unknown>): object => ({
    ...document,
    hosts: [{ ...first, ...change }, ...rest],
  })
  assert.ok(valid({ error: 'no such file' }))
  assert.ok(valid(withFirst({})))
  for (const wrong of [
    { ...document, more: 1 },
    { ...document, playbook: '' },
    { ...document, check: {} },
    { ...document, vars: { domain: 'example.org' } },
    { error: '' },
    withFirst({ error: 'x' }),
    withFirst({ status: 'unreachable' }),
    withFirst({ vars: { domains: [] } }),
    withFirst({ vars: { milter_default_action: 'maybe' } }),
    withFirst({ left: [''] }),
  ])
    assert.not(valid(wrong), JSON.stringify(wrong).slice(-200))
})

test.run()
