// sysctl: file and kernel by themselves, values in any spacing, names that lead elsewhere.
import * as assert from 'uvu/assert'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { leavesOf, partsAnswer } from '../../../src/core/probe/probe.ts'
import { sysctl } from '../../../tasks/sysctl.ts'
import { suite } from '../../suite.ts'
import { absent, folder, text, textOf } from './states.ts'

const test = suite('sysctl')
const args = { name: 'net.ipv4.ip_local_port_range', value: '20000\t60999' }

test('the file and the kernel are changed where they differ, each by itself', () => {
  const fit = text('net.ipv4.ip_local_port_range = 20000 60999\n')
  checkCase(sysctl, { args, now: { file: absent, value: '1 2' }, expect: ['create', '1 2 → 20000 60999'] })
  checkCase(sysctl, { args, now: { file: fit, value: '1 2' }, expect: ['1 2 → 20000 60999'] })
  checkCase(sysctl, { args, now: { file: text('x'), value: '20000 60999' }, expect: ['content'] })
  checkCase(sysctl, { args, now: { file: fit, value: '20000 60999' }, expect: [] })
})

test('the value goes to the kernel’s own file of that parameter, and the file at boot has it by name', () => {
  const planned = (name: string): readonly string[] => {
    const plan = planOf(sysctl({ name, value: 1 }), { file: absent, value: '0' }, {})
    if (plan.kind !== 'change') throw new Error(plan.kind)
    return [plan.changes[1]!.apply.text, textOf(plan.then.file)]
  }
  assert.equal(planned('net.ipv4.ip_forward'), [
    "printf '%s\\n' 1 > /proc/sys/net/ipv4/ip_forward",
    'net.ipv4.ip_forward = 1\n',
  ])
  assert.equal(planned('net/ipv4/conf/eth0.7/proxy_arp'), [
    "printf '%s\\n' 1 > /proc/sys/net/ipv4/conf/eth0.7/proxy_arp",
    'net/ipv4/conf/eth0.7/proxy_arp = 1\n',
  ])
  const { question } = leavesOf(sysctl({ name: 'net/ipv4/conf/eth0.7/proxy_arp', value: 1 }).probe)[1]!
  assert.match(
    'script' in question ? question.script.text : '',
    'head -c 4096 /proc/sys/net/ipv4/conf/eth0.7/proxy_arp',
  )
})

test('absent removes the file, and leaves the kernel alone', () => {
  const gone = { name: 'vm.swappiness', state: 'absent' } as const
  checkCase(sysctl, { args: gone, now: { file: text('x'), value: '10' }, expect: ['remove'] })
  checkCase(sysctl, { args: gone, now: { file: absent, value: null }, expect: [] })
  checkCase(sysctl, { args: gone, now: { file: folder(), value: '1' }, expect: { blocked: 'is a directory' } })
})

test('a parameter that the kernel lacks blocks', () => {
  checkCase(sysctl, { args, now: { file: absent, value: null }, expect: { blocked: 'load the module first' } })
})

test('the answer is read with one blank between its parts', () => {
  const { probe } = sysctl(args)
  const answer = (stdout: string) => ({ code: 0, stdout, stderr: '' })
  const file = answer(JSON.stringify({ parent: 'd', missing: [] }))
  const read = (stdout: string) => probe.parse(partsAnswer([file, answer(stdout)])).value
  assert.is(read('there\n20000\t60999\n\0end'), '20000 60999')
  assert.is(read('\0end'), null)
  assert.throws(() => read('there\n2'), /cut short/)
})

test('names that lead elsewhere, and values of several lines, are refused', () => {
  for (const name of ['net', '../../etc/passwd', 'net/../../x', 'net.ipv4/../x', 'a b.c', '-w.x', '', 'net/.', "x.'y"])
    assert.throws(() => sysctl({ name, value: 1 }), /name must be such as/, name)
  for (const value of ['', ' ', 'a\nb', 'a\0', 'ü'])
    assert.throws(() => sysctl({ name: 'vm.x', value }), /value must be/)
  assert.throws(() => sysctl({ name: 'vm.x' } as never), /value is wanted/)
  assert.throws(() => sysctl({ name: 'vm.x', value: 1, state: 'absent' } as never), /does not go with/)
})

test.run()
