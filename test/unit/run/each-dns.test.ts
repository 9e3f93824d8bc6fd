// Whose var `dns` counts: one for all where DNS is changed, each host's own where it is only asked.
import * as assert from 'uvu/assert'
import type { DnsVars } from '../../../src/dns/dns-vars.ts'
import { eachDns, oneDns } from '../../../src/run/one-dns.ts'
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

test('a host that says nothing is content with what all others say', async () => {
  assert.equal([...(await eachDns(hosts(OURS, {}))).values()], [OURS, OURS])
  assert.equal([...(await eachDns(hosts({}))).values()], [{}])
})

test('a name server without an address is told', async () => {
  const unknown = hosts({ servers: ['ns.invalid'] }, {})
  assert.match(String(await eachDns(unknown).catch((error: unknown) => error)), 'ns.invalid')
})

test('where DNS is changed, hosts that differ are refused', async () => {
  assert.match(
    String(await oneDns(hosts(OURS, THEIRS)).catch((error: unknown) => error)),
    'dns differs between mx0 and',
  )
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
