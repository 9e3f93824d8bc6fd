// The task mount on a real host: what becomes of fstab, of what is mounted and in use, and of a run that is killed. Has
// a lab of its own.
import * as assert from 'uvu/assert'
import { keyringFor } from '../../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../../src/commands/fleet/read-fleet.ts'
import type { Connection } from '../../src/engine/session/connection.ts'
import { connector } from '../../src/ssh/connector.ts'
import { testContext } from '../../src/testing/plan-of.ts'
import { tryTask, type Trial } from '../../src/testing/try-task.ts'
import { mount, type MountArgs } from '../../tasks/index.ts'
import type { MountState } from '../../tasks/mount.ts'
import { suite } from '../suite.ts'
import { diskIn } from './disk.ts'
import { inHost as onHost } from './in-host.ts'
import { killAtCall, wasKilled } from './killed-program.ts'
import { nameLab } from './own-lab.ts'

nameLab('mounts')
const lab = await import('../../lab/index.ts')
const test = suite('lab: mounts')

const inHost = (script: string): Promise<string> => onHost('mx1', script)
let connection: Connection

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  const { hosts } = await readFleet({ inventory: [lab.inventoryPath] }, new Map(), undefined, keyringFor({}))
  connection = await (await connector(hosts, {})).connect(hosts[0]!, new AbortController().signal)
})
test.after(async () => {
  connection.close()
  await lab.labDown()
})

const trial = (args: MountArgs, on = connection): Promise<Trial<MountState>> =>
  tryTask(mount(args), on, testContext({}))

/** What it does: keeps all laws, and has nothing to do afterwards. */
async function does(args: MountArgs, on = connection): Promise<readonly string[]> {
  const { plan, broken } = await trial(args, on)
  assert.equal(broken, [])
  assert.is((await trial(args, on)).plan.kind, 'ok')
  return plan.kind === 'change' ? plan.changes.map(({ summary }) => summary) : []
}

/** Why it cannot be planned, or what it says as it fails. */
async function failure(args: MountArgs): Promise<string> {
  const { plan } = await trial(args).catch((error: unknown) => ({ plan: error as Error }))
  if (plan instanceof Error) return plan.message
  if (plan.kind === 'blocked') return plan.why
  throw new Error(`it did not fail: ${JSON.stringify(plan)}`)
}

const STORED = ['fstab: content', 'load fstab']
const OTHERS = '# mine\\nproc\\t/proc  proc defaults\\nUUID=none /nosuch\\\\040disk ext4 noauto 0 2\\n\\n'
const options = (path: string): Promise<string> =>
  inHost(`awk '$5 == "${path}" { print $6 }' /proc/self/mountinfo | sed 's/,relatime//'`)

test('one line of fstab is changed, all others stay as they are', async () => {
  await inHost(`printf '${OTHERS}' > /etc/fstab`)
  const tmpfs = { path: '/srv/a b', source: 'tmpfs', fstype: 'tmpfs' } as const
  assert.equal(await does({ ...tmpfs, options: ['size=1m'] }), ['create', ...STORED, 'mount'])
  assert.is(
    await inHost('tail -n 1 /etc/fstab; stat -c "%U %a" /srv'),
    'tmpfs /srv/a\\040b tmpfs size=1m 0 0\nroot 755',
  )
  assert.equal(await does({ path: '/srv/a b', state: 'absent' }), ['unmount tmpfs (tmpfs)', ...STORED])
  assert.is(await inHost(`printf '${OTHERS}' | cmp - /etc/fstab; test -d '/srv/a b' && echo kept`), 'kept')
})

test('options are changed in place: files of a tmpfs are still there', async () => {
  const args = { path: '/srv/opt', source: 'tmpfs', fstype: 'tmpfs' } as const
  await does({ ...args, options: ['size=2m', 'nosuid'] })
  await inHost('echo kept > /srv/opt/file')
  assert.equal(await does({ ...args, options: ['size=4m', 'noexec', 'nodev'] }), [
    'remount with suid, nodev, noexec, size=4m',
    ...STORED,
  ])
  assert.is(await options('/srv/opt'), 'rw,nodev,noexec')
  assert.equal(await does({ ...args, options: ['size=4m', 'noexec', 'nodev', 'nofail'] }), STORED)
  await inHost('mount -o remount,exec,dev /srv/opt')
  assert.equal(await does({ ...args, options: ['size=4m', 'noexec', 'nodev', 'nofail'] }), [
    'remount with nodev, noexec',
  ])
  assert.is(await inHost('cat /srv/opt/file'), 'kept')
  await inHost('head -c 3000000 /dev/zero > /srv/opt/large')
  assert.match(await failure({ ...args, options: ['size=1m'] }), /an unmount would lose what it holds/)
  assert.is(await inHost('cat /srv/opt/file; grep -c size=4m /etc/fstab'), 'kept\n1')
  await does({ path: '/srv/opt', state: 'absent' })
})

test('a bind mount follows its source, and gets and loses options', async () => {
  await inHost('mkdir -p /srv/one /srv/two; touch /srv/one/1 /srv/two/2')
  const args = { path: '/srv/bound', fstype: 'none' } as const
  await does({ ...args, source: '/srv/one', options: ['bind'] })
  assert.equal(await does({ ...args, source: '/srv/one', options: ['bind', 'ro', 'nodev'] }), [
    'remount with ro, nodev',
    ...STORED,
  ])
  assert.is(
    await inHost('touch /srv/bound/x 2>/dev/null || echo read-only; touch /srv/one/3; ls /srv/bound'),
    'read-only\n1\n3',
  )
  assert.equal(await does({ ...args, source: '/srv/one', options: ['bind'] }), ['remount', ...STORED])
  assert.match(
    (await does({ ...args, source: '/srv/two', options: ['bind'] })).join(),
    /mount in the place of .*overlay/,
  )
  assert.is(await inHost('ls /srv/bound'), '2')
  await inHost('rm -r /srv/two; mkdir /srv/two')
  assert.match((await does({ ...args, source: '/srv/two', options: ['bind'] })).join(), /mount in the place of/)
  await does({ path: '/srv/bound', state: 'absent' })
})

test('what is in use is not unmounted, and who uses it is said', async () => {
  const args = { path: '/srv/busy', source: 'tmpfs', fstype: 'tmpfs' } as const
  await does(args)
  await inHost(`cp /bin/sleep /srv/busy/busy-one; setsid /srv/busy/busy-one 300 >/dev/null 2>&1 </dev/null &`)
  assert.match(
    await failure({ path: '/srv/busy', state: 'unmounted' }),
    /target is busy[^]*it is used by busy-one \(process \d+\): stop them first/,
  )
  await inHost('kill $(pidof busy-one); mkdir /srv/busy/in; mount -t tmpfs none /srv/busy/in')
  assert.match(
    await failure({ path: '/srv/busy', state: 'absent' }),
    /in it is mounted: \/srv\/busy\/in: unmount that first/,
  )
  assert.is(await inHost('grep -c /srv/busy /etc/fstab'), '1')
  await does({ path: '/srv/busy/in', state: 'unmounted' })
  await does({ path: '/srv/busy', state: 'absent' })
})

test('what cannot be mounted leaves fstab as it was, or says why', async () => {
  const before = await inHost('cat /etc/fstab')
  const disk = { path: '/srv/disk', source: 'UUID=11111111-2222-3333-4444-555555555555', fstype: 'ext4' } as const
  assert.match(await failure(disk), /findmnt refuses the line "UUID=1[^]*unreachable on boot required source/)
  assert.is(await inHost('cat /etc/fstab'), before)
  assert.match(await failure({ ...disk, options: ['nofail'] }), /mount: .*can't find UUID=1/)
  await does({ path: '/srv/disk', state: 'absent' })
  await inHost('mkdir -p /srv/gone')
  const bind = { path: '/srv/gone', source: '/srv/nosuch', fstype: 'none', options: ['bind'] } as const
  assert.match(await failure(bind), /the source \/srv\/nosuch is not there: make it with directory first/)
})

test('what was mounted comes back where the other one cannot be', async () => {
  const args = { path: '/srv/swapped', source: 'tmpfs', fstype: 'tmpfs' } as const
  await does({ ...args, options: ['size=1m'] })
  const bad = { path: '/srv/swapped', source: 'overlay', fstype: 'overlay', options: ['lowerdir=/nosuch'] }
  assert.match(await failure(bad), /what was mounted before is mounted again/)
  assert.is(await inHost('findmnt -no FSTYPE /srv/swapped'), 'tmpfs')
  await does({ path: '/srv/swapped', state: 'absent' })
})

test('a disk is known by its UUID, its device and its options', async () => {
  const disk = await diskIn('mx1', 16)
  try {
    const { device, shell } = disk
    const args = { path: '/srv/disk', source: `UUID=${disk.uuid}`, fstype: 'ext4' } as const
    const check = ['noatime', 'commit=30', 'nofail']
    await inHost('mkdir -p /srv/disk')
    assert.equal(await does({ ...args, options: check, passno: 2 }, shell), [...STORED, 'mount'])
    assert.is(await options('/srv/disk'), 'rw,noatime')
    assert.equal(await does({ ...args, options: ['ro', 'nosuid', 'nofail'], passno: 2 }, shell), [
      'remount with ro, nosuid, atime',
      ...STORED,
    ])
    assert.is(await inHost(`tail -n 1 /etc/fstab`), `UUID=${disk.uuid} /srv/disk ext4 ro,nosuid,nofail 0 2`)
    // The same disk by another name: nothing is mounted anew.
    assert.equal(await does({ ...args, source: device, options: ['nofail'] }, shell), ['remount with suid', ...STORED])
    assert.is(await options('/srv/disk'), 'rw')
    await inHost('umount /srv/disk; mount -t tmpfs none /srv/disk')
    assert.equal(await does({ ...args, source: device, options: ['nofail'] }, shell), [
      'mount in the place of none (tmpfs)',
    ])
    await does({ path: '/srv/disk', state: 'absent' }, shell)
  } finally {
    await disk.remove()
  }
})

test('a path that others can redirect is refused, and so is a link', async () => {
  await inHost(`
mkdir -p /srv/his/deep/er /srv/real; chown mail /srv/his
ln -sfn /srv/real /srv/link; mkdir -p /srv/real/in; touch /srv/file`)
  const tmpfs = { source: 'tmpfs', fstype: 'tmpfs' } as const
  const bind = { fstype: 'none', options: ['bind'] } as const
  const refused: readonly (readonly [MountArgs, RegExp])[] = [
    [{ path: '/srv/his/deep', ...tmpfs }, /below \/srv\/his, which mail can write/],
    [{ path: '/srv/his/new/er', ...tmpfs }, /below \/srv\/his, which mail can write/],
    [{ path: '/tmp/x', ...tmpfs }, /below \/tmp, which others than root can write/],
    [{ path: '/srv/link', ...tmpfs }, /is a symbolic link/],
    [{ path: '/srv/link/in', ...tmpfs }, /leads to \/srv\/real\/in/],
    [{ path: '/srv/file', ...tmpfs }, /is no directory/],
    [{ path: '/srv/real', source: '/srv/his/deep', ...bind }, /the source .* below \/srv\/his/],
    [{ path: '/srv/real', source: '/srv/link/in', ...bind }, /the source .* leads to/],
    [{ path: '/var', ...tmpfs }, /what is in it would be hidden/],
  ]
  const before = await inHost('cat /etc/fstab')
  for (const [args, why] of refused) assert.match(await failure(args), why)
  assert.is(await inHost('cat /etc/fstab'), before)
})

test('a unit of somebody’s own is not doubled, and systemd’s automount goes', async () => {
  await inHost(`
mkdir -p /srv/unit /srv/auto
printf '[Mount]\\nWhat=tmpfs\\nWhere=/srv/unit\\nType=tmpfs\\n' > /etc/systemd/system/srv-unit.mount
systemctl daemon-reload`)
  assert.match(
    await failure({ path: '/srv/unit', source: 'tmpfs', fstype: 'tmpfs' }),
    /\/etc\/systemd\/system\/srv-unit.mount mounts at \/srv\/unit already/,
  )
  await does({
    path: '/srv/auto',
    source: 'tmpfs',
    fstype: 'tmpfs',
    options: ['noauto', 'x-systemd.automount'],
    state: 'present',
  })
  const isThere = await inHost(
    'systemctl start srv-auto.automount 2>&1; awk \'$5 == "/srv/auto"\' /proc/self/mountinfo | wc -l',
  )
  const done = await does({ path: '/srv/auto', state: 'absent' })
  // A container may have no autofs.
  if (isThere.endsWith('1')) assert.match(done.join(), /^unmount/)
  assert.is(
    await inHost('grep -c /srv/auto /proc/self/mountinfo /etc/fstab || true'),
    '/proc/self/mountinfo:0\n/etc/fstab:0',
  )
})

const READ_ONLY = `umount -q /srv/k; mkdir -p /srv/k; sed -i '/srv.k/d' /etc/fstab
echo 'tmpfs /srv/k tmpfs ro 0 0' >> /etc/fstab; mount /srv/k`
const KILLED: readonly (readonly [title: string, args: MountArgs, given: string, programs: readonly string[]])[] = [
  [
    'a new mount',
    { path: '/srv/k', source: 'tmpfs', fstype: 'tmpfs', options: ['noexec', 'size=1m'] },
    'umount -q /srv/k; rmdir /srv/k; sed -i "/srv.k/d" /etc/fstab',
    ['systemctl', 'mount'],
  ],
  [
    'other options',
    { path: '/srv/k', source: 'tmpfs', fstype: 'tmpfs', options: ['noexec', 'size=1m', 'uid=8'] },
    READ_ONLY,
    ['systemctl', 'mount'],
  ],
  [
    'another source',
    { path: '/srv/k', source: '/srv/real', fstype: 'none', options: ['bind', 'nodev'] },
    READ_ONLY,
    ['findmnt', 'systemctl', 'umount', 'mount'],
  ],
  ['no more', { path: '/srv/k', state: 'absent' }, `${READ_ONLY}; mount -t tmpfs none /srv/k`, ['systemctl', 'umount']],
]
for (const [title, args, given, programs] of KILLED) {
  test(`killed at any moment, the next run does the whole: ${title}`, async () => {
    const look = 'grep /srv/k /etc/fstab; findmnt -no SOURCE,FSTYPE,VFS-OPTIONS /srv/k; find /etc -name ".fstab*"; true'
    await inHost(`(${given}); systemctl daemon-reload`)
    await does(args)
    const expected = await inHost(look)
    let killed = 0
    for (const program of programs) {
      for (let call = 1; ; call += 1) {
        await inHost(`(${given}) 2>/dev/null; systemctl daemon-reload`)
        await killAtCall('mx1', program, call)
        const ended = await failure(args).catch(() => 'it went on')
        if (!(await wasKilled('mx1', program))) break
        killed += 1
        assert.equal((await trial(args)).broken, [], `${program} ${call}: ${ended}`)
        assert.is(await inHost(look), expected, `${program} ${call}: ${ended}`)
      }
    }
    assert.ok(killed >= programs.length, `${killed} times`)
  })
}

test.run()
