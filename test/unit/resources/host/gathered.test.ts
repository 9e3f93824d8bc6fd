// Facts of a host: what is read of the answers, what is none, and that this machine answers all of them.
import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { ProbeError } from '../../../../src/core/probe/probe.ts'
import type { FactName } from '../../../../src/core/gathered-facts.ts'
import { FACT_NAMES, GATHERED } from '../../../../src/playbook/gathered-facts.ts'
import { suite } from '../../../suite.ts'

const test = suite('resources/host/gathered')

const read = (name: FactName, text: string): unknown =>
  GATHERED[name].probe.parse({ code: 0, stdout: `${text}\0end`, stderr: '' })
const isNone = (name: FactName, text: string): void =>
  assert.throws(
    () => read(name, text),
    (error: unknown) => error instanceof ProbeError,
  )

test('words and numbers', () => {
  assert.is(read('release', 'bookworm\n'), 'bookworm')
  assert.is(read('processors', '4\n'), 4)
  assert.is(read('postfixVersion', '3.7.11\n'), '3.7.11')
  assert.is(read('opendkimVersion', 'opendkim: OpenDKIM Filter v2.11.0\n'), '2.11.0')
  for (const name of ['postfixVersion', 'opendkimVersion'] as const) {
    assert.is(read(name, ''), null, 'it is not installed')
    isNone(name, '?')
  }
  for (const name of ['release', 'kernel', 'processors'] as const) isNone(name, '')
  for (const name of ['release', 'kernel', 'processors', 'postfixVersion', 'opendkimVersion'] as const) {
    isNone(name, 'two words')
    isNone(name, `${'x'.repeat(101)}`)
    isNone(name, 'a\u001b[31m')
  }
})

test('memory, in bytes', () => {
  const lines = ['MemTotal:        2048 kB', 'MemAvailable:    1024 kB', 'SwapTotal:          1 kB', 'SwapFree:  0 kB']
  assert.equal(read('memory', lines.join('\n')), {
    total: 2_097_152,
    available: 1_048_576,
    swapTotal: 1024,
    swapFree: 0,
  })
  isNone('memory', 'MemTotal: much')
})

test('disks, whatever they are called', () => {
  const head = 'Filesystem     Type        1-blocks        Used   Available Capacity Mounted on\n'
  const rows = [
    '/dev/vda       ext4    270553174016 26125271040 82819022848      24% /',
    '/dev/vdb1      xfs     100 50 50 50% /srv/a b 100%',
    'nonsense',
    '/dev/vdc1      xfs     100 50 50 50% /srv/\u001b[31m',
  ]
  assert.equal(read('disks', head + rows.join('\n')), [
    { mount: '/', device: '/dev/vda', type: 'ext4', size: 270_553_174_016, available: 82_819_022_848 },
    { mount: '/srv/a b 100%', device: '/dev/vdb1', type: 'xfs', size: 100, available: 50 },
  ])
  isNone('disks', '')
})

test('the default route is the one with the least metric that is up', () => {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n'
  const row = (name: string, target: string, gateway: string, flags: string, metric: number, mask: string): string =>
    `${[name, target, gateway, flags, 0, 0, metric, mask, 0, 0, 0].join('\t')}   `
  const rows = [
    row('eth0', '000200C0', '00000000', '0001', 0, '00FFFFFF'),
    row('eth1', '00000000', '010200C0', '0003', 200, '00000000'),
    row('eth0', '00000000', '020200C0', '0003', 100, '00000000'),
    row('eth2', '00000000', '030200C0', '0002', 1, '00000000'),
    row('an-interface-of-a-long-name', '00000000', '030200C0', '0003', 1, '00000000'),
    row('a/b', '00000000', '030200C0', '0003', 1, '00000000'),
  ]
  assert.equal(read('defaultRoute', head + rows.join('\n')), { interface: 'eth0', gateway: '192.0.2.2' })
  assert.is(read('defaultRoute', head + rows[0]!), null)
  const direct = row('tun0', '00000000', '00000000', '0001', 0, '00000000')
  assert.equal(read('defaultRoute', head + direct), { interface: 'tun0', gateway: null })
  isNone('defaultRoute', '')
})

test('that of IPv6, but for the one that refuses', () => {
  const nothing = '0'.repeat(32)
  const row = (gateway: string, metric: string, flags: string, name: string): string =>
    `${nothing} 00 ${nothing} 00 ${gateway} ${metric} 00000003 00000000 ${flags} ${name.padStart(8)}`
  const rows = [
    row(nothing, 'ffffffff', '00200200', 'lo'),
    row('fd000000000000000000000000000001', '00000400', '00000003', 'eth0'),
  ]
  assert.equal(read('defaultRoute6', `routes\n${rows.join('\n')}`), { interface: 'eth0', gateway: 'fd00::1' })
  assert.is(read('defaultRoute6', `routes\n${rows[0]!}`), null)
  assert.is(read('defaultRoute6', 'routes'), null)
  isNone('defaultRoute6', '')
})

test('addresses: what is none is left out', () => {
  assert.equal(read('addresses', '192.0.2.1 2001:db8::1 \n'), ['192.0.2.1', '2001:db8::1'])
  assert.equal(read('addresses', 'x 192.0.2.256'), [])
})

test('this machine answers, and is reported nothing on standard error', () => {
  for (const name of FACT_NAMES) {
    const { question } = GATHERED[name].probe
    assert.ok('script' in question)
    const stdout = execFileSync('sh', ['-c', question.script.text], { encoding: 'latin1' })
    assert.not.throws(() => GATHERED[name].probe.parse({ code: 0, stdout, stderr: '' }), name)
  }
})

test.run()
