// `mailrun self-test` on hosts of both releases at once: all laws hold, nothing of the host's files is written, a law
// that does not hold is reported as that, and who is not root is refused. Has a lab of its own.
import * as assert from 'uvu/assert'
import type { HostSelfTest } from '../../src/testing/self-test/result.ts'
import { RELEASES } from '../../lab/image/releases.ts'
import { suite } from '../suite.ts'
import { project, type Ended, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('self-test')
const lab = await import('../../lab/index.ts')
const test = suite('lab: mailrun self-test')
const HOSTS = ['mx1', 'mx2']
/** apt's lists and caches may be renewed by apt itself. */
const SEEN = { exclude: ['/var/cache', '/var/lib/apt'] }

let here: Project
test.before(async () => {
  await lab.labUp({ size: 2, tools: false, wire: undefined, releases: RELEASES })
  here = project({}, 240)
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

const selfTest = (...words: readonly string[]): Promise<Ended> =>
  here.mailrun('self-test', '-i', lab.inventoryPath, '--yes', '--format', 'json', ...words)
const hostsOf = ({ stdout, stderr }: Ended): readonly HostSelfTest[] => {
  assert.ok(stdout !== '', stderr)
  return (JSON.parse(stdout) as { readonly hosts: readonly HostSelfTest[] }).hosts
}
const whyOf = (hosts: readonly HostSelfTest[]): string =>
  JSON.stringify(hosts.filter(({ status }) => status !== 'kept'))
const countOf = ({ examples }: HostSelfTest, status: string): number =>
  examples.filter((each) => each.status === status).length

test('without --yes and a terminal it says what it touches, and touches nothing', async () => {
  const { code, stdout, stderr } = await here.mailrun('self-test', '-i', lab.inventoryPath)
  assert.equal([code, stdout], [1, ''])
  assert.match(stderr, 'This tries the examples of all task modules on 2 hosts: mx1 and mx2.')
  assert.match(stderr, 'nobody is there to be asked: no host was touched; --yes agrees beforehand')
})

test('on both releases all laws hold, and no file, account, unit or name of the host is another one', async () => {
  const asked =
    'hostname; ls -A /mnt; grep -vc /run/user </proc/1/mountinfo; getent passwd; getent group; getent shadow'
  const states = (): Promise<readonly string[]> => Promise.all(HOSTS.map((host) => inHost(host, asked)))
  const [trees, before] = [await Promise.all(HOSTS.map((host) => lab.treeList(host, SEEN))), await states()]
  const ended = await selfTest()
  const hosts = hostsOf(ended)
  assert.equal([ended.code, whyOf(hosts)], [0, '[]'])
  assert.equal(
    hosts.map(({ name, system }) => [name, system]),
    [
      ['mx1', 'debian 12 (bookworm)'],
      ['mx2', 'debian 13 (trixie)'],
    ],
  )
  for (const host of hosts) {
    assert.ok(countOf(host, 'kept') >= 40, `${host.name}: ${countOf(host, 'kept')} kept`)
    assert.equal([countOf(host, 'skipped'), countOf(host, 'broken')], [0, 0])
  }
  const after = await Promise.all(HOSTS.map((host) => lab.treeList(host, SEEN)))
  assert.equal(
    trees.flatMap((tree, index) => lab.treeDifference(tree, after[index]!)),
    [],
  )
  assert.equal(await states(), before)
})

test('where a program of the host does not do its work, the law is reported, and exit status 3', async () => {
  for (const host of HOSTS) await inHost(host, 'mount --bind /bin/true /usr/sbin/groupadd')
  try {
    const ended = await selfTest()
    assert.is(ended.code, 3)
    for (const { name, status, examples } of hostsOf(ended)) {
      assert.is(status, 'broken', name)
      const { why } = examples.find(({ task, example }) => task === 'group' && example === 'A group')!
      assert.match(why.join('\n'), /foresight was wrong|not satisfied/)
    }
  } finally {
    for (const host of HOSTS) await inHost(host, 'umount /usr/sbin/groupadd')
  }
})

test('who is not root is reported so', async () => {
  const ended = await selfTest('--limit', 'mx2', '-e', 'ansible_become=false')
  assert.is(ended.code, 3)
  assert.match(hostsOf(ended)[0]?.error ?? '', 'it needs root: --become, or ansible_become: true')
})

test.run()
