// IP networks: which are read, how they are written, which covers which; Node's own reading as oracle.
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import * as assert from 'uvu/assert'
import { covers, hasHostBits, parseNetwork, renderNetwork } from '../../../src/mail/records/spf/network.ts'
import { suite } from '../../suite.ts'
import { dice } from './words.ts'

const test = suite('mail network')

test('addresses are those that Node takes, but for zones', () => {
  const roll = dice(1)
  const group = (): string => roll.pick(['', '0', '1', 'ffff', 'DB8', '2001', '00001', 'g'])
  const six = Array.from(
    { length: 3000 },
    () => roll.many(1, 9, group).join(':') + roll.pick(['', '', '::', ':192.0.2.1', '1.2.3']),
  )
  const four = Array.from({ length: 1000 }, () =>
    roll.many(3, 5, () => roll.pick(['0', '1', '255', '256', '00', '01', ''])).join('.'),
  )
  for (const text of [
    ...six,
    ...four,
    '::',
    '::1',
    '1::',
    '::ffff:192.0.2.1',
    '64:ff9b::192.0.2.33',
    ':::',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7:8',
    '192.0.2.1.',
    ' 192.0.2.1',
  ]) {
    assert.is(parseNetwork(text) !== undefined, isIP(text) !== 0, text)
  }
})

test('what is written is read back, and IPv6 as URLs have it (RFC 5952)', () => {
  const roll = dice(2)
  for (let round = 0; round < 2000; round += 1) {
    const text = roll.many(8, 8, () => roll.pick(['0', '0', '0', '1', 'db8', 'ffff'])).join(':')
    const network = parseNetwork(text)!
    assert.is(`[${renderNetwork(network)}]`, new URL(`http://[${text}]`).hostname, text)
    assert.equal(parseNetwork(renderNetwork(network)), network)
  }
  assert.is(renderNetwork(parseNetwork('192.0.2.77/24')!), '192.0.2.0/24')
  assert.is(renderNetwork(parseNetwork('192.0.2.77/32')!), '192.0.2.77')
  assert.is(renderNetwork(parseNetwork('2001:DB8:0:0::1/32')!), '2001:db8::/32')
  assert.is(renderNetwork(parseNetwork('0.0.0.0/0')!), '0.0.0.0/0')
})

test('an IPv4-compatible address is no IPv4-mapped one, and is written in hexadecimal as URLs have it', () => {
  assert.is(renderNetwork(parseNetwork('::192.0.2.1')!), '::c000:201')
  assert.is(renderNetwork(parseNetwork('::ffff:192.0.2.1')!), '::ffff:c000:201')
  assert.not(covers(parseNetwork('::ffff:0:0/96')!, parseNetwork('::192.0.2.1')!))
})

test('a network may be written with an address in it', () => {
  const shown = ['192.0.2.1/24', '192.0.2.0/24', '192.0.2.1', '2001:db8::1/64', '2001:db8::/64', '0.0.0.0/0']
  assert.equal(
    shown.filter((text) => hasHostBits(parseNetwork(text)!)),
    ['192.0.2.1/24', '2001:db8::1/64'],
  )
})

for (const wrong of [
  'fe80::1%eth0',
  'fe80::1%1/64',
  '0x7f.1',
  '192.0.2.1/33',
  '192.0.2.1/-1',
  '192.0.2.1/',
  '192.0.2.1/8/8',
  '192.0.2.1/08',
  '2001:db8::/129',
  'example.org',
  '',
  '/8',
]) {
  test(`${JSON.stringify(wrong)} is no network`, () => assert.is(parseNetwork(wrong), undefined))
}

test('a network covers the addresses that a block list of Node has in it', () => {
  const roll = dice(3)
  for (let round = 0; round < 3000; round += 1) {
    const outer = roll.pick([
      `192.0.2.${roll.below(256)}/${roll.below(33)}`,
      `2001:db8::${roll.below(9)}/${roll.below(129)}`,
    ])
    const inner = roll.pick([`192.${roll.below(2)}.2.${roll.below(256)}`, `2001:db8::${roll.below(9)}`])
    const [address, prefix] = outer.split('/')
    const list = new BlockList()
    list.addSubnet(address!, Number(prefix), isIPv4(address!) ? 'ipv4' : 'ipv6')
    assert.is(
      covers(parseNetwork(outer)!, parseNetwork(inner)!),
      isIPv6(address!) === isIPv6(inner) && list.check(inner, isIPv4(inner) ? 'ipv4' : 'ipv6'),
      `${outer} ${inner}`,
    )
  }
  assert.not(covers(parseNetwork('192.0.2.0/25')!, parseNetwork('192.0.2.0/24')!))
})

test.run()
