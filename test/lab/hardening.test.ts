// OpenDKIM's unit is hardened by a drop-in: brought under a stream of mail, of effect in the daemon's own namespace,
// and removed with a warning where OpenDKIM does not sign that way. Has a lab of its own.
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import {
  activationDown,
  activationUp,
  DOMAINS,
  DROP_IN,
  FIRST,
  inMx1,
  invocation,
  LEFT,
  none,
  NONE,
  run,
  signsBy,
  reported,
  type Ran,
} from './activation-host.ts'
import { duringStream } from './mail-stream.ts'
import { nameLab } from './own-lab.ts'

nameLab('hardening')
const test = suite('lab: hardening of OpenDKIM')

test.before(activationUp)
test.after(activationDown)

const DROP_INS = DROP_IN.slice(0, DROP_IN.lastIndexOf('/'))
const CREATE = 'opendkim.service.d/00-mailrun.conf: create'
const HARDENED = 'restart: its unit is hardened; a second instance signs meanwhile'
const isHardened = async (): Promise<boolean> =>
  (await inMx1('systemctl show -p User -p ProtectSystem opendkim | sort')) === 'ProtectSystem=strict\nUser=opendkim'
const warningOf = ({ host }: Ran): string => host.tasks.map(({ warning }) => warning ?? '').join('')
/** Another set of drop-ins: without one that an earlier test left, and never tried. */
const given = (script: string): Promise<string> =>
  inMx1(`rm -rf ${DROP_INS} /var/lib/mailrun/opendkim/unhardened
mkdir -p ${DROP_INS}
${script}
systemctl daemon-reload
systemctl restart opendkim`)

test('a host that has signed without it is hardened by one restart, of which no mail sees anything', async () => {
  await given(`printf '[Service]\\nNice=5\\n' > ${DROP_INS}/nice.conf`)
  const before = await invocation()
  const figures = await duringStream('mx1', DOMAINS, async () => {
    const predicted = await run({}, '--check')
    assert.equal(predicted.changes, [CREATE, HARDENED])
    assert.is(await invocation(), before)
    const { code, error, changes } = await run()
    assert.is(code, 0, error)
    assert.equal(changes, [CREATE, HARDENED])
  })
  reported('one restart', figures)
  assert.equal(none(figures), NONE)
  assert.is.not(await invocation(), before)
  assert.ok(await isHardened())
  assert.is(await inMx1('systemctl show -p Nice --value opendkim'), '5', "the administrator's own stays")
  assert.is((await run()).host.status, 'ok')
  assert.is(await inMx1(LEFT), '')
  assert.equal(await signsBy(), FIRST)
})

/** All but where its socket and its PID file are, and what it has of its own in /tmp. */
const CLOSED = [
  '/etc/opendkim.conf',
  '/etc/dkimkeys/KeyTable',
  '/etc/dkimkeys/x',
  '/etc/dkimkeys/fleet.test/mx1.private',
  '/etc/dkimkeys/fleet.test/x',
  `${DROP_INS}/x`,
  '/var/lib/mailrun/opendkim/x',
  '/var/spool/postfix/x',
  '/usr/x',
  '/home/x',
  '/root/x',
  '/run/x',
  '/run/lock/x',
  '/dev/shm/x',
  '/proc/sys/kernel/hostname',
]
/** Prints those that can be written. */
const TOUCH = `set -- ${CLOSED.join(' ')}
p=$(systemctl show -p MainPID --value opendkim)
for f in "$@"; do
  nsenter -t "$p" -m touch "$f" 2>/dev/null && echo "root: $f"
  nsenter -t "$p" -m runuser -u opendkim -- touch "$f" 2>/dev/null && echo "opendkim: $f"
done
nsenter -t "$p" -m runuser -u opendkim -- touch /run/opendkim/x /var/spool/postfix/opendkim/x /tmp/mine || echo shut
rm -f /run/opendkim/x /var/spool/postfix/opendkim/x
[ ! -e /tmp/mine ] || echo 'its /tmp is that of all'`

test("nothing can be written in the daemon's namespace, by its user nor by root", async () => {
  assert.is(await inMx1(TOUCH), '')
  const status = await inMx1(
    `p=$(systemctl show -p MainPID --value opendkim)
grep -E '^(CapInh|CapPrm|CapEff|CapBnd|NoNewPrivs|Seccomp):' "/proc/$p/status"`,
  )
  assert.equal(
    status.split('\n').map((line) => line.split(/\s+/)[1]),
    ['0000000000000000', '0000000000000000', '0000000000000000', '0000000000000000', '1', '2'],
  )
  const level = /level for opendkim\.service: ([\d.]+)/.exec(
    await inMx1('systemd-analyze security --no-pager opendkim'),
  )
  console.log(`  systemd-analyze security: ${level?.[1]}`)
  assert.ok(Number(level?.[1]) <= 1.5)
})

test('it is reloaded, started again by systemd, and installed again, as it was', async () => {
  const before = await invocation()
  const { code, error, changes } = await run({ trusted: ['192.0.2.7'] })
  assert.is(code, 0, error)
  assert.equal(changes, ['TrustedHosts: content', 'reload'])
  assert.is(await invocation(), before)
  await inMx1(`kill -KILL "$(systemctl show -p MainPID --value opendkim)"
for i in $(seq 50); do
  [ -S /var/spool/postfix/opendkim/opendkim.sock ] && systemctl is-active -q opendkim && break
  sleep 0.2
done
DEBIAN_FRONTEND=noninteractive apt-get install -qqy --reinstall opendkim >/dev/null 2>&1
systemctl is-active opendkim`)
  assert.ok(await isHardened())
  assert.equal(await signsBy(), FIRST)
})

test("an administrator's drop-in does not go with it: it is taken back, and each run says so", async () => {
  await given(
    `printf '[Service]\\nExecStartPre=/bin/chown opendkim:postfix /var/spool/postfix/opendkim\\n' > ${DROP_INS}/own.conf
chown root /var/spool/postfix/opendkim`,
  )
  const figures = await duringStream('mx1', DOMAINS, async () => {
    const ran = await run({ trusted: ['192.0.2.7'] })
    assert.is(ran.code, 0, ran.error)
    assert.match(warningOf(ran), /^the unit of OpenDKIM is not hardened, for it did not sign that way: .*not permitted/)
    assert.match(warningOf(ran), 'remove /var/lib/mailrun/opendkim/unhardened to have it tried again')
  })
  reported('two restarts', figures)
  assert.equal(none(figures), NONE)
  assert.is(await inMx1(`ls ${DROP_INS}; systemctl is-active opendkim`), 'own.conf\nactive')
  const before = await invocation()
  const again = await run({ trusted: ['192.0.2.7'] })
  assert.equal([again.host.status, again.changes], ['ok', []])
  assert.match(warningOf(again), 'is not hardened')
  assert.is(await invocation(), before)
  assert.equal(await signsBy(), FIRST)

  await inMx1(`rm ${DROP_INS}/own.conf /var/lib/mailrun/opendkim/unhardened; systemctl daemon-reload`)
  const { code, error, changes } = await run({ trusted: ['192.0.2.7'] })
  assert.is(code, 0, error)
  assert.is(changes[0], CREATE)
  assert.ok(await isHardened())
})

test('what its configuration needs where it could not see it: it is found on a trial', async () => {
  await given(`mkdir -p /home/dkim
echo 192.0.2.9 > /home/dkim/peers
ln -sfn /home/dkim /etc/peers`)
  const peers = { trusted: ['192.0.2.7'], extra: 'PeerList /etc/peers/peers' }
  const ran = await run(peers)
  assert.is(ran.code, 0, ran.error)
  assert.match(warningOf(ran), /is not hardened, for it did not sign that way: .*\/etc\/peers\/peers/)
  assert.not.ok(await isHardened())
  assert.equal(await signsBy(), FIRST)
  assert.is((await run(peers)).host.status, 'ok')

  // Named as what it is, it is left to see.
  const named = await run({ ...peers, extra: 'PeerList /home/dkim/peers' })
  assert.is(named.code, 0, named.error)
  assert.is(warningOf(named), '')
  assert.is(await inMx1('systemctl show -p ProtectHome --value opendkim'), 'read-only')
  assert.is((await run({ trusted: ['192.0.2.7'] })).code, 0)
  assert.is(await inMx1('systemctl show -p ProtectHome --value opendkim'), 'yes')
  await inMx1('rm -r /etc/peers /home/dkim')
})

test('a fault of the new files is reported as such, not as one of the hardening', async () => {
  const before = await invocation()
  const { code, error } = await run({ trusted: ['192.0.2.7'], extra: 'PeerList 127.0.0.1' })
  assert.is(code, 3)
  assert.match(error, /tried beside the one that runs, does not sign as it should/)
  assert.is(await invocation(), before)
  assert.ok(await isHardened())
  assert.is(await inMx1(LEFT), '')
})

test('switched off, it is gone', async () => {
  await inMx1(`printf '[Service]\\nNice=5\\n' > ${DROP_INS}/nice.conf; systemctl daemon-reload`)
  const off = { trusted: ['192.0.2.7'], hardening: false }
  const { code, error, changes } = await run(off)
  assert.is(code, 0, error)
  assert.is(changes[0], 'opendkim.service.d/00-mailrun.conf: remove')
  assert.is(
    await inMx1(`ls ${DROP_INS}; systemctl show -p NeedDaemonReload -p Nice opendkim | sort`),
    'nice.conf\nNeedDaemonReload=no\nNice=5',
  )
  assert.not.ok(await isHardened())
  assert.equal(await signsBy(), FIRST)
  assert.is((await run(off)).host.status, 'ok')
})

test.run()
