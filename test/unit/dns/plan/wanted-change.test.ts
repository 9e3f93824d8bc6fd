// What an update would do to a set of records.
import * as assert from 'uvu/assert'
import { mxRdata } from '../../../../src/dns/lookup/rrset.ts'
import { isServed, wantedChange } from '../../../../src/dns/plan/wanted-change.ts'
import { suite } from '../../../suite.ts'
import { key, spf, strings } from '../mail-changes.ts'

const test = suite('dns/wanted change')

test('a TTL alone is a change where the set is ours, and a key that serves stays as it is written', () => {
  const there = { ttl: 60, rdata: [strings('v=DKIM1;p=')] }
  const change = wantedChange(key, there)!
  assert.equal([change.add.map(({ text }) => text), change.remove, change.ttl], [['"v=DKIM1;p="'], [], 3600])
  assert.is(wantedChange(key, { ...there, ttl: 3600 }), undefined)
  assert.is(wantedChange(spf, { ttl: 60, rdata: [strings('site=1'), strings(spf.value)] }), undefined)
})

test('a null MX takes the place of all others', () => {
  const change = wantedChange(
    { ...spf, type: 'MX', value: '0 .', purpose: 'null-mx' },
    { ttl: 3600, rdata: [mxRdata(10, 'mx.example.org')] },
  )!
  assert.equal(
    [change.add.map(({ text }) => text), change.remove.map(({ text }) => text)],
    [['0 .'], ['10 mx.example.org.']],
  )
  assert.not.ok(
    isServed(
      { ...spf, type: 'MX', value: '0 .', purpose: 'null-mx' },
      {
        ttl: 1,
        rdata: [mxRdata(0, ''), mxRdata(10, 'mx.example.org')],
      },
    ),
  )
})

test.run()
