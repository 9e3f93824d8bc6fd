// mount: what is planned from what is mounted and what stands in fstab; answers of hosts; what is refused at once.
import * as assert from 'uvu/assert'
import { partsAnswer } from '../../../src/core/probe/probe.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { refuseConflicts } from '../../../src/playbook/conflicts.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { mount, type MountArgs, type MountState } from '../../../tasks/mount.ts'
import { file, swapFile } from '../../../tasks/index.ts'
import { suite } from '../../suite.ts'
import { text, textOf } from './states.ts'

const test = suite('mount')
const tmpfs = { path: '/srv/a b', source: 'tmpfs', fstype: 'tmpfs', options: ['noexec', 'size=1m'] } as const
const LINE = 'tmpfs /srv/a\\040b tmpfs noexec,size=1m 0 0\n'
const nothing: MountState = {
  point: { kind: 'directory' },
  filled: false,
  mounted: undefined,
  automount: false,
  unit: undefined,
  outdated: false,
  fstab: text('# x\n'),
}
const right = { shown: 'tmpfs (tmpfs)', isOther: false, options: [] }
const mounted: MountState = { ...nothing, mounted: right, fstab: text(LINE) }
const STORED = ['fstab: content', 'load fstab']

test('mounted: what is lacking is done, in the order that a killed run can be ended from', () => {
  const cases: readonly (readonly [Partial<MountState>, readonly string[]])[] = [
    [{ ...nothing, point: { kind: 'absent' } }, ['create', ...STORED, 'mount']],
    [nothing, [...STORED, 'mount']],
    [mounted, []],
    [{ ...mounted, mounted: undefined }, ['mount']],
    [{ ...mounted, outdated: true }, ['load fstab']],
    [{ ...mounted, fstab: text('') }, STORED],
    [{ ...mounted, mounted: { ...right, options: ['noexec'] } }, ['remount with noexec']],
    // The line last: what has the line has the options.
    [{ ...mounted, fstab: text(LINE.replace('1m', '2m')) }, ['remount', ...STORED]],
    [{ ...mounted, fstab: text(LINE.replace('1m', '1m,nofail')) }, STORED],
    [{ ...mounted, mounted: { ...right, isOther: true } }, ['mount in the place of tmpfs (tmpfs)']],
  ]
  for (const [now, expect] of cases) checkCase(mount, { args: tmpfs, now: { ...nothing, ...now }, expect })
})

test('the mount and its line have each word as it is given', () => {
  const hostile = { ...tmpfs, path: `/srv/it's "$(x)" %s`, source: 'a;b', options: ['uid=8', '-x', '$y'] }
  const plan = planOf(mount(hostile), { ...nothing, point: { kind: 'absent' } }, {})
  if (plan.kind !== 'change') throw new Error(plan.kind)
  assert.is(
    plan.changes.at(-1)!.apply.text,
    `mount -t tmpfs -o 'defaults,uid=8,-x,$y' -- 'a;b' '/srv/it'\\''s "$(x)" %s'`,
  )
  assert.is(textOf(plan.then.fstab), `# x\na;b /srv/it's\\040"$(x)"\\040%s tmpfs uid=8,-x,$y 0 0\n`)
})

test('present writes the line alone, and leaves what is mounted', () => {
  const args: MountArgs = { ...tmpfs, passno: 2, state: 'present' }
  checkCase(mount, { args, now: nothing, expect: STORED })
  checkCase(mount, { args, now: { ...nothing, fstab: text(LINE.replace('0 0', '1 2')) }, expect: [] })
  checkCase(mount, { args, now: { ...mounted, mounted: { ...right, isOther: true } }, expect: STORED })
})

test('unmounted leaves the line, absent does not', () => {
  const of = (state: 'unmounted' | 'absent'): MountArgs => ({ path: tmpfs.path, state })
  checkCase(mount, { args: of('unmounted'), now: mounted, expect: ['unmount tmpfs (tmpfs)'] })
  checkCase(mount, { args: of('unmounted'), now: nothing, expect: [] })
  checkCase(mount, { args: of('absent'), now: mounted, expect: ['unmount tmpfs (tmpfs)', ...STORED] })
  checkCase(mount, { args: of('absent'), now: { ...nothing, automount: true }, expect: ['unmount'] })
  checkCase(mount, { args: of('absent'), now: { ...nothing, fstab: text(LINE + LINE) }, expect: STORED })
  checkCase(mount, { args: of('absent'), now: nothing, expect: [] })
})

test('what others could redirect, or what would hide something, blocks', () => {
  const blocked = (now: Partial<MountState>, expected: string, args: MountArgs = tmpfs): void =>
    checkCase(mount, { args, now: { ...nothing, ...now }, expect: { blocked: expected } })
  blocked(
    { point: { kind: 'absent', refused: '/home/bob, which bob can write' } },
    'below /home/bob, which bob can write',
  )
  blocked({ point: { kind: 'directory', leadsTo: '/other' } }, 'leads to /other: name that path')
  blocked({ point: { kind: 'symlink' } }, 'is a symbolic link')
  blocked({ point: { kind: 'file' } }, 'is no directory')
  blocked({ unit: '/etc/systemd/system/x.mount' }, 'mounts at /srv/a b already')
  blocked({ fstab: text(LINE + LINE) }, 'has 2 lines for /srv/a b')
  blocked({ filled: true }, 'would be hidden', { ...tmpfs, path: '/var' })
  const bind: MountArgs = { path: '/srv/x', source: '/srv/y', fstype: 'none', options: ['bind'] }
  blocked({ source: { kind: 'absent' } }, 'make it with directory first', bind)
  blocked({ source: { kind: 'file' } }, 'is no directory', bind)
  blocked({ source: { kind: 'directory', refused: 'refused: /x is a link' } }, 'the source /srv/y: /x is a link', bind)
  checkCase(mount, { args: tmpfs, now: { ...mounted, unit: '/usr/lib/systemd/system/tmp.mount' }, expect: [] })
})

test('what is hidden is said', () => {
  const plan = planOf(mount(tmpfs), { ...nothing, filled: true }, {})
  assert.is(plan.kind === 'change' && plan.caution, 'what is in the directory /srv/a b is hidden by the mount')
})

const hex = (word: string): string => Buffer.from(word).toString('hex') || '-'
const answer = (stdout: string) => ({ code: 0, stdout, stderr: '' })
const FSTAB_ANSWER = answer(JSON.stringify({ parent: 'd', missing: [] }))
const read = (args: MountArgs, stdout: string): MountState =>
  mount(args).probe.parse(partsAnswer([answer(stdout), FSTAB_ANSWER]))
const line = (fstype: string, source: string, options: string, superOptions: string, same: string): string =>
  `place directory - -\nmount ${[fstype, source, options, superOptions].map(hex).join(' ')} ${same}
FragmentPath=/run/systemd/generator/x.mount\nno\n\0end`

test('what is mounted is compared by source and type', () => {
  const of = (source: string, fstype: string, options: readonly string[] = []): MountArgs => ({
    path: '/x',
    source,
    fstype,
    options,
  })
  const cases: readonly (readonly [MountArgs, string, boolean])[] = [
    [of('tmpfs', 'tmpfs'), line('tmpfs', 'none', 'rw', 'rw', '-'), false],
    [of('tmpfs', 'tmpfs'), line('ramfs', 'none', 'rw', 'rw', '-'), true],
    [of('UUID=1', 'ext4'), line('ext4', '/dev/vdb', 'rw', 'rw', 'yes'), false],
    [of('UUID=1', 'ext4'), line('ext4', '/dev/vdc', 'rw', 'rw', 'no'), true],
    [of('UUID=1', 'auto'), line('xfs', '/dev/vdb', 'rw', 'rw', 'yes'), false],
    [of('h:/a/', 'nfs'), line('nfs4', 'h:/a', 'rw', 'rw', '-'), false],
    [of('h:/a', 'nfs'), line('nfs4', 'h:/b', 'rw', 'rw', '-'), true],
    [of('h:/', 'nfs'), line('nfs4', 'h:/', 'rw', 'rw', '-'), false],
    [of('//h/s', 'cifs'), line('cifs', '//h/s', 'rw', 'rw', '-'), false],
    [of('u@h:/', 'sshfs'), line('fuse.sshfs', 'u@h:/', 'rw,nosuid,nodev', 'rw', '-'), false],
  ]
  for (const [args, said, isOther] of cases) assert.is(read(args, said).mounted?.isOther, isOther, said)
})

test('an answer that no host gives is refused', () => {
  const rest = 'FragmentPath=\nno\n\0end'
  assert.is(read(tmpfs, `place absent - -\n${rest}`).mounted, undefined)
  for (const said of [
    rest,
    'place absent - -\nno\n\0end',
    'place absent - -\nFragmentPath=\n\0end',
    `place absent - -\nmount 61 62 63 64\n${rest}`,
    `place absent - -\nmount 61 62 63 64 maybe\n${rest}`,
    `place nosuch - -\n${rest}`,
    'place absent - -\nFragmentPath=\nno\n',
  ])
    assert.throws(() => read(tmpfs, said), /cannot be asked for/, said)
})

test('refused before any host is asked', () => {
  const refused = (given: object, message: RegExp): void =>
    assert.throws(() => mount({ ...tmpfs, ...given }), message, JSON.stringify(given))
  for (const path of ['/', '/proc', '/proc/x', '/sys', '/dev', '/dev/pts', '/run', '/run/x', '/etc', '/usr', '/lib64'])
    refused({ path }, /belongs to the system/)
  for (const path of ['x', '/a/../b', '/a/', '', '/a\nb', '/a\tb']) refused({ path }, /path /)
  for (const source of ['', '#x', '-x', 'a\nb', '/a/../b']) refused({ source }, /source must/)
  for (const fstype of ['', 'a b', '-x', 'ext4,x', 'a\n']) refused({ fstype }, /fstype must be/)
  refused({ fstype: 'swap' }, /use swapFile/)
  refused({ fstype: 'none' }, /goes with the option bind/)
  refused({ fstype: 'none', options: ['bind'] }, /another directory of the host/)
  refused({ source: '/srv/a b', options: ['bind'] }, /another directory of the host/)
  for (const option of ['', 'a,b', 'a\nb']) refused({ options: [option] }, /options/)
  refused({ options: ['remount'] }, /remount is no option/)
  refused({ passno: 3 }, /passno must be 0, 1 or 2/)
  refused({ state: 'absent' }, /goes with nothing but path/)
  refused({ source: undefined }, /source and fstype are wanted/)
  mount({ ...tmpfs, path: '/dev/shm', options: ['context="a,b"', 'credentials=/etc/x', 'passwd_file=/x', 'noexec'] })
})

test('two tasks for one mount point, and one for the whole of fstab, are refused', () => {
  const one = mount(tmpfs)
  const message = /decides what mount \/srv\/a b .*decides already: leave one out$/
  assert.throws(() => refuseConflicts('mx1', [one, mount({ path: tmpfs.path, state: 'absent' })]), message)
  assert.throws(() => refuseConflicts('mx1', [one, file({ path: '/etc/fstab', content: '' })]), /\/etc\/fstab/)
  refuseConflicts('mx1', [one, mount({ ...tmpfs, path: '/srv/other' }), swapFile({ path: '/swapfile', size: '1G' })])
})

test('a password is refused, and not shown', () => {
  const shares = { path: '/x', fstype: 'cifs' } as const
  const given: readonly object[] = [
    { ...shares, source: '//h/s', options: ['password=hunter2'] },
    { ...shares, source: '//h/s', options: ['pass=hunter2'] },
    { ...shares, source: '//h/s', options: ['user=me%hunter2'] },
    { ...shares, source: '//h/s', options: ['secret=hunter2'] },
    { ...shares, source: 'https://me:hunter2@h/s' },
    { ...shares, source: '//h/s', options: [new Secret('password=hunter2')] },
  ]
  for (const args of given)
    assert.throws(
      () => mount(args as MountArgs),
      (error: Error) => !error.message.includes('hunter2') && /password|must be a list/.test(error.message),
      JSON.stringify(args),
    )
})

test.run()
