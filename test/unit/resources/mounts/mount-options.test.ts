// Options of mounts: what a running one shows, against what is wanted.
import * as assert from 'uvu/assert'
import { differingOptions, remountOptions, sameRunning } from '../../../../src/resources/mounts/mount-options.ts'
import { suite } from '../../../suite.ts'

const test = suite('mounts: options')
const running = (options: string, fstype = 'ext4', superOptions = 'rw') => ({
  fstype,
  options: options.split(','),
  superOptions: superOptions.split(','),
})

const CASES: readonly (readonly [wanted: string, is: ReturnType<typeof running>, differing: readonly string[]])[] = [
  ['', running('rw,relatime'), []],
  ['defaults', running('rw,relatime'), []],
  ['', running('rw,nosuid,noatime'), ['suid', 'atime']],
  ['nosuid,noexec', running('rw,nosuid'), ['noexec']],
  ['noexec,exec', running('rw'), []],
  ['user', running('rw,nosuid,nodev,noexec'), []],
  ['user,exec', running('rw,nosuid,nodev,noexec'), ['exec']],
  ['ro', running('rw'), ['ro']],
  ['', running('ro'), ['rw']],
  // Read-only as a whole: by its medium, or after an error.
  ['', running('ro', 'iso9660', 'ro'), []],
  ['ro', running('rw', 'ext4', 'ro'), []],
  // These have flags that nobody gave them.
  ['bind', running('rw,nosuid,nodev'), []],
  ['bind,ro', running('rw,nosuid'), ['ro']],
  ['bind,suid', running('rw,nosuid'), ['suid']],
  ['', running('rw,nosuid,nodev', 'fuse.sshfs'), []],
  ['nosuid', running('rw', 'nfs4'), ['nosuid']],
  ['size=1m', running('rw', 'tmpfs', 'rw,size=1024k'), []],
  ['size=2m', running('rw', 'tmpfs', 'rw,size=1024k'), ['size=2m']],
  ['size=4097', running('rw', 'tmpfs', 'rw,size=8k'), []],
  ['size=50%', running('rw', 'tmpfs', 'rw,size=1024k'), []],
  ['nr_inodes=1k', running('rw', 'tmpfs', 'rw,nr_inodes=1024'), []],
  ['nr_inodes=1k', running('rw', 'tmpfs', 'rw,nr_inodes=1025'), ['nr_inodes=1k']],
  ['size=1m', running('rw', 'ext4', 'rw,size=2m'), []],
]
for (const [wanted, is, differing] of CASES) {
  test(`${wanted || 'none'} against ${is.options.join()} of ${is.fstype} (${is.superOptions.join()})`, () => {
    assert.equal(differingOptions(wanted === '' ? [] : wanted.split(','), is), differing)
  })
}

test('what only the boot reads is no other mount', () => {
  assert.ok(sameRunning(['defaults'], []))
  assert.ok(sameRunning(['nosuid'], ['nosuid', 'nofail', 'x-systemd.automount', '_netdev', 'comment=x']))
  assert.not(sameRunning(['nosuid'], ['nosuid', 'user']))
  assert.not(sameRunning(['uid=1'], ['uid=2']))
  assert.not(sameRunning(['noexec'], []))
})

test('a remount says what is left out, too', () => {
  assert.is(remountOptions(['noexec', 'size=1m', 'nofail']), 'remount,rw,suid,dev,exec,relatime,noexec,noexec,size=1m')
  assert.is(remountOptions(['bind', 'ro', 'user']), 'remount,bind,rw,suid,dev,exec,relatime,ro,nosuid,nodev,noexec,ro')
})

test.run()
