// The addresses that mail leaves from, as ip(8) and postconf(1) tell them.
import * as assert from 'uvu/assert'
import { outgoingAddresses } from '../../../../src/resources/postfix/outgoing-addresses.ts'
import { suite } from '../../../suite.ts'

const test = suite('probes/outgoing-addresses')

const FOUR = '198.41.0.4 via 192.0.2.254 dev eth0 src 192.0.2.1 uid 0 \\    cache '
const SIX = '2001:503:ba3e::2:30 from :: via fe80::1 dev eth0 proto ra src 2001:db8::1 metric 1024 pref medium'
const reported = (four: string, six: string, postfix: string) =>
  outgoingAddresses.parse({ code: 0, stdout: `route4 = ${four}\nroute6 = ${six}\n${postfix}\0end`, stderr: '' })
const parameters = (values: Readonly<Record<string, string>>): string =>
  Object.entries({ smtp_bind_address: '', smtp_bind_address6: '', inet_protocols: 'all', relayhost: '', ...values })
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')

for (const [what, four, six, postfix, addresses] of [
  ['routes of both families', FOUR, SIX, parameters({}), ['192.0.2.1', '2001:db8::1']],
  ['no Postfix', FOUR, SIX, '', ['192.0.2.1', '2001:db8::1']],
  ['no route', '', '', parameters({}), []],
  ['a link-local address, which reaches nobody', '', SIX.replace('2001:db8::1', 'fe80::2'), parameters({}), []],
  ['IPv4 alone', FOUR, SIX, parameters({ inet_protocols: 'ipv4' }), ['192.0.2.1']],
  ['IPv6 alone', FOUR, SIX, parameters({ inet_protocols: 'ipv6' }), ['2001:db8::1']],
  ['both by name', FOUR, SIX, parameters({ inet_protocols: 'ipv6, ipv4' }), ['192.0.2.1', '2001:db8::1']],
  [
    'addresses that Postfix binds',
    FOUR,
    SIX,
    parameters({ smtp_bind_address: '192.0.2.7', smtp_bind_address6: '[2001:db8::7]' }),
    ['192.0.2.7', '2001:db8::7'],
  ],
] as const)
  test(what, () => assert.equal(reported(four, six, postfix), { addresses, relayhost: '' }))

for (const [src, unfit] of [
  ['0.0.0.0/0', '0.0.0.0/0 is no address'],
  ['evil', 'evil is no address'],
  ['127.0.0.1', '127.0.0.1 is no address that mail can come from: loopback (RFC 6890)'],
] as const)
  test(`a host that says it sends from ${src}`, () => {
    const { addresses, unfit: why } = reported(FOUR.replace('192.0.2.1', src), SIX, parameters({}))
    assert.equal([addresses, why], [['2001:db8::1'], [unfit]])
  })

test('a relay is reported, and an answer that was cut short is none', () => {
  assert.is(
    reported(FOUR, '', parameters({ relayhost: '[relay.example.org]:587' })).relayhost,
    '[relay.example.org]:587',
  )
  assert.throws(() => outgoingAddresses.parse({ code: 0, stdout: `route4 = ${FOUR}\n`, stderr: '' }), 'cut short')
})

test.run()
