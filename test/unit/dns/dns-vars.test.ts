// The var `dns` of an inventory.
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { dnsVar, nameServersVar, zoneSettings } from '../../../src/dns/dns-vars.ts'
import { valibotJsonSchema } from '../../../src/playbook/valibot-json-schema.ts'
import { suite } from '../../suite.ts'

const test = suite('dns/vars')

test('the var dns: what is said for a zone wins; what does not go together is reported', () => {
  const vars = v.parse(nameServersVar, {
    key_file: 'key',
    zones: { 'example.org': { host: 'ns1', via: 'nsupdate-local' }, 'example.net': { via: 'none' } },
  })
  assert.equal(
    [
      zoneSettings(vars, 'x.org').backend?.via,
      zoneSettings(vars, 'example.org').backend?.via,
      zoneSettings(vars, 'example.net').backend?.via,
      zoneSettings({}, 'x.org').backend?.via,
    ],
    ['nsupdate', 'nsupdate-local', 'none', undefined],
  )
  assert.throws(() => zoneSettings(v.parse(nameServersVar, { via: 'nsupdate' }), 'x.org'), /needs key_file/)
  for (const via of ['nsupdate-local', 'knotc'])
    assert.throws(() => zoneSettings(v.parse(nameServersVar, { via }), 'x.org'), /needs host/)
  assert.not.ok(v.safeParse(nameServersVar, { keyfile: 'x' }).success)
})

test('false is a value for playbooks; to commands that always ask it says nothing; errors name the entry', () => {
  assert.equal([v.parse(dnsVar, false), v.parse(dnsVar, {}), v.parse(nameServersVar, false)], [false, {}, {}])
  for (const wrong of [true, 'no', null])
    assert.match(v.safeParse(dnsVar, wrong).issues?.[0].message ?? '', /or it is false/)
  const [issue] = v.safeParse(dnsVar, { zones: { 'a.example': { servers: [] } } }).issues ?? []
  assert.equal(
    [issue?.message, v.getDotPath(issue!)],
    ['at least one name server is wanted', 'zones.a.example.servers'],
  )
})

test('a schema of the inventory describes both', () => {
  const { properties } = valibotJsonSchema(v.object({ dns: v.optional(dnsVar) })) as {
    readonly properties: { readonly dns: { readonly anyOf: readonly Readonly<Record<string, unknown>>[] } }
  }
  assert.equal(properties.dns.anyOf[0], { const: false })
  assert.ok(Object.keys(properties.dns.anyOf[1]!['properties'] as object).includes('key_file'))
  assert.not.match(JSON.stringify(properties), '$ref')
})

test.run()
