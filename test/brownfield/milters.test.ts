// playbooks/dkim.ts on hosts whose Postfix names its milters in every way that it takes: each way in is signed at every
// moment, or the run is refused and changes nothing. Has a lab of its own.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { project, ROOT, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from '../lab/in-host.ts'
import { duringStream } from '../lab/mail-stream.ts'
import { OTHER_MILTER } from './other-milter.ts'
import { nameLab } from '../lab/own-lab.ts'

nameLab('milter-ways')
const lab = await import('../../lab/index.ts')
const test = suite('lab: milters of Postfix')

let here: Project
interface Ran {
  readonly code: number | null
  readonly host: RunDocument['hosts'][number]
}
const dkim = async (...words: readonly string[]): Promise<Ran> => {
  const playbook = join(ROOT, 'playbooks/dkim.ts')
  const { code, stdout, stderr } = await here.mailrun(
    playbook,
    '-i',
    lab.inventoryPath,
    '-i',
    'over.yaml',
    '--format',
    'json',
    ...words,
  )
  assert.ok(stdout !== '', stderr)
  return { code, host: (JSON.parse(stdout) as RunDocument).hosts[0]! }
}
const inMx1 = (script: string): Promise<string> => inHost('mx1', script)

/** Signed by a guide: docker-mailserver #3109, modoboa-installer #207. */
const OPENDKIM = `export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qqy install opendkim openssl >/dev/null 2>&1
mkdir -p /etc/opendkim/keys/fleet.test
openssl genrsa -out /etc/opendkim/keys/fleet.test/mail.private 2048 2>/dev/null
chown -R opendkim:opendkim /etc/opendkim/keys
chmod -R go-rwx /etc/opendkim/keys
echo 'mail._domainkey.fleet.test fleet.test:mail:/etc/opendkim/keys/fleet.test/mail.private' > /etc/opendkim/KeyTable
echo '*@fleet.test mail._domainkey.fleet.test' > /etc/opendkim/SigningTable
printf '127.0.0.1\\nlocalhost\\n' > /etc/opendkim/TrustedHosts`
const CONFIGURATION = (socket: string): string => `cat > /etc/opendkim.conf <<'C'
Syslog yes
UMask 002
UserID opendkim
PidFile /run/opendkim/opendkim.pid
Socket ${socket}
Mode sv
Canonicalization relaxed/simple
KeyTable /etc/opendkim/KeyTable
SigningTable refile:/etc/opendkim/SigningTable
InternalHosts refile:/etc/opendkim/TrustedHosts
ExternalIgnoreList refile:/etc/opendkim/TrustedHosts
C
systemctl restart opendkim`
const postfix = (...settings: readonly string[]): string =>
  `postconf -e ${settings.map((each) => `'${each}'`).join(' ')}\nsystemctl reload postfix`
const SUBMISSION = (list: string): string =>
  `postconf -M 'submission/inet=submission inet n - y - - smtpd ${list}'\nsystemctl restart postfix`
const script = (...parts: readonly string[]): string => ['set -e', ...parts].join('\n')
const ACCEPT = 'milter_default_action = accept'
const BOTH = (item: string): readonly string[] => [`smtpd_milters = ${item}`, `non_smtpd_milters = ${item}`]
const PARAMETER = 'inet:localhost:8891'

/** A milter that systemd restarts with OpenDKIM. @param first - what it does before it starts. */
const FOLLOWER = (first: string): string => `cat > /etc/systemd/system/follower.service <<'U'
[Unit]
PartOf=opendkim.service
After=opendkim.service
[Service]
ExecStartPre=${first}
ExecStart=/usr/bin/perl /usr/local/bin/other-milter 11334
U
systemctl daemon-reload
systemctl start follower
sleep 0.5`
const BESIDE = `${PARAMETER}, inet:127.0.0.1:11334`

interface Way {
  readonly what: string
  readonly given: string
  /** Of SMTP. */
  readonly ports: readonly number[]
  /** OpenDKIM is down before the run: what was sent until then left unsigned, as it did before. */
  readonly stopped?: boolean
  /** Of main.cf and master.cf in the end. */
  readonly lists: RegExp
}
const MOVED = 'unix:opendkim/opendkim\\.sock'
const WAYS: readonly Way[] = [
  {
    what: 'a parameter of its own (docker-mailserver #3109)',
    given: script(
      CONFIGURATION('inet:8891@localhost'),
      postfix(`dkim_milter = ${PARAMETER}`, ...BOTH('$dkim_milter'), ACCEPT),
    ),
    ports: [25],
    lists: new RegExp(`^dkim_milter = ${MOVED}\\n(.*\\n)*smtpd_milters = \\$dkim_milter$`, 'm'),
  },
  {
    what: 'a port of its own (modoboa #2895)',
    given: script(CONFIGURATION('inet:12345@localhost'), postfix(...BOTH('inet:127.0.0.1:12345'), ACCEPT)),
    ports: [25],
    lists: new RegExp(`^smtpd_milters = ${MOVED}$`, 'm'),
  },
  {
    what: 'a port of its own, OpenDKIM stopped',
    given: script(
      CONFIGURATION('inet:12345@localhost'),
      postfix(...BOTH('inet:127.0.0.1:12345'), ACCEPT),
      'systemctl stop opendkim',
    ),
    ports: [25],
    stopped: true,
    lists: new RegExp(`^smtpd_milters = ${MOVED}$`, 'm'),
  },
  {
    what: 'a list of submission that names a parameter (nethserver-mail PR #51)',
    given: script(
      CONFIGURATION('inet:8891@localhost'),
      postfix(`submission_smtpd_milters = ${PARAMETER}`, ...BOTH(PARAMETER), ACCEPT),
      SUBMISSION('-o smtpd_milters=$submission_smtpd_milters'),
    ),
    ports: [25, 587],
    lists: new RegExp(`^submission_smtpd_milters = ${MOVED}$`, 'm'),
  },
  {
    what: 'a list of submission that is its own, OpenDKIM stopped',
    given: script(
      CONFIGURATION('inet:8891@localhost'),
      postfix(...BOTH(PARAMETER), ACCEPT),
      SUBMISSION(`-o smtpd_milters=${PARAMETER}`),
      'systemctl stop opendkim',
    ),
    ports: [25, 587],
    stopped: true,
    lists: new RegExp(`^submission/inet/smtpd_milters = ${MOVED}$`, 'm'),
  },
  {
    what: 'a relative socket in the chroot, and a list in braces beside another milter',
    given: script(
      'install -d -o opendkim -g postfix -m 2750 /var/spool/postfix/dkim',
      CONFIGURATION('local:/var/spool/postfix/dkim/sock'),
      postfix('smtpd_milters = unix:dkim/sock', 'non_smtpd_milters = unix:/dkim/sock', ACCEPT),
      SUBMISSION('-o { smtpd_milters = { unix:dkim/sock, default_action=accept }, inet:127.0.0.1:11332 }'),
    ),
    ports: [25, 587],
    lists: new RegExp(
      `^submission/inet/smtpd_milters = \\{ ?${MOVED}, ?default_action=accept ?\\}, ?inet:127.0.0.1:11332$`,
      'm',
    ),
  },
  {
    what: 'names and numbers of one host',
    given: script(
      CONFIGURATION('inet:8891@127.0.0.1'),
      postfix('smtpd_milters = inet:localhost:8891', 'non_smtpd_milters = inet:[127.0.0.1]:8891', ACCEPT),
    ),
    ports: [25],
    lists: new RegExp(`^smtpd_milters = ${MOVED}$`, 'm'),
  },
  {
    what: 'another milter that is restarted with OpenDKIM, and takes its time',
    given: script(CONFIGURATION('inet:8891@localhost'), FOLLOWER('/bin/sleep 3'), postfix(...BOTH(BESIDE), ACCEPT)),
    ports: [25],
    lists: new RegExp(`^smtpd_milters = ${MOVED}, inet:127.0.0.1:11334$`, 'm'),
  },
]

/** As hosts of the lab are fresh, but for OpenDKIM and the other milter. */
const AGAIN = `systemctl stop other-milter-11332 follower 2>/dev/null || :
rm -f /etc/systemd/system/follower.service
postconf -X dkim_milter submission_smtpd_milters smtpd_milters non_smtpd_milters milter_default_action
postconf -X internal_mail_filter_classes smtpd_milter_maps multi_instance_directories
postconf -MX submission/inet
rm -rf /etc/dkimkeys/* /etc/systemd/system/opendkim.service.d /var/spool/postfix/opendkim /run/mailrun/stamps
systemctl daemon-reload
systemctl restart postfix
${OTHER_MILTER(11332)}`
const LISTS = 'postconf -n; postconf -P; grep -c mailrun-cover /etc/postfix/main.cf /etc/postfix/master.cf || :'

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  here = project({ 'over.yaml': 'mail:\n  hosts:\n    mx1: { dkim_selectors: [mail], domains: [fleet.test] }\n' })
  await inMx1(script(OPENDKIM, 'useradd -m sink'))
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

for (const { what, given, ports, stopped = false, lists } of WAYS) {
  test(`${what}: mail is accepted and signed all the time`, async () => {
    await inMx1(script(AGAIN, given))
    const check = await dkim('--check')
    assert.is(check.code, 2, JSON.stringify(check.host))
    let run: Ran | undefined
    const figures = await duringStream(
      'mx1',
      ['fleet.test'],
      async () => {
        run = await dkim()
      },
      ports,
    )
    console.log(`  ${what}: ${JSON.stringify(figures)}`)
    assert.is(run!.code, 0, JSON.stringify(run!.host))
    assert.equal(
      { refused: figures.refused, lost: figures.lost, unsigned: stopped ? 0 : figures.unsigned },
      { refused: 0, lost: 0, unsigned: 0 },
    )
    assert.equal(Object.keys(figures.selectors), ['mail'])
    assert.equal(
      check.host.tasks.map(({ changes }) => changes),
      run!.host.tasks.map(({ changes }) => changes),
    )
    assert.match(await inMx1(LISTS), lists)
    const second = await dkim()
    assert.is(second.code, 0)
    assert.equal([second.host.status, second.host.trips], ['ok', 1], JSON.stringify(second.host))
    const after = await duringStream('mx1', ['fleet.test'], () => Promise.resolve(), ports)
    assert.equal([after.refused, after.lost, after.unsigned], [0, 0, 0])
  })
}

interface Refused {
  readonly what: string
  readonly given: string
  readonly why: RegExp
}
const REFUSED: readonly Refused[] = [
  {
    what: 'another milter is dead',
    given: script(CONFIGURATION('inet:8891@localhost'), postfix(...BOTH(`${PARAMETER}, inet:127.0.0.1:11333`), ACCEPT)),
    why: /the milter inet:127\.0\.0\.1:11333 \(smtp\/inet, by smtpd_milters\), which is dead: Connection refused/,
  },
  {
    what: 'a service asks a milter that is dead',
    given: script(
      CONFIGURATION('inet:8891@localhost'),
      postfix(...BOTH(PARAMETER), ACCEPT),
      SUBMISSION(`-o smtpd_milters=${PARAMETER},unix:/run/gone.sock`),
    ),
    why: /unix:\/run\/gone\.sock \(submission\/inet, by smtpd_milters\), which is dead: No such file or directory/,
  },
  {
    what: 'other hosts can ask OpenDKIM',
    given: script(CONFIGURATION('inet:8891'), postfix(...BOTH(PARAMETER), ACCEPT)),
    why: /OpenDKIM listens at inet:8891, where other hosts can ask it/,
  },
  {
    what: 'who asks cannot be known',
    given: script(
      CONFIGURATION('inet:8891@localhost'),
      postfix(...BOTH(PARAMETER), 'smtpd_milter_maps = cidr:/etc/postfix/milters.cidr', ACCEPT),
      'touch /etc/postfix/milters.cidr',
    ),
    why: /smtpd_milter_maps chooses milters by the client/,
  },
  {
    what: 'another instance of Postfix, wherever it is, asks OpenDKIM',
    given: script(
      CONFIGURATION('inet:8891@localhost'),
      postfix(...BOTH(PARAMETER), ACCEPT),
      'install -d /srv/px && cp /etc/postfix/master.cf /srv/px/',
      `printf 'queue_directory = /srv/pxq\\nsmtpd_milters = ${PARAMETER}\\n' > /srv/px/main.cf`,
      "postconf -e 'multi_instance_directories = /srv/px'",
    ),
    why: /the instance \/srv\/px of Postfix asks inet:localhost:8891, too \(smtp\/inet\)/,
  },
]
const OF_MAIL = { exclude: ['/var/spool/postfix', '/var/lib/postfix', '/var/mail', '/root/stream'] }
for (const { what, given, why } of REFUSED) {
  test(`${what}: a run is refused, and changes nothing`, async () => {
    await inMx1(script(AGAIN, given))
    const before = await lab.treeHash('mx1', OF_MAIL)
    const check = await dkim('--check')
    assert.is(check.code, 3, JSON.stringify(check.host))
    assert.match(check.host.error ?? '', why)
    const run = await dkim()
    assert.is(run.code, 3, JSON.stringify(run.host))
    assert.match(run.host.error ?? '', why)
    assert.is(await lab.treeHash('mx1', OF_MAIL), before)
  })
}

const AS_IT_WAS = `sha256sum /etc/opendkim.conf /etc/opendkim/* /etc/postfix/main.cf /etc/postfix/master.cf
find /etc/systemd/system/opendkim.service.d /run/mailrun-opendkim-* -type f 2>/dev/null
systemctl is-active opendkim postfix follower`

test('the run makes another milter dead: what was is put back, and mail is signed as before', async () => {
  await inMx1(
    script(
      AGAIN,
      CONFIGURATION('inet:8891@localhost'),
      // It reads where OpenDKIM listens, and does without it no longer.
      FOLLOWER("/bin/grep -q '^Socket inet:8891' /etc/opendkim.conf"),
      postfix(...BOTH(BESIDE), ACCEPT),
    ),
  )
  const before = await inMx1(AS_IT_WAS)
  assert.match(before, /active\s+active\s+active\s*$/)
  let run: Ran | undefined
  const figures = await duringStream('mx1', ['fleet.test'], async () => {
    run = await dkim()
  })
  console.log(`  another milter dies: ${JSON.stringify(figures)}`)
  assert.is(run!.host.status, 'failed', JSON.stringify(run!.host))
  const reported = JSON.stringify(run!.host)
  assert.match(
    reported,
    /milters that would be dead now, and were not before:.*inet:127\.0\.0\.1:11334: Connection refused/,
  )
  assert.match(reported, /OpenDKIM has its former files again, and signs as before/)
  assert.not.match(reported, /still dead/)
  assert.is(await inMx1(AS_IT_WAS), before)
  assert.equal([figures.refused, figures.lost, figures.unsigned], [0, 0, 0])
  // Where a dead milter stops mail, mail shows that none is.
  await inMx1("postconf -e 'milter_default_action = tempfail'\nsystemctl reload postfix")
  const after = await duringStream('mx1', ['fleet.test'], () => new Promise((done) => setTimeout(done, 2000)))
  assert.equal([after.refused, after.lost, after.unsigned], [0, 0, 0])
  assert.equal(Object.keys(after.selectors), ['mail'])
})

test.run()
