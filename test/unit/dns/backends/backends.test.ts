// The list of DNS backends, and which of them the var `dns` means for a zone.
import * as v from 'valibot'
import * as assert from 'uvu/assert'
import { BACKENDS, VIAS } from '../../../../src/dns/backends/backends.ts'
import { nameServersVar, zoneSettings, type DnsVars } from '../../../../src/dns/dns-vars.ts'
import { Secret } from '../../../../src/shell/secret.ts'
import { suite } from '../../../suite.ts'

const test = suite('dns/backends')

const KEY = 'key "mailrun." {\n\talgorithm hmac-sha256;\n\tsecret "c2VjcmV0c2VjcmV0c2VjcmV0";\n};\n'
const issuesOf = (dns: unknown): readonly string[] =>
  (v.safeParse(nameServersVar, dns).issues ?? []).map(({ message }) => message)
const viaOf = (vars: v.InferInput<typeof nameServersVar>, zone: string): string | undefined =>
  zoneSettings(v.parse(nameServersVar, vars), zone).backend?.via

test('an inventory chooses each by its name, and those by their entries that have some of their own', () => {
  const known = ['nsupdate-local', 'knotc', 'nsupdate', 'none']
  assert.equal(
    VIAS.filter((via) => known.includes(via)),
    known,
  )
  assert.is(VIAS.at(-1), 'none')
  assert.equal(
    [{ host: 'ns1' }, { key_file: 'k' }, { key: KEY }, { host: 'ns1', key_file: 'k' }, {}].map((vars) =>
      viaOf(vars, 'example.org'),
    ),
    ['nsupdate-local', 'nsupdate', 'nsupdate', 'nsupdate-local', undefined],
  )
  assert.is(viaOf({ host: 'ns1', via: 'knotc' }, 'example.org'), 'knotc')
  assert.match(issuesOf({ via: 'ddns' })[0]!, /^nsupdate-local, .* or none is wanted$/)
  const [unknown = ''] = issuesOf({ keyfile: 'k' })
  for (const entry of ['resolvers', 'zones', 'servers', 'primary', 'via', 'host', 'key_file', 'key'])
    assert.match(unknown, new RegExp(`\\b${entry}\\b`))
})

test('names are unique, and an entry that several have is the same for each', () => {
  assert.is(new Set(VIAS).size, BACKENDS.length)
  const entries = new Map<string, unknown>()
  for (const { vars } of BACKENDS) {
    for (const [name, schema] of Object.entries(vars)) {
      assert.is(entries.get(name) ?? schema, schema, name)
      entries.set(name, schema)
    }
  }
})

test('what a backend cannot do without is reported with the zone', () => {
  const why = (vars: v.InferInput<typeof nameServersVar>): string => {
    try {
      zoneSettings(v.parse(nameServersVar, vars), 'example.org')
    } catch (error) {
      return String(error)
    }
    return ''
  }
  assert.match(why({ via: 'nsupdate' }), 'dns: example.org: via: nsupdate needs key_file, the TSIG key')
  for (const via of ['nsupdate-local', 'knotc'] as const)
    assert.match(why({ via }), `dns: example.org: via: ${via} needs host, the name server's name in the inventory`)
  assert.match(why({ key_file: 'k', key: KEY }), 'needs one of key_file and key, not both')
})

test('what is said for a zone wins, whichever of the entries that mean the same it is', () => {
  const vars = v.parse(nameServersVar, {
    key: KEY,
    zones: { 'example.org': { key_file: 'k' }, 'example.net': { host: 'ns1' }, 'example.com': { via: 'none' } },
  })
  const of = (zone: string) => zoneSettings(vars, zone)
  assert.equal(
    of('example.org').own.map((value) => value instanceof Secret),
    [false, false],
  )
  assert.equal(of('example.net').own, ['ns1'])
  assert.is(of('example.com').updater, 'by-hand')
  assert.ok(of('other.org').own.some((value) => value instanceof Secret))
})

test('a TSIG key may be a value of the inventory, and is shown nowhere', () => {
  const vars: DnsVars = v.parse(nameServersVar, { key: KEY })
  assert.ok(vars.key instanceof Secret)
  assert.not.match(JSON.stringify(vars), 'c2Vj')
  const wrong = [
    'c2VjcmV0',
    'key "a b" { algorithm hmac-sha256; secret "c2VjcmV0"; };',
    'key "a" { algorithm hmac-sha3; secret "c2VjcmV0"; };',
    'key "a" { algorithm hmac-sha256; secret "c2VjcmV"; };',
    'key "a" { algorithm hmac-sha256; secret "c2VjcmV0"; };\nupdate delete example.org.',
    'key "a\nsend" { algorithm hmac-sha256; secret "c2VjcmV0"; };',
  ]
  for (const key of wrong) {
    const [issue = ''] = issuesOf({ key })
    assert.match(issue, 'what tsig-keygen writes is wanted', key)
    assert.not.match(issue, 'c2Vj')
  }
})

test.run()
