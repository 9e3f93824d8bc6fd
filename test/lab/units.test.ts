// Units on a real systemd, in every state that it knows: a check predicts what the run then does, and afterwards
// nothing is left to do. Has a lab of its own.
import * as assert from 'uvu/assert'
import { unitFamily, unitItem } from '../../src/resources/systemd/unit-family.ts'
import type { RunDocument } from '../../src/report/run/json.ts'
import type { ServiceArgs } from '../../tasks/service.ts'
import { suite } from '../suite.ts'
import { project, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('units')
const lab = await import('../../lab/index.ts')
const test = suite('lab: units')

const PLAYBOOK = `
import { playbook, v } from 'mailrun'
import { directory, file, service } from 'mailrun/tasks'
export default playbook({
  name: 'units',
  hosts: 'mail',
  vars: v.object({
    directories: v.optional(v.array(v.any()), []),
    files: v.optional(v.array(v.any()), []),
    services: v.array(v.any()),
  }),
  tasks: ({ vars }) => [
    ...vars.directories.map((each) => directory(each)),
    ...vars.files.map((each) => file(each)),
    ...vars.services.map((each) => service(each)),
  ],
})
`
interface Wanted {
  readonly services: readonly ServiceArgs[]
  readonly files?: readonly object[]
  readonly directories?: readonly object[]
}
let here: Project
const mailrun = async (wanted: Wanted, ...words: readonly string[]): Promise<RunDocument['hosts'][number]> => {
  const { stdout, stderr } = await here.mailrun(
    'units.mjs',
    '--format',
    'json',
    '-i',
    lab.inventoryPath,
    '-e',
    JSON.stringify(wanted),
    ...words,
  )
  assert.ok(stdout !== '', stderr)
  return (JSON.parse(stdout) as RunDocument).hosts[0]!
}
const inMx1 = (script: string): Promise<string> => inHost('mx1', script)
const changesOf = ({ tasks }: RunDocument['hosts'][number]): readonly string[] =>
  tasks.flatMap(({ changes }) => changes)

/** Checked, done, and nothing left to do. */
async function settles(wanted: Wanted, changes: readonly string[]): Promise<void> {
  assert.equal(changesOf(await mailrun(wanted, '--check')), changes, 'predicted')
  const run = await mailrun(wanted)
  assert.is(run.error, undefined)
  assert.equal(changesOf(run), changes, 'done')
  const again = await mailrun(wanted, '--check')
  assert.equal([again.status, changesOf(again)], ['ok', []])
}
const one = (args: ServiceArgs): Wanted => ({ services: [args] })

/** Refused by a check and by a run alike, with nothing done. */
async function refused(args: ServiceArgs, why: RegExp): Promise<void> {
  for (const words of [['--check'], []]) {
    const { status, error = '', tasks } = await mailrun(one(args), ...words)
    assert.is(status, 'failed')
    assert.match(error, why)
    assert.equal(tasks[0]!.changes, [])
  }
}

const LIB = '/usr/lib/systemd/system'
const ETC = '/etc/systemd/system'
const SLEEPS = '[Service]\\nExecStart=/bin/sleep infinity\\n'
const INSTALL = '[Install]\\nWantedBy=multi-user.target\\n'
/** A unit file by hand; a percent sign or a backslash means something to printf(1). */
const unit = (path: string, text: string): string => `printf '${text}' > ${path} && systemctl daemon-reload\n`
const enabledOf = (name: string): Promise<string> => inMx1(`systemctl is-enabled ${name} || :`)
const activeOf = (name: string): Promise<string> => inMx1(`systemctl is-active ${name} || :`)
const invocationOf = (name: string): Promise<string> => inMx1(`systemctl show -p InvocationID --value ${name}`)

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  here = project({ 'units.mjs': PLAYBOOK })
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

/** Makes programs of the same names, each of which notes that it was called. */
const SHIMS = `
rm -rf /tmp/shims
mkdir /tmp/shims
for c in systemctl find sha256sum cat readlink stat grep sed ls; do
  printf "#!/bin/sh\\necho $c >> /tmp/shims.log\\nexec $(command -v $c) \\"\\$@\\"\\n" > /tmp/shims/$c
done
chmod +x /tmp/shims/*
: > /tmp/shims.log`

test('all units are asked about by a handful of processes, however many they are', async () => {
  const items = ['ssh', 'cron', 'postfix', 'systemd-journald', 'dbus', 'systemd-logind'].map((name) =>
    unitItem({
      unit: `${name}.service`,
      restartOn: [`/etc/${name}.conf`, '/etc/hosts'],
      reloadOn: ['/etc/passwd', '/etc/apt'],
      listens: ['/run/x.sock'],
    }),
  )
  const processes = async (asked: readonly string[]): Promise<number> => {
    const { text } = unitFamily.script(asked)
    return Number(
      await inMx1(`${SHIMS}
PATH=/tmp/shims:$PATH sh >/dev/null <<'XX'
${text}
XX
wc -l < /tmp/shims.log`),
    )
  }
  // systemctl; find and sha256sum; find for links.
  assert.is(await processes(items), 4)
  assert.is(await processes(items.slice(0, 1)), 4)
})

test('of a oneshot wrapper of which nothing is known what stands behind it counts, too', async () => {
  await inMx1(
    unit(
      `${LIB}/wrapper.service`,
      '[Unit]\\nWants=wrapped@one.service\\n[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/true\\n',
    ) +
      unit(`${LIB}/wrapped@.service`, `[Unit]\\nPartOf=wrapper.service\\n${SLEEPS}`) +
      'systemctl start wrapper wrapped@one',
  )
  await settles(one({ unit: 'wrapper', state: 'running' }), [])
  await inMx1('systemctl stop wrapped@one')
  await settles(one({ unit: 'wrapper', state: 'running' }), ['start'])
  assert.is(await activeOf('wrapped@one'), 'active')
})

test('a unit that is started again and again is not stopped, and is stopped', async () => {
  await inMx1(
    unit(`${LIB}/loops.service`, '[Service]\\nExecStart=/bin/false\\nRestart=always\\nRestartSec=60\\n') +
      'systemctl start loops || :; sleep 0.5; [ "$(systemctl show -p SubState --value loops)" = auto-restart ]',
  )
  await settles(one({ unit: 'loops', state: 'stopped' }), ['stop'])
  assert.is(await activeOf('loops'), 'inactive')
})

test('a unit that waits for its start is not stopped, and is stopped', async () => {
  await inMx1(
    unit(`${LIB}/slow.service`, '[Service]\\nType=oneshot\\nExecStart=/bin/sleep 60\\n') +
      unit(`${LIB}/waits.service`, `[Unit]\\nAfter=slow.service\\n${SLEEPS}`) +
      'systemctl start --no-block slow waits; sleep 0.5; ' +
      '[ "$(systemctl show -p ActiveState --value waits)" = inactive ]',
  )
  await settles(
    {
      services: [
        { unit: 'waits', state: 'stopped' },
        { unit: 'slow', state: 'stopped' },
      ],
    },
    ['stop', 'stop'],
  )
  // One that was killed while it worked has failed; it is down as well.
  assert.equal([await activeOf('slow'), await activeOf('waits')], ['failed', 'inactive'])
})

for (const [when, reload] of [
  ['before', ''],
  ['after', 'systemctl daemon-reload'],
] as const) {
  test(`a unit that runs without its file, ${when} a daemon-reload, can be stopped, not kept running`, async () => {
    await inMx1(
      unit(`${ETC}/gone.service`, SLEEPS + INSTALL) +
        `systemctl -q enable --now gone; rm ${ETC}/gone.service; ${reload}`,
    )
    await refused({ unit: 'gone', state: 'running' }, /no unit file of gone\.service any more, though it runs/)
    // What is left of its enablement starts nothing.
    await settles(one({ unit: 'gone', state: 'stopped', enabled: false }), ['stop'])
    assert.is(await activeOf('gone'), 'inactive')
    await inMx1(`rm -f ${ETC}/multi-user.target.wants/gone.service; systemctl daemon-reload`)
  })
}

test('masked and enabled until the next boot are states of their own', async () => {
  await inMx1(unit(`${LIB}/r.service`, SLEEPS + INSTALL) + 'systemctl -q mask --runtime r')
  await settles(one({ unit: 'r', state: 'running' }), ['unmask', 'start'])
  await inMx1('systemctl -q stop r; systemctl -q mask --runtime r')
  await settles(one({ unit: 'r', masked: true }), ['mask'])
  assert.is(await enabledOf('r'), 'masked')
  await settles(one({ unit: 'r', masked: false }), ['unmask'])
  await inMx1('systemctl -q enable --runtime r')
  await settles(one({ unit: 'r', enabled: true }), ['enable'])
  assert.is(await enabledOf('r'), 'enabled')
  await inMx1('systemctl -q disable r; [ "$(systemctl is-enabled r)" = enabled-runtime ]')
  await settles(one({ unit: 'r', enabled: false }), ['disable'])
  await inMx1('systemctl -q enable --runtime r; systemctl -q enable r')
  await settles(one({ unit: 'r', enabled: false }), ['disable'])
  assert.is(await enabledOf('r'), 'disabled')
})

test('what a mask hid is found and corrected in one go', async () => {
  await inMx1(unit(`${LIB}/hidden.service`, SLEEPS + INSTALL) + 'systemctl -q enable hidden; systemctl -q mask hidden')
  await settles(one({ unit: 'hidden', masked: false, enabled: false }), ['unmask', 'disable'])
  assert.is(await enabledOf('hidden'), 'disabled')
  await inMx1('systemctl -q enable hidden; systemctl -q mask hidden')
  await settles(one({ unit: 'hidden', masked: false }), ['unmask'])
  assert.is(await enabledOf('hidden'), 'enabled')
})

test('a linked unit is stopped before it is disabled, which removes it', async () => {
  await inMx1(`${unit('/opt/linked.service', SLEEPS + INSTALL)}systemctl -q enable --now /opt/linked.service`)
  await refused(
    { unit: 'linked', enabled: false, state: 'running' },
    /would remove the link \/etc\/systemd\/system\/linked\.service/,
  )
  await settles(one({ unit: 'linked', enabled: false, state: 'stopped' }), ['stop', 'disable'])
  assert.is(await activeOf('linked'), 'inactive')
})

test('a unit that enables another by Also= is enabled once that is', async () => {
  await inMx1(
    unit(`${LIB}/also.service`, `${SLEEPS}[Install]\\nAlso=also.socket\\n`) +
      unit(`${LIB}/also.socket`, '[Socket]\\nListenStream=/run/also.sock\\n[Install]\\nWantedBy=sockets.target\\n'),
  )
  await settles(one({ unit: 'also', enabled: true }), ['enable'])
  assert.is(await enabledOf('also.socket'), 'enabled')
  await settles(one({ unit: 'also', enabled: false }), ['disable'])
  assert.is(await enabledOf('also.socket'), 'disabled')
})

test('a unit under another name is enabled, started and masked by its own', async () => {
  await inMx1(
    unit(`${LIB}/own.service`, SLEEPS + INSTALL) + `ln -s own.service ${LIB}/other.service; systemctl daemon-reload`,
  )
  await settles(one({ unit: 'other', state: 'running', enabled: true, restartOn: [] }), ['enable', 'start'])
  assert.is(await enabledOf('own'), 'enabled')
  await settles(one({ unit: 'other', masked: true, enabled: false }), ['stop', 'disable', 'mask'])
  assert.equal([await enabledOf('own'), await activeOf('own')], ['masked', 'inactive'])
  await settles(one({ unit: 'other', state: 'running', enabled: true }), ['unmask', 'enable', 'start'])
  await inMx1(
    `printf '[Install]\\nWantedBy=multi-user.target\\nAlias=third.service\\n' >> ${LIB}/own.service; ` +
      'systemctl daemon-reload; systemctl -q enable own',
  )
  await refused(
    { unit: 'third', enabled: false },
    /third\.service is another name of own\.service and goes when that is disabled: name own\.service/,
  )
})

const INIT_SCRIPT = `
cat > /etc/init.d/old <<'E'
#!/bin/sh
### BEGIN INIT INFO
# Provides: old
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: old
### END INIT INFO
exit 0
E
chmod +x /etc/init.d/old
systemctl daemon-reload`

test('an init script is enabled and disabled as it says itself', async () => {
  await inMx1(INIT_SCRIPT)
  await settles(one({ unit: 'old', enabled: true }), ['enable'])
  assert.is(await inMx1('ls /etc/rc3.d | grep -c "S..old"'), '1')
  await settles(one({ unit: 'old', enabled: false }), ['disable'])
})

test('a unit that is not there is disabled and unmasked, and can be masked, but not run', async () => {
  await settles(one({ unit: 'nosuch', enabled: false }), [])
  await settles(one({ unit: 'nosuch', masked: true }), ['mask'])
  await refused({ unit: 'nosuch', state: 'running' }, /no unit nosuch\.service on the host behind its mask/)
  await settles(one({ unit: 'nosuch', masked: false }), ['unmask'])
  await refused({ unit: 'nosuch', state: 'running' }, /there is no unit nosuch\.service on the host: install/)
})

test('what systemctl would refuse is refused before anything is stopped', async () => {
  await inMx1(unit(`${ETC}/mine.service`, SLEEPS + INSTALL) + 'systemctl start mine')
  await refused(
    { unit: 'mine', masked: true },
    /its unit file is \/etc\/systemd\/system\/mine\.service, where the mask would have to be/,
  )
  await refused(
    { unit: 'mine', state: 'running', reloadOn: ['/etc/hosts'] },
    /cannot be reloaded, for its unit file has no ExecReload: give \/etc\/hosts as restartOn/,
  )
  assert.is(await activeOf('mine'), 'active')
})

test('without a stamp a changed mode means a restart, and a check says so', async () => {
  await inMx1(
    unit(`${LIB}/reads.service`, `${SLEEPS}ExecReload=/bin/true\\n`) +
      'echo 1 > /etc/reads.conf; chmod 0644 /etc/reads.conf; sleep 0.1; systemctl start reads',
  )
  const wanted = (mode: string): Wanted => ({
    files: [{ path: '/etc/reads.conf', mode }],
    services: [{ unit: 'reads', state: 'running', restartOn: ['/etc/reads.conf'] }],
  })
  await settles(wanted('0600'), ['mode 0644 → 0600', 'restart: /etc/reads.conf changed'])
  // With one it does not.
  await settles(wanted('0644'), ['mode 0600 → 0644'])
})

test('a stamp tells of the files that were asked for, and of nothing else', async () => {
  await inMx1('echo 1 > /etc/reads.more; sleep 0.1; systemctl restart reads')
  await settles(one({ unit: 'reads', state: 'running', restartOn: ['/etc/reads.conf'] }), [])
  await inMx1('touch /etc/reads.conf')
  await settles(one({ unit: 'reads', state: 'running', restartOn: ['/etc/reads.conf'] }), [
    'restart: /etc/reads.conf changed',
  ])
  await settles(one({ unit: 'reads', state: 'running', restartOn: ['/etc/reads.conf', '/etc/reads.more'] }), [])
  await inMx1('rm /etc/reads.conf')
  await settles(one({ unit: 'reads', state: 'running', restartOn: ['/etc/reads.conf'] }), [
    'restart: /etc/reads.conf changed',
  ])
})

test('a reload loads what a reload reads, and no more', async () => {
  await inMx1('echo 2 > /etc/reads.conf')
  await settles(one({ unit: 'reads', reloadOn: ['/etc/reads.conf'] }), ['reload: /etc/reads.conf changed'])
  await inMx1('echo 3 >> /etc/reads.more')
  await settles(one({ unit: 'reads', reloadOn: ['/etc/reads.more'] }), ['reload: /etc/reads.more changed'])
  await settles(one({ unit: 'reads', reloadOn: ['/etc/reads.conf'] }), [])
  await settles(one({ unit: 'reads', restartOn: ['/etc/reads.conf'] }), ['restart: /etc/reads.conf changed'])
  await settles(one({ unit: 'reads', reloadOn: ['/etc/reads.more'] }), [])
})

const LETS_ENCRYPT = `
mkdir -p /etc/le/live/mx /etc/le/archive/mx
echo 1 > /etc/le/archive/mx/cert1.pem
echo 2 > /etc/le/archive/mx/cert2.pem
ln -s ../../archive/mx/cert2.pem /etc/le/live/mx/cert.pem
sleep 0.1
systemctl restart reads`

test("of a directory all files count, and links are followed, as in Let's Encrypt's live/", async () => {
  const tls = one({ unit: 'reads', state: 'running', restartOn: ['/etc/le/live'] })
  await inMx1(LETS_ENCRYPT)
  await settles(tls, [])
  // Back to the old one, which is no younger than the start, before there is a stamp.
  await inMx1('ln -sfn ../../archive/mx/cert1.pem /etc/le/live/mx/cert.pem')
  await settles(tls, ['restart: /etc/le/live changed'])
  for (const change of [
    'ln -sfn ../../archive/mx/cert2.pem /etc/le/live/mx/cert.pem',
    'echo 3 > /etc/le/archive/mx/cert2.pem',
    'echo 4 > /etc/le/live/mx/README',
    'rm /etc/le/live/mx/README',
    'rm -r /etc/le/live',
  ]) {
    await inMx1(change)
    await settles(tls, ['restart: /etc/le/live changed'])
  }
})

test(
  'its unit file and its drop-ins count as files that it reads, ' + 'whether systemd has them loaded or not',
  async () => {
    const args: ServiceArgs = { unit: 'reads', state: 'running', restartOn: [] }
    await inMx1('sleep 0.1; systemctl restart reads')
    await settles(one(args), [])
    const dropIn = `${ETC}/reads.service.d/limit.conf`
    await inMx1(`mkdir -p ${ETC}/reads.service.d; printf '[Service]\\nLimitNOFILE=4096\\n' > ${dropIn}`)
    await settles(one(args), ['daemon-reload', 'restart: its unit file or a drop-in changed'])
    await inMx1(`printf '[Service]\\nLimitNOFILE=2048\\n' > ${dropIn}; systemctl daemon-reload`)
    await settles(one(args), [`restart: ${dropIn} changed`])
    await settles(
      {
        directories: [{ path: `${ETC}/reads.service.d` }],
        files: [{ path: dropIn, content: '[Service]\nLimitNOFILE=1024\n' }],
        services: [args],
      },
      ['content', 'daemon-reload', `restart: ${dropIn} changed`],
    )
    await inMx1(`rm ${dropIn}; systemctl daemon-reload`)
    await settles(one(args), [`restart: ${dropIn} changed`])
    await inMx1('systemctl set-property reads MemoryMax=1G; systemctl daemon-reload')
    await settles(one(args), [])
  },
)

/** A service that listens on a socket, a second after its start. */
const HEARS = `
mkdir -p /srv/hears
cat > ${LIB}/hears.service <<'E'
[Service]
ExecStart=/usr/bin/env sh -c "sleep 1; exec /usr/local/bin/hears /srv/hears/s.sock"
E
cat > /usr/local/bin/hears <<'E'
#!/usr/bin/perl
use IO::Socket::UNIX;
unlink $ARGV[0];
my $s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1) or die "no $ARGV[0]: $!";
sleep
E
chmod +x /usr/local/bin/hears
systemctl daemon-reload`
const HEARS_DROP_IN = `${ETC}/hears.service.d/override.conf`
/** By a drop-in it listens on another socket from its next start on. */
const HEARS_ELSEWHERE = `
mkdir -p ${ETC}/hears.service.d
cat > ${HEARS_DROP_IN} <<'E'
[Service]
ExecStart=
ExecStart=/usr/local/bin/hears /srv/hears/elsewhere.sock
E
systemctl daemon-reload
rm -f /srv/hears/s.sock`

test('a unit must have its sockets', async () => {
  await inMx1(HEARS)
  const args: ServiceArgs = { unit: 'hears', state: 'running', restartOn: [], listens: ['/srv/hears/s.sock'] }
  await settles(one(args), ['start'])
  const before = await invocationOf('hears')
  await inMx1('rm /srv/hears/s.sock')
  await settles(one(args), ['restart: /srv/hears/s.sock is not there'])
  assert.is.not(await invocationOf('hears'), before)
  await inMx1('rm /srv/hears/s.sock; : > /srv/hears/s.sock')
  await settles(one(args), ['restart: /srv/hears/s.sock is not there'])
  await inMx1('rm -r /srv/hears')
  await settles({ directories: [{ path: '/srv/hears' }], services: [args] }, [
    'create',
    'restart: /srv/hears/s.sock is not there',
  ])
  await inMx1(HEARS_ELSEWHERE)
  assert.equal(changesOf(await mailrun(one(args), '--check')), [
    `restart: ${HEARS_DROP_IN} changed, /srv/hears/s.sock is not there`,
  ])
  const { status, error = '' } = await mailrun(one(args))
  assert.is(status, 'failed')
  assert.match(
    error,
    'it runs, but has no socket /srv/hears/s.sock after 5 s; it has drop-ins that may make it listen elsewhere: ' +
      '/etc/systemd/system/hears.service.d/override.conf',
  )
  await inMx1(`rm ${HEARS_DROP_IN}`)
  await settles(one(args), [
    'daemon-reload',
    'restart: its unit file or a drop-in changed, /srv/hears/s.sock is not there',
  ])
})

test.run()
