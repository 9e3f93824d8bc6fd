// The var `dns` of an inventory.
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { nameServersVar, zoneSettings } from '../../../src/dns/dns-vars.ts'
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

test.run()
