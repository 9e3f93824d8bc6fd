// Hosts that are named on the command line.
import * as assert from 'uvu/assert'
import { connectionVars, listOf, namedHosts } from '../../../../src/commands/adopt/named-hosts.ts'
import { suite } from '../../../suite.ts'

const test = suite('hosts that are named')

test('as ssh takes them', () => {
  const hosts = namedHosts(['mx1', 'root@mx2.example.org', 'ops@mx3:2222', '2001:db8::1', 'root@[2001:db8::2]:22'])
  assert.equal(
    hosts.map(({ name, user, port }) => [name, user, port]),
    [
      ['mx1', undefined, undefined],
      ['mx2.example.org', 'root', undefined],
      ['mx3', 'ops', 2222],
      ['2001:db8::1', undefined, undefined],
      ['2001:db8::2', 'root', 22],
    ],
  )
  assert.is(listOf(hosts.slice(0, 2)), 'mx1,mx2.example.org,')
  assert.equal(
    connectionVars(hosts.slice(1, 3), { user: 'me', become: true }),
    new Map([
      ['mx2.example.org', { ansible_user: 'root', ansible_become: true }],
      ['mx3', { ansible_user: 'ops', ansible_port: 2222, ansible_become: true }],
    ]),
  )
})

test('what names none is refused', () => {
  for (const word of ['', 'a b', '@mx1', 'root@', "mx1'", 'mx[1:9]', '{{ x }}', 'mx1,mx2', '-oProxyCommand=x'])
    assert.throws(() => namedHosts([word]), 'names no host')
  assert.throws(() => namedHosts(['inventory/hosts.yaml']), 'an inventory goes behind -i')
  assert.throws(() => namedHosts(['mx1', 'root@mx1']), 'mx1 is named twice')
})

test.run()
