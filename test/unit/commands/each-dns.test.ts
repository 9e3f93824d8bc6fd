// Whose var `dns` counts: each host's own where hosts are judged, that of a domain's hosts where its records are.
import * as assert from 'uvu/assert'
import type { DnsVars } from '../../../src/dns/dns-vars.ts'
import { eachDns, fleetDns } from '../../../src/commands/mail-fleet/each-dns.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { suite } from '../../suite.ts'
import { project } from '../cli/mailrun.ts'

const test = suite('dns of hosts')
const OURS: DnsVars = { servers: ['192.0.2.1'] }
const THEIRS: DnsVars = { servers: ['192.0.2.2'] }
const hosts = (...settings: readonly DnsVars[]): ReadonlyMap<string, { readonly dns: DnsVars }> =>
  new Map(settings.map((dns, index) => [`mx${index}`, { dns: structuredClone(dns) }]))

test('each host is judged by its own; equal ones are one value', async () => {
  const each = await eachDns(hosts(OURS, THEIRS, OURS, {}))
  assert.equal([...each.values()], [OURS, THEIRS, OURS, {}])
  assert.is(each.get('mx0'), each.get('mx2'))
})

test('settings that differ in a secret alone are two, and those of the same secret are one', async () => {
  const secret = (text: string): DnsVars => ({ key: new Secret(text) })
  const dns = [secret('one'), secret('two'), secret('one')]
  const each = await eachDns(new Map(dns.map((own, index) => [`mx${index}`, { dns: own }])))
  assert.equal(
    [...each.values()].map(({ key }) => key?.reveal()),
    ['one', 'two', 'one'],
  )
  assert.is(each.get('mx0'), each.get('mx2'))
})

test('a host that says nothing is content with what all others say', async () => {
  assert.equal([...(await eachDns(hosts(OURS, {}))).values()], [OURS, OURS])
  assert.equal([...(await eachDns(hosts({}))).values()], [{}])
})

test('a name server without an address is reported', async () => {
  const unknown = hosts({ servers: ['ns.invalid'] }, {})
  assert.match(String(await eachDns(unknown).catch((error: unknown) => error)), 'ns.invalid')
})

const domains = (...each: readonly (readonly [dns: DnsVars, ...domains: string[]])[]) =>
  fleetDns(new Map(each.map(([dns, ...own], index) => [`mx${index}.example`, { dns, domains: own }])))

test('a domain is as its hosts say, and so is what is below it; hosts that say nothing of it are content', async () => {
  const dns = await domains([OURS, 'a.example', 'b.example'], [THEIRS, 'c.a.example'], [{}, 'b.example'])
  assert.equal(
    ['x._domainkey.a.example', 'c.a.example', '_dmarc.c.a.example', 'b.example', 'mx1.example'].map(dns.of),
    [OURS, THEIRS, THEIRS, OURS, THEIRS],
  )
  assert.equal([dns.of('elsewhere.test'), dns.differing.size, dns.all], [{}, 0, [OURS, THEIRS, {}]])
})

test('what all say alone holds for every name; of what differs, the resolvers that all have', async () => {
  const one = await domains([OURS, 'a.example'], [{}, 'b.example'])
  assert.equal(['b.example', 'elsewhere.test'].map(one.of), [OURS, OURS])
  const resolvers = ['192.0.2.53']
  const two = await domains([{ resolvers, ...OURS }, 'a.example'], [{ resolvers, ...THEIRS }, 'b.example'])
  assert.equal(two.of('elsewhere.test'), { resolvers })
})

test('a domain whose hosts differ is reported, and no other is', async () => {
  const { differing, of } = await domains([OURS, 'a.example', 'b.example'], [THEIRS, 'a.example', 'c.example'])
  assert.equal(
    [...differing],
    [['a.example', 'dns differs between mx0.example and mx1.example: say the same for both']],
  )
  assert.equal(['b.example', 'c.example'].map(of), [OURS, THEIRS])
})

test('an order of keys is no difference', async () => {
  const [a, b] = [{ servers: ['192.0.2.1'] }, { servers: ['192.0.2.2'] }]
  const { differing, all } = await domains(
    [{ zones: { 'a.example': a, 'b.example': b } }, 'a.example'],
    [{ zones: { 'b.example': b, 'a.example': a } }, 'a.example'],
  )
  assert.equal([differing.size, all.length], [0, 1])
})

test('verify asks hosts whose dns differs, such as one whose mailbox is read', async () => {
  const at = 'ansible_host: 127.0.0.1, ansible_port: 1, ansible_ssh_retries: 0'
  const here = project({
    'hosts.yaml': `all:
  vars: { domains: [example.org] }
  children:
    mail: { hosts: { mx1: { ${at} } }, vars: { dns: { servers: [192.0.2.1] } } }
    others: { hosts: { receiver: { ${at}, dns: { servers: [192.0.2.2] } } } }
`,
  })
  const words = ['verify', '-i', 'hosts.yaml', '--deliver', 'a@receiver.test', '--read-from', 'receiver', '--check']
  const { code, stdout, stderr } = await here.mailrun(...words)
  here.remove()
  assert.not.match(stderr, 'dns differs')
  assert.match(stdout, /^unreachable +mx1$[^]*^unreachable +receiver$/m)
  assert.is(code, 4)
})

test.run()
