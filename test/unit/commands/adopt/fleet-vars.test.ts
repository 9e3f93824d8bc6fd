// What hosts have alike is the group's; no two have the same first selector.
import * as assert from 'uvu/assert'
import type { AdoptedHost } from '../../../../src/mail/adoption.ts'
import { adoptionYaml } from '../../../../src/report/adoption/inventory.ts'
import { fleetVars } from '../../../../src/commands/adopt/fleet-vars.ts'
import { parse } from 'yaml'
import { suite } from '../../../suite.ts'
import { adopted, answeringHost, valuesOf, type HostOptions } from './answering-host.ts'

const test = suite('vars of hosts that sign already')
const KEYS = (selector: string): string =>
  `example.org example.org:${selector}:/k/a\nexample.net example.net:${selector}:/k/b\n`

const fleet = (...hosts: readonly HostOptions[]) =>
  fleetVars(
    hosts.map((each) => adopted(each)),
    hosts.map((each) => {
      const { name, said } = answeringHost(each)
      return { name, vars: said }
    }),
    new Map(),
  )

test('a selector that is one host’s alone is its first; what is alike is said once', () => {
  const { hosts, shared } = fleet(
    { name: 'mx1', keys: KEYS('one'), outgoing: { addresses: ['192.0.2.1'], relayhost: '' } },
    { name: 'mx2', keys: KEYS('two'), outgoing: { addresses: ['192.0.2.2'], relayhost: '' } },
  )
  assert.equal(valuesOf({ vars: shared })['domains'], ['example.org', 'example.net'])
  assert.equal(hosts.map(valuesOf), [
    { dkim_selector: 'one', outgoing_addresses: ['192.0.2.1'] },
    { dkim_selector: 'two', outgoing_addresses: ['192.0.2.2'] },
  ])
})

test('a selector that two sign with is the first of neither', () => {
  const { hosts, shared } = fleet({ name: 'mx1' }, { name: 'mx2' })
  assert.equal(valuesOf({ vars: shared })['dkim_selectors'], ['mail'])
  assert.equal(
    hosts.map((host) => valuesOf(host)['dkim_selector']),
    [undefined, undefined],
  )
  assert.match(hosts[0]?.left.join('\n') ?? '', 'mx2 signs with the selector mail, too')
})

test('an address gives no selector: its full name does', () => {
  const { hosts } = fleet({ name: '192.0.2.1' }, { name: 'mx2' })
  assert.equal(
    hosts.map((host) => valuesOf(host)['dkim_selector']),
    ['mx1', undefined],
  )
})

test('what a host of the inventory says is not said for the group', () => {
  const { shared } = fleet({ name: 'mx1', said: { domains: ['example.org'] } }, { name: 'mx2' })
  assert.is(valuesOf({ vars: shared })['domains'], undefined)
})

const ODD: readonly AdoptedHost[] = [
  {
    name: 'mx1.example.org',
    status: 'adopted',
    vars: [
      { name: 'dkim_selectors', value: ['no', '2024', '1e3', '0777', '12:30'] },
      { name: 'trusted_hosts', value: ['10.0.0.0/8', '::1', '1:2'], why: 'a\nroot: x\u001b[31m' },
    ],
    choices: [{ name: 'drop_signing', value: ['*@*', '#x\ny: z', '*@*.example.org'] }],
    left: ['a line\nmail: {}', '::error::x', 'word '.repeat(60)],
  },
  { name: 'mx2', status: 'refused', error: 'one\ntwo', vars: [], choices: [], left: [] },
]

test('the inventory reads as it was meant, whatever is in it', () => {
  const text = adoptionYaml(
    { hosts: ODD, shared: [], connection: new Map([['mx1.example.org', { ansible_user: 'no' }]]) },
    'F',
    'playbooks/dkim.ts',
  )
  assert.equal(parse(text, { schema: 'yaml-1.1' }), {
    mail: {
      hosts: {
        'mx1.example.org': {
          ansible_user: 'no',
          dkim_selectors: ['no', '2024', '1e3', '0777', '12:30'],
          trusted_hosts: ['10.0.0.0/8', '::1', '1:2'],
        },
      },
    },
  })
  assert.not.match(text, '\u001b', 'playbooks/dkim.ts')
  assert.ok(text.split('\n').every((line) => line.length <= 120))
  assert.match(text, '# mx2 is left out, for it is not understood\n#   one\n#   two\n')
})

test.run()
