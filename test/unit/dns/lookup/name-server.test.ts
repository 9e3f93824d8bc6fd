// How name servers are written.
import * as assert from 'uvu/assert'
import { parseServer } from '../../../../src/dns/lookup/name-server.ts'
import { suite } from '../../../suite.ts'

const test = suite('dns/name server')

test('name servers are names or addresses, with a port where it is not 53', () => {
  assert.equal(parseServer('192.0.2.53'), { host: '192.0.2.53', port: 53 })
  assert.equal(parseServer('2001:db8::53'), { host: '2001:db8::53', port: 53 })
  assert.equal(parseServer('[2001:db8::53]:5353'), { host: '2001:db8::53', port: 5353 })
  assert.equal(parseServer('ns1.example.org:54'), { host: 'ns1.example.org', port: 54 })
  for (const wrong of ['', '192.0.2', '192.0.2.53.1', 'ns1 x', '-k', 'ns1:0', 'ns1:70000', '[ns1]:53', 'a;b'])
    assert.throws(() => parseServer(wrong), /a name server is wanted/, wrong)
})

test.run()
