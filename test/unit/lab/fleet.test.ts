// Which hosts a lab has, and how its inventory and /etc/hosts name them.
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { fleet } from '../../../lab/fleet.ts'
import { hostsFile } from '../../../lab/hosts/host-files.ts'
import { NUMBERS } from '../../../lab/internet/zones.ts'
import { inventoryText } from '../../../lab/access/inventory.ts'
import { suite } from '../../suite.ts'

const test = suite('lab: fleet')

test('profiles alternate, and there is one host of each way in before root and ops alternate', () => {
  const seen = fleet({ size: 6, tools: false }).map(
    ({ name, profile, user, sudo }) => `${name} ${profile} ${user} ${sudo}`,
  )
  assert.equal(seen, [
    'mx1 postfix root no',
    'mx2 bare ops free',
    'mx3 postfix admin password',
    'mx4 bare root no',
    'mx5 postfix ops free',
    'mx6 bare root no',
  ])
})

test('two hosts are of two releases, four have each with and without Postfix, and more change none', () => {
  const releases = ['bookworm', 'trixie'] as const
  const seen = (size: number): readonly string[] =>
    fleet({ size, tools: false, releases }).map(({ name, profile, release }) => `${name} ${profile} ${release}`)
  const four = ['mx1 postfix bookworm', 'mx2 bare trixie', 'mx3 postfix trixie', 'mx4 bare bookworm']
  assert.equal(seen(4), four)
  assert.equal(seen(2), four.slice(0, 2))
  assert.equal(seen(9).slice(0, 4), four)
  assert.is(new Set(seen(8).map((line) => line.split(' ').slice(1).join(' '))).size, 4)
})

test('all hosts are of the one release that is named, else of the default', () => {
  const of = (releases?: readonly ['trixie']): readonly string[] => [
    ...new Set(
      fleet({ size: 5, tools: true, internet: 'digest', ...(releases ? { releases } : {}) }).map(
        ({ release }) => release,
      ),
    ),
  ]
  assert.equal(of(['trixie']), ['trixie'])
  assert.equal(of(), ['bookworm'])
})

test('name servers, the receiver and the tools are of the release that is named first', () => {
  const hosts = fleet({ size: 1, tools: true, internet: 'digest', releases: ['trixie', 'bookworm'] })
  assert.equal([...new Set(hosts.map(({ release }) => release))], ['trixie'])
})

test('a small lab has no host with a sudo password', () => {
  assert.not(fleet({ size: 2, tools: true }).some(({ sudo }) => sudo === 'password'))
})

test('numbers of addresses are distinct and fit a /24 in the largest lab', () => {
  const numbers = fleet({ size: 200, tools: true }).map(({ number }) => number)
  assert.is(new Set(numbers).size, 201)
  assert.ok(Math.max(...numbers) < 255 && Math.min(...numbers) > 1)
})

test('the inventory is YAML in which the tools host is no mail host', () => {
  const inventory = parse(
    inventoryText(fleet({ size: 3, tools: true }), '10.231.7', '/a "key"', '/known hosts'),
  ) as Record<string, { hosts: object; vars: object }>
  assert.equal(inventory['all']?.vars, {
    ansible_ssh_private_key_file: '/a "key"',
    ansible_ssh_common_args: '-o UserKnownHostsFile=/known hosts',
    dns: false,
  })
  assert.equal(inventory['mail']?.vars, { domains: ['fleet.test', 'example.test'] })
  assert.equal(inventory['mail']?.hosts, {
    mx1: { ansible_host: '10.231.7.11', ansible_user: 'root', fqdn: 'mx1.fleet.test' },
    mx2: { ansible_host: '10.231.7.12', ansible_user: 'ops', ansible_become: true, fqdn: 'mx2.fleet.test' },
    mx3: { ansible_host: '10.231.7.13', ansible_user: 'admin', ansible_become: true, fqdn: 'mx3.fleet.test' },
  })
  assert.equal(Object.keys(inventory['tools']?.hosts ?? {}), ['verify'])
})

test("name servers and the receiver are in groups of their own, and the mail hosts' vars name what opens DNS", () => {
  const text = inventoryText(fleet({ size: 1, tools: true, internet: 'digest' }), '10.231.7', '/key', '/known', {
    resolver: '10.231.7.4',
    keyFile: '/a "key"',
  })
  const inventory = parse(text) as Record<string, { hosts: Record<string, object>; vars: object }>
  assert.equal(Object.keys(inventory), ['all', 'mail', 'tools', 'dns', 'receiver'])
  assert.equal(Object.keys(inventory['mail']?.hosts ?? {}), ['mx1'])
  assert.equal(Object.keys(inventory['dns']?.hosts ?? {}), ['ns1', 'ns2', 'resolver'])
  assert.equal(inventory['receiver']?.hosts, {
    receiver: { ansible_host: '10.231.7.5', ansible_user: 'root', fqdn: 'mx.receiver.test' },
  })
  assert.equal(inventory['mail']?.vars, {
    domains: ['fleet.test', 'example.test'],
    dns: { resolvers: ['10.231.7.4'], key_file: '/a "key"' },
  })
})

test('the largest lab with all that there is has distinct numbers, those of the zones', () => {
  const hosts = fleet({ size: 200, tools: true, internet: 'digest' })
  assert.is(new Set(hosts.map(({ number }) => number)).size, 205)
  for (const [name, number] of Object.entries(NUMBERS))
    assert.is(hosts.find((host) => host.name === name)?.number, number)
})

test('/etc/hosts gives the FQDN first, for hostname -f', () => {
  assert.match(hostsFile(fleet({ size: 2, tools: false }), '10.231.0'), '10.231.0.12 mx2.fleet.test mx2\n')
})

test.run()
