// What a host says that its mail leaves from: one address, of a kind that can send.
import * as assert from 'uvu/assert'
import { isInside, sendingAddress } from '../../../src/mail/fleet/sending-address.ts'
import { suite } from '../../suite.ts'

const test = suite('mail/sending-address')

for (const [reported, address] of [
  ['198.41.0.4', '198.41.0.4'],
  ['2A00:1450:0::1', '2a00:1450::1'],
  // Behind a NAT: whether others see it is asked later.
  ['10.0.0.1', '10.0.0.1'],
  ['fd00::1', 'fd00::1'],
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
] as const)
  test(`${reported} can send`, () => assert.equal(sendingAddress(reported), { kind: 'fit', address }))

test('a link-local address is nobody’s fault', () => {
  assert.is(sendingAddress('fe80::1').kind, 'link-local')
})

for (const reported of [
  '0.0.0.0/0',
  '::/0',
  '192.0.2.1/32',
  'evil',
  '',
  '1.2.3',
  '01.2.3.4',
  '1.2.3.4 all',
  '1.2.3.4\nip4:0.0.0.0',
  'x'.repeat(70_000),
])
  test(`no address: ${JSON.stringify(reported.slice(0, 20))}`, () =>
    assert.equal(sendingAddress(reported), { kind: 'unfit', why: 'is no address' }))

for (const [reported, kind] of [
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['::', 'unspecified'],
  ['127.0.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['224.0.0.1', 'multicast'],
  ['ff02::1', 'multicast'],
  ['255.255.255.255', 'reserved'],
  ['::ffff:192.0.2.1', 'reserved'],
  ['64:ff9b::1', 'reserved'],
  ['100::1', 'reserved'],
  ['2001::1', 'for the protocol itself'],
  ['2002::1', 'for the protocol itself'],
  ['5f00::1', 'no unicast address'],
] as const)
  test(`${reported} cannot send: ${kind}`, () => {
    const address = sendingAddress(reported)
    assert.match(address.kind === 'unfit' ? address.why : '', kind)
  })

test('what is inside is reported for any text', () => {
  assert.equal(['10.0.0.1', 'fd00::1', '198.41.0.4', 'evil', ''].map(isInside), [true, true, false, false, false])
})

test.run()
