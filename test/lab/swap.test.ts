// The task swapFile where the kernel may swap: on a disk of its own in a host, over a shell that no container limits.
// What it does where the kernel refuses is seen over ssh. Has a lab of its own, and needs loop devices and mkfs.ext4.
import * as assert from 'uvu/assert'
import { keyringFor } from '../../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../../src/commands/fleet/read-fleet.ts'
import type { Connection } from '../../src/engine/session/connection.ts'
import { connector } from '../../src/ssh/connector.ts'
import { testContext } from '../../src/testing/plan-of.ts'
import { tryTask, type Trial } from '../../src/testing/try-task.ts'
import { swapFile, type SwapFileArgs } from '../../tasks/index.ts'
import type { SwapFileState } from '../../tasks/swap-file.ts'
import { suite } from '../suite.ts'
import { diskIn, type Disk } from './disk.ts'
import { inHost as onHost } from './in-host.ts'
import { killAtCall, wasKilled } from './killed-program.ts'
import { nameLab } from './own-lab.ts'

nameLab('swap')
const lab = await import('../../lab/index.ts')
const test = suite('lab: swap')

const inHost = (script: string): Promise<string> => onHost('mx1', script)
/** proc_swaps(5) has the areas of all hosts of this kernel: no two labs at once may have one path. */
const DISK = `/srv/disk-${process.pid}`
const PATH = `${DISK}/swap file`
let disk: Disk | undefined

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  disk = await diskIn('mx1', 192, DISK)
})
test.after(async () => {
  await inHost(`for each in ${DISK}/* ${DISK}/.[!.]*; do swapoff "$each" 2>/dev/null; done; true`)
  await disk?.remove()
  await lab.labDown()
})

const trial = (args: SwapFileArgs, on = disk!.shell): Promise<Trial<SwapFileState>> =>
  tryTask(swapFile(args), on, testContext({}))

/** What it does: keeps all laws, and has nothing to do afterwards. */
async function does(args: SwapFileArgs): Promise<readonly string[]> {
  const { plan, broken } = await trial(args)
  assert.equal(broken, [])
  assert.is((await trial(args)).plan.kind, 'ok')
  return plan.kind === 'change' ? plan.changes.map(({ summary }) => summary) : []
}

async function failure(args: SwapFileArgs, on?: Connection): Promise<string> {
  const { plan } = await trial(args, on).catch((error: unknown) => ({ plan: error as Error }))
  if (plan instanceof Error) return plan.message
  throw new Error(`it did not fail: ${JSON.stringify(plan)}`)
}

/** Size in MiB and priority of each area below the disk, by the kernel; what lies there; the lines of fstab. */
const LOOK = `
awk 'index($1, "${DISK}/") == 1 { print $1, int($3 / 1024 + 0.5), $5 < 0 ? "auto" : $5 }' /proc/swaps
stat -c '%n %U:%G %a' ${DISK}/*swap* ${DISK}/.*swap* 2>/dev/null
grep swap /etc/fstab`
const look = (): Promise<string> => inHost(`${LOOK} || true`)
const looksLike = (size: number, priority: number | string, options: string): string =>
  `${DISK}/swap\\040file ${size} ${priority}
${DISK}/swap file root:root 600
${DISK}/swap\\040file none swap ${options} 0 0`

const none = async (): Promise<void> => {
  await does({ path: PATH, state: 'absent' })
  assert.is(await look(), '')
}

test('it is made and used, gets another size and priority, and goes', async () => {
  assert.equal(await does({ path: PATH, size: '32M', priority: 7 }), ['create and use', 'fstab: content', 'load fstab'])
  assert.is(await look(), looksLike(32, 7, 'sw,pri=7'))
  assert.equal(await does({ path: PATH, size: '48M', priority: 7 }), ['32 MiB → 48 MiB'])
  assert.equal(await does({ path: PATH, size: '16M', priority: 7 }), ['48 MiB → 16 MiB'])
  assert.equal(await does({ path: PATH, size: '16M', priority: 9 }), ['priority 7 → 9', 'fstab: content', 'load fstab'])
  assert.is(await look(), looksLike(16, 9, 'sw,pri=9'))
  await inHost(`swapoff '${PATH}'; chmod 644 '${PATH}'`)
  assert.equal(await does({ path: PATH, size: '16M', priority: 9 }), ['use'])
  assert.equal(await does({ path: PATH, state: 'absent' }), ['stop', 'fstab: content', 'load fstab', 'remove'])
  assert.is(await look(), '')
})

test('what somebody has set up by hand is taken over, and has one line', async () => {
  await inHost(`cd ${DISK}; fallocate -l 16M 'swap file'; chmod 600 'swap file'; mkswap 'swap file' >/dev/null
swapon 'swap file'
printf '# swap here\\n${DISK}/swap\\\\040file\\tnone\\tswap\\tdefaults,discard\\t0\\t0\\n' >> /etc/fstab
systemctl daemon-reload`)
  assert.equal(await does({ path: PATH, size: '16M' }), [])
  const [first, ...others] = await does({ path: PATH, size: '16M', priority: 3 })
  // The kernel counts down, whoever swaps.
  assert.match(first!, /^priority -\d+ → 3$/)
  assert.equal(others, ['fstab: content', 'load fstab'])
  assert.match(await look(), /\nswap.*\n|defaults,discard,pri=3 0 0$/)
  await does({ path: PATH, state: 'absent' })
  assert.is(await inHost(`grep -c . /etc/fstab; grep -F '# swap here' /etc/fstab`), '2\n# swap here')
  await inHost(`sed -i '/swap here/d' /etc/fstab`)
})

test('data in the way is never overwritten', async () => {
  await inHost(`seq 1000000 > '${PATH}'`)
  const digest = await inHost(`sha256sum < '${PATH}'`)
  for (const args of [
    { path: PATH, size: '16M' },
    { path: PATH, state: 'absent' },
  ] as const) {
    const { plan } = await trial(args)
    assert.match(plan.kind === 'blocked' ? plan.why : plan.kind, /holds no swap area/)
  }
  assert.is(await inHost(`sha256sum < '${PATH}'; rm '${PATH}'`), digest)
})

test('a file with holes is made anew', async () => {
  await inHost(`truncate -s 16M '${PATH}'; chmod 600 '${PATH}'; mkswap '${PATH}' >/dev/null`)
  assert.equal((await does({ path: PATH, size: '16M' }))[0], 'without holes')
  await none()
})

test('without room on the disk or in the memory the former file stays in use', async () => {
  await does({ path: PATH, size: '32M' })
  const before = await look()
  assert.match(await failure({ path: PATH, size: '150M' }), /the disk has \d+ MiB free .* beside the present one/)
  assert.is(await look(), before)
  // As if 30 MiB were swapped out, and no memory were free.
  await inHost(`
sed 's/^MemAvailable:.*/MemAvailable: 2048 kB/' /proc/meminfo > /run/meminfo
awk 'index($1, "${DISK}/") == 1 { $4 = 30720 } { print }' /proc/swaps > /run/swaps
mount --bind /run/meminfo /proc/meminfo; mount --bind /run/swaps /proc/swaps`)
  const said = await failure({ path: PATH, size: '16M' })
  const stopped = await failure({ path: PATH, state: 'absent' })
  await inHost('umount /proc/meminfo /proc/swaps')
  for (const each of [said, stopped])
    assert.match(each, /holds 30 MiB that is swapped out, and the memory has room for 0/)
  assert.is(await look(), before)
  await none()
})

test('where the kernel takes the new one no more, the former one comes back', async () => {
  await does({ path: PATH, size: '16M' })
  const before = await look()
  await inHost(`cat > /usr/local/sbin/swapon <<'end'
#!/bin/sh
echo >> /run/calls
[ "$(wc -l < /run/calls)" = 2 ] && { echo 'swapon: no more' >&2; exit 255; }
exec /usr/sbin/swapon "$@"
end
chmod +x /usr/local/sbin/swapon`)
  const said = await failure({ path: PATH, size: '32M' })
  await inHost('rm /usr/local/sbin/swapon /run/calls')
  assert.match(said, /swapon: no more[^]*does not swap on the new file: the former one is there again/)
  assert.is(await look(), before)
  await none()
})

test('an overlay, a tmpfs and a container without the right: the kernel’s words, and nothing is left', async () => {
  const left = `ls -A /srv/over /srv/mem; cat /etc/fstab; grep -e /srv/over -e /srv/mem /proc/swaps || true`
  await inHost('mkdir -p /srv/over /srv/mem; mount -t tmpfs -o size=200m,mode=755 none /srv/mem')
  const before = await inHost(left)
  for (const path of ['/srv/over/swap', '/srv/mem/swap'])
    assert.match(await failure({ path, size: '8M' }), /swapon failed: Invalid argument[^]*does not swap on a file at/)
  const { hosts } = await readFleet({ inventory: [lab.inventoryPath] }, new Map(), undefined, keyringFor({}))
  const ssh = await (await connector(hosts, {})).connect(hosts[0]!, new AbortController().signal)
  try {
    assert.match(await failure({ path: PATH, size: '8M' }, ssh), /swapon failed: Operation not permitted/)
  } finally {
    ssh.close()
  }
  assert.is(await look(), '')
  assert.is(await inHost(left), before)
  await inHost('umount /srv/mem')
})

test('a file below a directory of somebody’s is refused', async () => {
  await inHost(`mkdir -p ${DISK}/his/deep ${DISK}/mine; chown mail ${DISK}/his; ln -s ${DISK}/mine /srv/l`)
  const why = async (path: string): Promise<string> => {
    const { plan } = await trial({ path, size: '8M' })
    return plan.kind === 'blocked' ? plan.why : plan.kind
  }
  assert.match(await why(`${DISK}/his/deep/swap`), `is below ${DISK}/his, which mail can write`)
  assert.match(await why('/srv/l/swap'), `leads to ${DISK}/mine/swap: name that path`)
})

const CLEAN = `
for each in ${DISK}/*swap* ${DISK}/.*swap*; do swapoff "$each" 2>/dev/null; done
rm -f ${DISK}/*swap* ${DISK}/.*swap*
sed -i /swap/d /etc/fstab`
const IN_USE = `${CLEAN}
fallocate -l 16M '${PATH}'; chmod 600 '${PATH}'; mkswap '${PATH}' >/dev/null; swapon '${PATH}'
printf '%s\\n' '${DISK}/swap\\040file none swap sw 0 0' >> /etc/fstab`

/** Killed at every call of every program that a change runs. */
const KILLED: readonly (readonly [args: SwapFileArgs, given: string, programs: readonly string[]])[] = [
  [{ path: PATH, size: '16M' }, CLEAN, ['fallocate', 'mkswap', 'swapon', 'swapoff']],
  [{ path: PATH, size: '24M', priority: 5 }, IN_USE, ['mkswap', 'swapon', 'swapoff', 'systemctl']],
  [{ path: PATH, state: 'absent' }, IN_USE, ['swapoff', 'systemctl']],
]
for (const [args, given, programs] of KILLED) {
  test(`killed at any moment, the next run does the whole: ${JSON.stringify(args)}`, async () => {
    let killed = 0
    for (const program of programs) {
      for (let call = 1; ; call += 1) {
        await inHost(given)
        await killAtCall('mx1', program, call)
        const ended = await failure(args).catch(() => 'it went on')
        if (!(await wasKilled('mx1', program))) break
        killed += 1
        const at = `${program} ${call}: ${ended}`
        assert.equal((await trial(args)).broken, [], at)
        assert.is(await look(), expectedOf(args), at)
      }
    }
    assert.ok(killed >= programs.length, `${killed} times`)
    await inHost(CLEAN)
  })
}
const expectedOf = (args: SwapFileArgs): string =>
  args.state === 'absent' ? '' : looksLike(Number.parseInt(args.size, 10), args.priority ?? 'auto', optionsOf(args))
const optionsOf = ({ priority }: SwapFileArgs): string => (priority === undefined ? 'sw' : `sw,pri=${priority}`)

test.run()
