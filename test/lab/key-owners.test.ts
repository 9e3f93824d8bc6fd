// DKIM keys are root's, and OpenDKIM cannot change what it signs by: on fresh hosts, whoever is in which group, after
// upgrades of the package, and where a key cannot be given to root. Has a lab of its own.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { moveSteps } from '../../src/signers/opendkim/keys/key-owner-changes.ts'
import { FILES_PROGRAM } from '../../src/resources/files/program/program.ts'
import { keyMoves } from '../../src/signers/opendkim/keys/key-owners.ts'
import { suite } from '../suite.ts'
import { project, ROOT, type Project } from '../unit/cli/mailrun.ts'
import { inMx1, invocation } from './activation-host.ts'
import {
  AS_0_1_0,
  CHANGEABLE,
  changesOf,
  dkimOfMx1,
  OURS,
  OWN,
  OWNERS,
  SIGNED,
  reported,
  type Ran,
} from './key-owners-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('key-owners')
const lab = await import('../../lab/index.ts')
const test = suite('lab: owners of DKIM keys')

let here: Project
const run = (...words: readonly string[]): Promise<Ran> => dkimOfMx1(here, lab.inventoryPath, words)
/** As people read, with notes. */
const text = async (): Promise<string> => {
  const { stdout, stderr } = await here.mailrun(join(ROOT, 'playbooks/dkim.ts'), '-i', lab.inventoryPath, '--verbose')
  return stdout + stderr
}
const ownersTask = ({ tasks }: Ran): Ran['tasks'][number] => tasks.find(({ type }) => type === 'dkimOwners')!

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  here = project({})
})
test.after(async () => {
  here.remove()
  await lab.labDown()
})

test('a fresh host gets it right from the start, as a check predicts', async () => {
  const check = await run('--check')
  const first = await run()
  assert.is(first.error, undefined)
  assert.equal(changesOf(first), changesOf(check))
  assert.is(first.trips, 2)
  assert.equal(changesOf(await run()), [])
  assert.is(await inMx1(OWNERS), OURS)
  assert.is(await reported(OWN), SIGNED)
})

test('the daemon can change nothing of what it signs by', async () => assert.is(await inMx1(CHANGEABLE), ''))

const MEMBERSHIPS: readonly (readonly [string, string, string])[] = [
  ['postfix in the group opendkim', 'usermod -aG opendkim postfix', 'gpasswd -d postfix opendkim'],
  ['another account with the primary group opendkim', 'useradd -g opendkim other', 'userdel other'],
  ['opendkim in the group postfix', 'usermod -aG postfix opendkim', 'gpasswd -d opendkim postfix'],
]
for (const [what, given, undo] of MEMBERSHIPS)
  test(`it signs with ${what}`, async () => {
    await inMx1(given)
    for (const again of ['true', 'systemctl reload opendkim', 'systemctl restart opendkim']) {
      await inMx1(`${again}; sleep 1`)
      assert.is(await reported(OWN), SIGNED, again)
    }
    assert.equal(changesOf(await run()), [])
    await inMx1(`${undo}; systemctl restart opendkim`)
  })

test('another account in the group of the keys is refused, and named', async () => {
  await inMx1('usermod -aG opendkim-keys postfix')
  const { status, error = '' } = await run()
  assert.is(status, 'failed')
  assert.match(error, /the group opendkim-keys has postfix in it/)
  await inMx1('gpasswd -d postfix opendkim-keys')
  assert.equal(changesOf(await run()), [])
})

for (const upgrade of [
  'DEBIAN_FRONTEND=noninteractive apt-get -qqy install --reinstall opendkim',
  'dpkg-reconfigure -f noninteractive opendkim',
  '/var/lib/dpkg/info/opendkim.postinst configure 2.11.0~beta2-1',
])
  test(`so it stays after: ${upgrade}`, async () => {
    await inMx1(`${upgrade} >/dev/null 2>&1; sleep 1`)
    assert.is(await inMx1(OWNERS), OURS)
    assert.is(await inMx1(CHANGEABLE), '')
    assert.is(await reported(OWN), SIGNED)
    assert.equal(changesOf(await run()), [])
  })

/** As owners and modes are on a host of version 0.1.0. */
const FORMER = {
  above: ['/', '/etc', '/etc/dkimkeys', '/etc/dkimkeys/fleet.test'].map((path) =>
    path.includes('dkimkeys')
      ? { path, owner: 'opendkim', group: 'opendkim', mode: '0700' }
      : { path, owner: 'root', group: 'root', mode: '0755' },
  ),
  key: { path: '/etc/dkimkeys/fleet.test/mx1.private', owner: 'opendkim', group: 'opendkim', mode: '0600' },
}

test('a daemon in the group signs at every step of the move', async () => {
  await inMx1(`${AS_0_1_0}
groupadd -r opendkim-keys
usermod -aG opendkim-keys opendkim
systemctl restart opendkim
sleep 1`)
  const { moves, stays } = keyMoves([FORMER], { members: {}, acl: [], overrides: [] })
  assert.equal(stays, [])
  assert.is(moves.length, 3)
  await inMx1(`cat > /root/files <<'mailrun-perl'
${FILES_PROGRAM}
mailrun-perl`)
  for (const { from, to } of moves)
    for (const step of moveSteps(from.path, to)) {
      await inMx1(`run=/root
${step.text}`)
      assert.is(await reported(OWN), SIGNED, step.text)
    }
  assert.is(await inMx1('stat -c "%U:%G %a" /etc/dkimkeys/fleet.test/mx1.private'), 'root:opendkim-keys 640')
})

const SECOND = `
sed -e 's|^Socket.*|Socket inet:8899@127.0.0.1|; s|^PidFile.*|PidFile /run/second/opendkim.pid|' \\
  /etc/opendkim.conf > /etc/opendkim-second.conf
cat > /etc/systemd/system/opendkim-second.service <<'X'
[Service]
Type=forking
RuntimeDirectory=second
PIDFile=/run/second/opendkim.pid
ExecStart=/usr/sbin/opendkim -x /etc/opendkim-second.conf
X
systemctl daemon-reload
systemctl start opendkim-second
sleep 1`
const SECOND_MILTER = 'inet:127.0.0.1:8899'

test('beside a second instance that is not in the group keys stay, until it is restarted', async () => {
  await inMx1(`${AS_0_1_0}${SECOND}`)
  assert.is(await reported(SECOND_MILTER), SIGNED)
  const first = await run()
  assert.is(first.error, undefined)
  assert.match(ownersTask(first).warning ?? '', /opendkim-second\.service \(process \d+\) runs as opendkim without/)
  assert.match(await inMx1(OWNERS), /fleet\.test\/mx1\.private opendkim:opendkim 600/)
  assert.equal([await reported(OWN), await reported(SECOND_MILTER)], [SIGNED, SIGNED])
  await inMx1('systemctl restart opendkim-second; sleep 1')
  const next = await run()
  assert.is(next.error, undefined)
  assert.is(await inMx1(OWNERS), OURS)
  assert.equal([await reported(OWN), await reported(SECOND_MILTER)], [SIGNED, SIGNED])
  await inMx1('systemctl stop opendkim-second')
})

test('what another account can read stays as it is, and is named', async () => {
  await inMx1(`${AS_0_1_0}
useradd -r filter
chgrp filter /etc/dkimkeys /etc/dkimkeys/fleet.test
chmod 0750 /etc/dkimkeys /etc/dkimkeys/fleet.test`)
  assert.match(await text(), /\/etc\/dkimkeys stays as it is: filter can get at what is in it/)
  assert.match(await inMx1(OWNERS), /^\/etc\/dkimkeys opendkim:filter 750$/m)
  assert.is(await reported(OWN), SIGNED)
  assert.equal(changesOf(await run()), [])
  await inMx1('userdel filter')
})

test("an administrator's override stays, and is named", async () => {
  await inMx1(`${AS_0_1_0}
dpkg-statoverride --add opendkim opendkim 0700 /etc/dkimkeys`)
  assert.match(await text(), /dpkg-statoverride keeps it opendkim:opendkim 0700/)
  assert.match(await inMx1(OWNERS), /^\/etc\/dkimkeys opendkim:opendkim 700$/m)
  assert.is(await reported(OWN), SIGNED)
  await inMx1('dpkg-statoverride --remove /etc/dkimkeys')
  const before = await invocation()
  assert.is((await run()).error, undefined)
  assert.is(await inMx1(OWNERS), OURS)
  assert.is(await invocation(), before)
})

test.run()
