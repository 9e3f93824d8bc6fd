// File systems that are full, out of inodes, read-only, noexec, or hold what cannot be changed. Has a lab of its own.
import * as assert from 'uvu/assert'
import { faultSuite, faulty, inHost, run } from './faulty.ts'

const test = faultSuite('lab: faults of file systems')

const FILE = "t.file({ path: '/srv/small/file', content: 'y'.repeat(20000) })"
const mounted = (options: string, then: string): string => `mkdir -p /srv/small
mount -t tmpfs -o ${options} none /srv/small
printf before > /srv/small/file
${then}`
/** What stands there afterwards, reported by the lift of the fault. */
const REPORTED = `cat /srv/small/file > /srv/reported
ls -A /srv/small >> /srv/reported
umount -l /srv/small
mkdir -p /srv/small`
const FILL = 'head -c 70000 /dev/zero > /srv/small/full 2>/dev/null; :'

for (const [what, make, says] of [
  [
    'full',
    mounted('size=64k', FILL),
    new RegExp(
      String.raw`file /srv/small/file: content: [\s\S]*No space left on device[\s\S]*\n` +
        '→ the file system is full, or has no inodes left: see df -h and df -i',
    ),
  ],
  [
    'out of inodes',
    mounted('nr_inodes=3', ': > /srv/small/full'),
    /\/srv\/small\/\.file\.mailrun-new: No space left on device\n→ .*df -i/,
  ],
  [
    'read-only',
    mounted('size=64k', ': > /srv/small/full; mount -o remount,ro /srv/small'),
    /Read-only file system\n→ the file system is read-only: see mount/,
  ],
] as const) {
  test(`a target's file system that is ${what}: the file stays whole, and nothing is left beside it`, async () => {
    await inHost('mx2', 'mkdir -p /srv/small')
    await inHost('mx3', 'mkdir -p /srv/small')
    await faulty({ on: 'mx1', make, lift: REPORTED, tasks: FILE, code: 3, status: 'failed', says })
    assert.is(await inHost('mx1', 'cat /srv/reported'), 'beforefile\nfull')
  })
}

test('a key for which there is no room is reported as that, and no empty one stays', async () => {
  await inHost('mx1', 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim openssl')
  await inHost(
    'mx1',
    `mkdir -p /srv/keys
mount -t tmpfs -o size=16k,mode=755 none /srv/keys
mkdir /srv/keys/example.org
chown -R opendkim:opendkim /srv/keys
head -c 70000 /dev/zero > /srv/keys/full 2>/dev/null
:`,
  )
  const tasks = "t.dkimKey({ domain: 'example.org', selector: 'mx1', directory: '/srv/keys' })"
  const full = await run(tasks, '--limit', 'mx1')
  assert.is(full.code, 3)
  assert.match(
    full.error('mx1'),
    /\/srv\/keys\/example\.org\/\.mx1\.private\.mailrun-new: No space left on device\n→ the file system is full/,
  )
  assert.is(await inHost('mx1', 'ls -A /srv/keys/example.org; rm /srv/keys/full'), '')
  const ran = await run(tasks, '--limit', 'mx1')
  assert.is(ran.code, 0, ran.error('mx1'))
  const check = 'openssl pkey -in /srv/keys/example.org/mx1.private -check -noout; ls -A /srv/keys/example.org'
  assert.is(await inHost('mx1', `${check}; umount -l /srv/keys`), 'Key is valid\nmx1.private')
})

const CANNOT_WRITE = new RegExp(
  'cannot write /run/mailrun/(?:lock|progress): is its file system full or read-only' +
    String.raw`\? \(df -h, df -i, mount\)`,
)
for (const [what, options, then] of [
  ['full', 'size=8k', 'head -c 20000 /dev/zero > /run/mailrun/full 2>/dev/null; :'],
  ['out of inodes', 'nr_inodes=1', ':'],
  ['read-only', 'ro', ':'],
] as const) {
  test(`/run/mailrun on a file system that is ${what} is named, and nothing is changed`, async () => {
    await faulty({
      on: 'mx2',
      make: `mkdir -p /run/mailrun
mount -t tmpfs -o ${options} none /run/mailrun
${then}`,
      lift: 'umount -l /run/mailrun',
      tasks: '',
      code: 3,
      status: 'failed',
      says: CANNOT_WRITE,
    })
  })
}

test('/run/mailrun without room for what a command prints: that is lost, the command is not', async () => {
  const full = 'mkdir -p /run/mailrun; mount -t tmpfs -o size=16k none /run/mailrun'
  await inHost('mx1', full)
  const ran = await run("t.command({ run: 'yes | head -c 3000000; echo done > /srv/printed' })", '--limit', 'mx1')
  await inHost('mx1', 'umount -l /run/mailrun')
  assert.is(ran.code, 0, ran.error('mx1'))
  assert.is(await inHost('mx1', 'cat /srv/printed'), 'done')
})

test('a file system that is full where dpkg writes', async () => {
  await faulty({
    on: 'mx1',
    make: `mount -t tmpfs -o size=60k none /var/lib/dpkg/info
head -c 100000 /dev/zero > /var/lib/dpkg/info/full 2>/dev/null
:`,
    lift: 'umount -l /var/lib/dpkg/info',
    tasks: "t.apt({ packages: ['mailrun-canary'] })",
    code: 3,
    status: 'failed',
    says: /\/var\/lib\/dpkg\/info\/[\s\S]*No space left on device\n→ the file system is full/,
  })
})

const NOEXEC = `mount -t tmpfs -o size=4k,noexec none /tmp
head -c 20000 /dev/zero > /tmp/full 2>/dev/null
for d in /var/tmp /run; do
  mount --bind $d $d
  mount -o remount,bind,noexec $d
done`
const COLOUR = "{ package: 'mailrun-canary', question: 'mailrun-canary/colour', type: 'select', value: 'red' }"
test('/tmp full and noexec, /var/tmp and /run noexec: nothing of it is needed', async () => {
  await inHost('mx3', NOEXEC)
  const tasks = [
    `t.apt({ packages: ['mailrun-canary'], debconf: [${COLOUR}], state: 'latest' })`,
    "t.service({ unit: 'mailrun-canary.service', state: 'running', restartOn: ['/etc/mailrun-canary.conf'] })",
    "t.file({ path: '/srv/large', content: 'q'.repeat(3000000) })",
  ].join(', ')
  await inHost('mx3', 'apt-get -qqy purge mailrun-canary')
  const ran = await run(tasks, '--limit', 'mx3')
  const again = await run(tasks, '--limit', 'mx3')
  // Whoever has just logged out may still have a file open there.
  await inHost('mx3', 'umount -l /tmp /var/tmp /run')
  assert.equal([ran.code, again.code, again.status('mx3')], [0, 0, 'ok'], ran.error('mx3') + again.error('mx3'))
  assert.is(await inHost('mx3', 'cat /etc/mailrun-canary.colour'), 'red')
})

test('an immutable file is reported as such', async () => {
  await faulty({
    on: 'mx1',
    make: 'printf x > /srv/fixed; chattr +i /srv/fixed',
    lift: 'chattr -i /srv/fixed',
    tasks: "t.file({ path: '/srv/fixed', content: 'y' })",
    code: 3,
    status: 'failed',
    says: /\/srv\/fixed'?: Operation not permitted\n→ root is refused: is the file immutable \(lsattr; chattr -i\)/,
  })
  assert.is(await inHost('mx1', 'ls -A /srv | grep -c mailrun-new || :'), '0')
})

test.run()
