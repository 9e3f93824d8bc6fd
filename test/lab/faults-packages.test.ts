// dpkg and apt in trouble: interrupted, broken, without a repository, with one that hangs or lies. Has a lab of its
// own.
import * as assert from 'uvu/assert'
import { HOLDER_GONE, lockHeld } from './apt-lock.ts'
import { faultSuite, faulty, inHost, run } from './faulty.ts'

const test = faultSuite('lab: faults of packages')

const CANARY = "t.apt({ packages: ['mailrun-canary'] })"
const PURGE = 'apt-get -qqy purge mailrun-canary >/dev/null 2>&1'
const OLD_LISTS = 'touch -d "3 hours ago" /var/lib/apt/lists'
/** A package of its own, at /srv/NAME.deb. */
const made = (name: string, depends: string, postinst: string): string => `d=$(mktemp -d)
mkdir $d/DEBIAN
printf '${control(name, depends)}' > $d/DEBIAN/control
printf '#!/bin/sh\\n${postinst}\\n' > $d/DEBIAN/postinst
chmod 755 $d $d/DEBIAN/postinst
dpkg-deb -b $d /srv/${name}.deb >/dev/null`
const control = (name: string, depends: string): string =>
  `Package: ${name}\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@fleet.test>\\n${depends}Description: x\\n`
const installed = (name: string): string => `dpkg -i /srv/${name}.deb >/dev/null 2>&1 || :`
const fresh = async (): Promise<void> => {
  for (const host of ['mx1', 'mx2', 'mx3'] as const) await inHost(host, PURGE)
}
const version = (name: string): Promise<string> => inHost('mx1', `dpkg-query -W -f '\${db:Status-Abbrev}' ${name} || :`)

test('dpkg killed in the middle of a package is finished', async () => {
  await inHost(
    'mx1',
    `setsid apt-get -qqy install mailrun-slow >/dev/null 2>&1 </dev/null &
sleep 3
pkill -9 -x apt-get
pkill -9 -x dpkg
pkill -9 -f mailrun-slow.postinst
sleep 0.3
ls /var/lib/dpkg/updates/0000`,
  )
  const ran = await run("t.apt({ packages: ['mailrun-slow'] })", '--limit', 'mx1')
  assert.equal(
    [ran.code, ran.hosts[0]!.tasks[0]!.changes],
    [0, ['finish what dpkg was interrupted in, repair mailrun-slow']],
    ran.error('mx1'),
  )
  assert.is(await version('mailrun-slow'), 'ii')
})

const UNPACKED = 'dpkg --unpack /srv/mailrun-lab/opendkim_*.deb >/dev/null 2>&1'
test('apt killed between a package and what it depends on is finished', async () => {
  await inHost('mx1', UNPACKED)
  assert.is(await version('opendkim'), 'iU')
  const ran = await run(CANARY, '--limit', 'mx1')
  assert.is(ran.code, 0, ran.error('mx1'))
  assert.equal([await version('opendkim'), await version('mailrun-canary')], ['ii', 'ii'])
  await inHost('mx1', `apt-get -qqy purge opendkim >/dev/null 2>&1; ${UNPACKED}`)
  const own = await run("t.apt({ packages: ['opendkim'] })", '--limit', 'mx1')
  assert.is(own.code, 0, own.error('mx1'))
})

const NEEDY =
  'another package that depends on what nobody has: said with the way out, and nothing is removed; it can be removed'
test(NEEDY, async () => {
  await fresh()
  await faulty({
    on: 'mx1',
    make: `${made('needy', 'Depends: no-such-package\\n', 'exit 0')}\n${installed('needy')}`,
    lift: `dpkg-query -W -f '\${db:Status-Abbrev}' needy > /srv/reported`,
    tasks: CANARY,
    code: 3,
    status: 'failed',
    says: /needy[\s\S]*→ packages on the host are broken: see apt-get check, fix them with apt --fix-broken install/,
    next: "t.apt({ packages: ['needy'], state: 'absent' })",
  })
  assert.match(await inHost('mx1', 'cat /srv/reported'), /^iU/)
})

test('another package whose postinst fails is named, with what it said', async () => {
  await fresh()
  await faulty({
    on: 'mx1',
    make: `${made('doomed', '', 'echo doom is here >&2; exit 1')}\n${installed('doomed')}`,
    lift: 'dpkg --purge --force-all doomed >/dev/null 2>&1',
    tasks: CANARY,
    code: 3,
    status: 'failed',
    says: /doom is here[\s\S]*error processing package doomed/,
  })
})

test('a conffile that was changed and one that is gone ask nobody', async () => {
  await inHost(
    'mx1',
    `${PURGE}
apt-get -qqy install mailrun-canary=1.0 >/dev/null 2>&1
echo 'SONG="mine"' > /etc/mailrun-canary.conf`,
  )
  const ran = await run("t.apt({ packages: ['mailrun-canary'], state: 'latest' })", '--limit', 'mx1')
  assert.is(ran.code, 0, ran.error('mx1'))
  assert.is(await inHost('mx1', 'cat /etc/mailrun-canary.conf'), 'SONG="mine"')
})

test('no source any more: the package is not found, by name', async () => {
  await fresh()
  await faulty({
    on: 'mx1',
    make: `mv /etc/apt/sources.list /root/; ${OLD_LISTS}`,
    lift: `mv /root/sources.list /etc/apt/; ${OLD_LISTS}`,
    tasks: CANARY,
    code: 3,
    status: 'failed',
    says: /Unable to locate package mailrun-canary/,
  })
})

test('a repository that is gone', async () => {
  await fresh()
  await faulty({
    on: 'mx1',
    make: `mkdir -p /root/none; mount --bind /root/none /srv/mailrun-lab; ${OLD_LISTS}`,
    lift: 'umount /srv/mailrun-lab',
    tasks: CANARY,
    code: 3,
    status: 'failed',
    says: /Failed to fetch file:\/srv\/mailrun-lab\/\.\/Packages/,
  })
})

test('a repository without signature, one that is out of date, one whose lists do not fit', async () => {
  const copy = `mkdir -p /srv/bad
cp /srv/mailrun-lab/Packages /srv/bad`
  const release = (until: string, digest: string): string =>
    `printf 'Date: Mon, 01 Jan 2024 00:00:00 UTC\\n${until}SHA256:\\n %s %s Packages\\n' \
${digest} $(stat -c %s /srv/bad/Packages) > /srv/bad/Release
echo 'deb [trusted=yes] file:/srv/bad ./' > /etc/apt/sources.list.d/bad.list`
  const lift = 'rm -r /srv/bad /etc/apt/sources.list.d/bad.list'
  for (const [make, says] of [
    [
      "echo 'deb file:/srv/bad ./' > /etc/apt/sources.list.d/bad.list",
      /The repository 'file:\/srv\/bad \.\/ Release' does not have a Release file/,
    ],
    [
      release('Valid-Until: Tue, 02 Jan 2024 00:00:00 UTC\\n', '$(sha256sum < /srv/bad/Packages | cut -c1-64)'),
      /Release file for file:\/srv\/bad\/\.\/Release is expired/,
    ],
    [release('', 'a'.repeat(64)), /Hash Sum mismatch/],
  ] as const) {
    await fresh()
    await faulty({
      on: 'mx1',
      make: [copy, make, OLD_LISTS].join('\n'),
      lift,
      tasks: CANARY,
      code: 3,
      status: 'failed',
      says,
    })
  }
})

/** It takes every connection, and answers none. */
const HANGING_MIRROR = `setsid perl -MIO::Socket -e '
  $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8999, Listen => 9, ReuseAddr => 1);
  while ($c = $s->accept) { push @c, $c }
' >/dev/null 2>&1 </dev/null &
echo $! > /srv/mirror
echo 'deb [trusted=yes] http://127.0.0.1:8999/ ./' > /etc/apt/sources.list.d/hangs.list
printf 'Acquire::http::Timeout "1"; Acquire::Retries "0";\\n' > /etc/apt/apt.conf.d/99hangs
${OLD_LISTS}`
const HANGS =
  'a mirror that hangs: what the old lists have is installed, latest cannot be known, and the lists stay old'
test(HANGS, async () => {
  await fresh()
  await inHost('mx1', HANGING_MIRROR)
  const present = await run(CANARY, '--limit', 'mx1')
  const age = await inHost('mx1', 'echo $(( $(date +%s) - $(stat -c %Y /var/lib/apt/lists) ))')
  const latest = await run(
    "t.apt({ packages: ['mailrun-canary'], state: 'latest', cacheValidSeconds: 0 })",
    '--limit',
    'mx1',
  )
  await inHost(
    'mx1',
    `rm /etc/apt/sources.list.d/hangs.list /etc/apt/apt.conf.d/99hangs; kill "$(cat /srv/mirror)" || :`,
  )
  assert.is(present.code, 0, present.error('mx1'))
  assert.is(latest.code, 3)
  assert.match(
    latest.error('mx1'),
    new RegExp(
      String.raw`Failed to fetch http://127\.0\.0\.1:8999[\s\S]*` +
        'the package lists cannot be fetched, so that nobody can tell what is the latest version',
    ),
  )
  assert.ok(Number(age) > 3600, `lists that were not fetched count as ${age} s old`)
  assert.is((await run("t.apt({ packages: ['mailrun-canary'], state: 'latest' })", '--limit', 'mx1')).code, 0)
})

test('lists of the future, by a clock that was wrong, are fetched again', async () => {
  await inHost('mx1', 'touch -d "+3 days" /var/lib/apt/lists')
  const ran = await run("t.apt({ packages: ['mailrun-canary'], state: 'latest' })", '--limit', 'mx1')
  assert.is(ran.code, 0, ran.error('mx1'))
  assert.ok(Math.abs(Number(await inHost('mx1', 'echo $(( $(date +%s) - $(stat -c %Y /var/lib/apt/lists) ))'))) < 300)
  assert.is(
    (await run("t.apt({ packages: ['mailrun-canary'], state: 'latest' })", '--limit', 'mx1')).hosts[0]!.trips,
    1,
  )
})

test('the lock of the lists is waited for, and who held it too long is said', async () => {
  await fresh()
  const lock = (seconds: number): string => `${lockHeld('/var/lib/apt/lists/lock', seconds)}\n${OLD_LISTS}`
  await inHost('mx1', lock(5))
  assert.is((await run(CANARY, '--limit', 'mx1')).code, 0)
  assert.is(await inHost('mx1', HOLDER_GONE), 'gone')
  await fresh()
  await faulty({
    on: 'mx1',
    make: lock(1000),
    lift: 'kill "$(cat /srv/holder)"',
    tasks: "t.apt({ packages: ['mailrun-canary'], lockSeconds: 2 })",
    code: 3,
    status: 'failed',
    says: /lists\/lock[\s\S]*another apt or dpkg held its lock for more than 2 s/,
  })
})

test.run()
