// `mailrun audit` in a small internet: what mailrun set up has no findings, what a guide set up has exactly those of
// the guide, each trap on a host is reported as what it is, and nothing is changed. Has a lab of its own.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile } from 'node:child_process'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import type { AuditReport } from '../../src/audit/audit-report.ts'
import { MAIN, ROOT } from '../unit/cli/mailrun.ts'
import { suite } from '../suite.ts'
import { inHost, outputIn } from './in-host.ts'
import { POSTFIX_UNIT, nameLab } from './own-lab.ts'

nameLab('audit2')
const lab = await import('../../lab/index.ts')
const test = suite('lab: audit')
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(ROOT, 'docs/audit.schema.json'), 'utf8')) as object,
)
const folder = mkdtempSync(join(tmpdir(), 'mailrun-audit-'))
const over = join(folder, 'over.yaml')

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}
const mailrun = (...words: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], { cwd: ROOT, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })
const inventories = (): readonly string[] => ['-i', lab.inventoryPath, '-i', over]

interface Audited {
  readonly code: number
  readonly report: AuditReport
  readonly ids: readonly string[]
}
async function audit(...words: readonly string[]): Promise<Audited> {
  const { code, stdout, stderr } = await mailrun('audit', ...inventories(), '--format', 'json', ...words)
  assert.ok(stdout !== '', stderr)
  const report = JSON.parse(stdout) as AuditReport
  assert.ok(valid(report), JSON.stringify(valid.errors))
  return { code, report, ids: idsOf(report) }
}
/** What comes of `work`; `after` is done however it ends. */
async function andThen<Result>(work: Promise<Result>, after: () => Promise<unknown>): Promise<Result> {
  try {
    return await work
  } finally {
    await after()
  }
}
/** `id host domain`, each once, of what is not accepted. */
const idsOf = ({ findings }: AuditReport): readonly string[] =>
  [
    ...new Set(
      findings
        .filter(({ accepted }) => accepted === undefined)
        .flatMap(({ id, subjects }) =>
          subjects.map(({ host, domain }) => [id, host, domain].filter((part) => part !== undefined).join(' ')),
        ),
    ),
  ].sort()

test.before(async () => {
  await lab.labUp({ size: 2, tools: false, internet: true, wire: undefined })
  const hosts = await Promise.all(
    ['mx1', 'mx2'].map(async (name) => {
      const reported = await inHost(
        name,
        'ip -o addr show scope global | sed -n "s/.* inet6\\{0,1\\} \\([0-9a-f.:]*\\).*/\\1/p"',
      )
      return `    ${name}: { outgoing_addresses: ${JSON.stringify(reported.split('\n'))} }\n`
    }),
  )
  writeFileSync(over, `mail:\n  vars:\n    dmarc: { p: reject, rua: dmarc@fleet.test }\n  hosts:\n${hosts.join('')}`)
  const run = await mailrun('playbooks/dkim.ts', ...inventories())
  // It has made keys, and waits for them to be published.
  assert.is(run.code, 6, run.stdout + run.stderr)
  const push = await mailrun('dns', 'push', '--yes', ...inventories())
  assert.is(push.code, 0, push.stdout + push.stderr)
  const signing = await mailrun('playbooks/dkim.ts', ...inventories())
  assert.is(signing.code, 0, signing.stdout + signing.stderr)
})
test.after(() => lab.labDown())

const WHAT = 'Id,InvocationID,ActiveEnterTimestampMonotonic,NRestarts'
const UNITS = `systemctl show opendkim postfix ${POSTFIX_UNIT} -p ${WHAT}`

const stateOfMx1 = () =>
  Promise.all([lab.treeList('mx1', { exclude: [] }), outputIn('mx1', UNITS), outputIn('mx1', 'mailq')])

const OWN_FLEET =
  'a fleet that mailrun set up and published has no findings, and nothing on its hosts has changed after the audit'
test(OWN_FLEET, async () => {
  const before = await stateOfMx1()
  const { code, report, ids } = await audit()
  assert.equal(ids, [])
  assert.is(code, 0)
  assert.equal(
    report.matrix.map(({ host, domain }) => `${host} ${domain}`),
    [
      'mx1 fleet.test',
      'mx1 example.test',
      'mx1 mx1.fleet.test',
      'mx2 fleet.test',
      'mx2 example.test',
      'mx2 mx2.fleet.test',
    ],
  )
  // A host's own name has no keys of its own, and nobody else's mail comes from it.
  assert.equal(
    [
      ...new Set(
        report.matrix.flatMap(({ domain, cells }) =>
          Object.entries(cells)
            .filter(([check]) => !['dkim', 'outsider'].includes(check) || !domain!.startsWith('mx'))
            .map(([, { status }]) => status),
        ),
      ),
    ],
    ['pass'],
  )
  const after = await stateOfMx1()
  assert.equal(lab.treeDifference(before[0], after[0]), [])
  assert.equal(after.slice(1), before.slice(1))
})

test('every format is made of it, and people read that all is well', async () => {
  const [text, html, junit] = await Promise.all(
    ['text', 'html', 'junit'].map((format) => mailrun('audit', ...inventories(), '--format', format)),
  )
  assert.match(text!.stdout, /^mx2 +fleet\.test +✓ +✓ mx2 rsa 2048 /m)
  assert.match(text!.stdout, /^2 hosts, 2 domains: no findings; in /m)
  assert.match(html!.stdout, /^<!doctype html>[^]*All is well[^]*<\/html>\n$/)
  assert.match(junit!.stdout, /<testsuites name="mailrun audit" tests="\d+" failures="0" errors="0" skipped="0"/)
})

const socket = '/var/spool/postfix/opendkim/opendkim.sock'
/** Stopped in an orderly way it takes five seconds. */
const again = `systemctl kill -s KILL opendkim
sleep 0.3
systemctl reset-failed opendkim
systemctl start opendkim`
const restart = `${again}
for i in 1 2 3 4 5 6 7 8 9 10; do
  [ -S ${socket} ] && break
  sleep 0.2
done`
interface Breach {
  readonly break: string
  readonly mend: string
}
const saved = (path: string, edit: string): Breach => ({
  break: `cp -a ${path} /root/saved-${path.replaceAll('/', '-')}\n${edit}`,
  mend: `cp -a /root/saved-${path.replaceAll('/', '-')} ${path}`,
})
const conf = (edit: string): Breach => saved('/etc/opendkim.conf', edit)
const several = (...all: readonly Breach[]): Breach => ({
  break: all.map((each) => each.break).join('\n'),
  mend: all.map((each) => each.mend).join('\n'),
})
const restarted = ({ break: breaks, mend }: Breach): Breach => ({
  break: `${breaks}\n${restart}`,
  mend: `${mend}\n${restart}`,
})
const key = (domain: string): string => `/etc/dkimkeys/${domain}/mx1.private`
const of =
  (names: readonly string[]) =>
  (...ids: readonly string[]): readonly string[] =>
    ids.flatMap((id) => names.map((domain) => `${id} mx1 ${domain}`))
const ofDomains = of(['example.test', 'fleet.test'])
/** And of the host itself. */
const ofAll = of(['example.test', 'fleet.test', 'mx1.fleet.test'])
/** Mail of the host itself is signed with that key. */
const ofFleet = of(['fleet.test', 'mx1.fleet.test'])

const DROP_INS = '/etc/systemd/system/opendkim.service.d'
const OVERRIDE: Breach = {
  break: `mkdir -p ${DROP_INS}
printf '[Service]\\nExecStart=\\nExecStart=/usr/sbin/opendkim -p inet:8892@localhost\\n' > ${DROP_INS}/override.conf
systemctl daemon-reload
${again}`,
  mend: `rm ${DROP_INS}/override.conf
systemctl daemon-reload
${restart}`,
}
const TO_PATTERNS = `sed -i 's|^InternalHosts .*|InternalHosts refile:/etc/dkimkeys/Patterns|' /etc/opendkim.conf
printf '127.0.0.1\\n10.*\\n192.0.2.*\\n' > /etc/dkimkeys/Patterns`
const DANGLING_AND_BARE = `sed -i \
-e 's/mx1._domainkey.fleet.test/gone._domainkey.fleet.test/' \
-e 's/^\\*@example.test/example.test/' /etc/dkimkeys/SigningTable`

/** What is broken on mx1, how it is corrected, and all that is found then. */
const TRAPS: readonly {
  readonly what: string
  readonly break: string
  readonly mend: string
  readonly ids: readonly string[]
  readonly says?: RegExp
}[] = [
  {
    what: 'a left-over override.conf',
    ...OVERRIDE,
    ids: ['conf-overridden mx1', 'socket-any-user mx1', 'milter-elsewhere mx1', ...ofAll('milter-unreached')],
    says: /override\.conf/,
  },
  {
    what: 'what was appended, left out, or written where nobody reads it',
    ...several(
      conf('sed -i /^PidFile/d /etc/opendkim.conf; echo "Mode sv" >> /etc/opendkim.conf'),
      saved('/etc/postfix/main.cf', 'echo "milter_default_action = accept" >> /etc/postfix/main.cf'),
      saved('/etc/default/opendkim', "echo 'SOCKET=inet:12345@localhost' >> /etc/default/opendkim"),
    ),
    ids: ['pid-file-missing mx1', 'parameter-twice mx1', 'milter-accept mx1', 'conf-default-ignored mx1'],
  },
  {
    what: 'a configuration that is refused',
    ...conf("echo 'ADSPAction discard' >> /etc/opendkim.conf"),
    ids: ['opendkim-refused mx1'],
    says: /ADSPAction/,
  },
  {
    what: 'a KeyTable that is not there',
    break: 'mv /etc/dkimkeys/KeyTable /root/saved',
    mend: 'mv /root/saved /etc/dkimkeys/KeyTable',
    ids: ['table-missing mx1'],
  },
  {
    what: 'a filter that gives mail back, and a service with milters of its own',
    ...saved(
      '/etc/postfix/master.cf',
      `postconf -M 127.0.0.1:10025/inet='127.0.0.1:10025 inet n - y - - smtpd'
postconf -P smtp/inet/smtpd_milters=`,
    ),
    ids: ['reinjection-signed mx1', 'milters-overridden mx1', ...ofDomains('no-milter')],
  },
  {
    what: 'signatures that leave out the field of one-click unsubscription',
    ...restarted(conf('sed -i /^SignHeaders/d /etc/opendkim.conf')),
    ids: ofDomains('one-click-unsigned'),
    says: /SignHeaders/,
  },
  {
    what: 'Mode v',
    ...restarted(conf("sed -i 's/^Mode .*/Mode v/' /etc/opendkim.conf")),
    ids: ['opendkim-mode mx1', ...ofAll('unsigned')],
  },
  {
    what: 'trusted hosts as patterns',
    ...restarted(conf(TO_PATTERNS)),
    ids: ['refile-hosts mx1', 'refile-hosts-pattern mx1', ...ofDomains('outsider-signed')],
    says: /\/etc\/dkimkeys\/Patterns/,
  },
  {
    what: 'trusted hosts that are the world',
    ...restarted(saved('/etc/dkimkeys/TrustedHosts', 'echo 0.0.0.0/0 >> /etc/dkimkeys/TrustedHosts')),
    ids: ['trusted-wide mx1', ...ofDomains('outsider-signed')],
  },
  {
    what: 'a SigningTable that names no key, and a domain alone among patterns',
    ...restarted(saved('/etc/dkimkeys/SigningTable', DANGLING_AND_BARE)),
    ids: [
      ...ofFleet('signing-dangling'),
      'key-table-unused mx1 fleet.test',
      ...ofFleet('milter-tempfail'),
      'signing-bare-domain mx1 example.test',
      'unsigned mx1 example.test',
    ],
  },
  {
    what: 'a pattern for everybody',
    ...restarted(
      saved('/etc/dkimkeys/SigningTable', "sed -i '1a *@* mx1._domainkey.fleet.test' /etc/dkimkeys/SigningTable"),
    ),
    ids: ['signing-catch-all mx1', 'signing-shadowed mx1 example.test'],
  },
  {
    what: 'a SigningTable without patterns',
    ...restarted(
      conf("sed -i 's|refile:/etc/dkimkeys/SigningTable|file:/etc/dkimkeys/SigningTable|' /etc/opendkim.conf"),
    ),
    ids: ofAll('signing-plain-wildcard', 'unsigned'),
  },
  {
    what: 'a key that is not there, and one that only root can read',
    break: `mv ${key('example.test')} /root/saved\nchown root:root ${key('fleet.test')}`,
    mend: `mv /root/saved ${key('example.test')}\nchgrp opendkim-keys ${key('fleet.test')}`,
    ids: ['key-missing mx1 example.test', 'key-unreadable mx1 fleet.test', ...ofAll('milter-tempfail')],
    says: /root:root 0640/,
  },
  {
    what: 'a key that all can read, and a file that holds none',
    ...several(
      saved(key('example.test'), `echo nonsense > ${key('example.test')}`),
      saved(key('fleet.test'), `chmod 0644 ${key('fleet.test')}`),
    ),
    ids: ['key-invalid mx1 example.test', 'key-unsafe mx1 fleet.test', ...ofAll('milter-tempfail')],
  },
  {
    what: 'postfix in the group of the daemon, and a key for the group',
    ...restarted({
      break: `adduser --quiet postfix opendkim; chgrp opendkim ${key('fleet.test')}`,
      mend: `gpasswd -d postfix opendkim >/dev/null; chgrp opendkim-keys ${key('fleet.test')}`,
    }),
    ids: ['postfix-in-group mx1', 'key-unsafe mx1 fleet.test', ...ofFleet('milter-tempfail')],
  },
  {
    what: 'an Ed25519 key',
    ...saved(key('fleet.test'), `openssl genpkey -algorithm ed25519 > ${key('fleet.test')}`),
    ids: ['key-type mx1 fleet.test', ...ofFleet('milter-tempfail'), 'record-differs fleet.test'],
  },
]
for (const { what, break: breaks, mend, ids, says } of TRAPS) {
  test(`a trap: ${what}`, async () => {
    await inHost('mx1', breaks)
    const audited = await andThen(audit('-l', 'mx1'), () => inHost('mx1', mend))
    assert.equal(audited.ids, [...ids].sort())
    assert.is(audited.code, 2)
    if (says) assert.match(JSON.stringify(audited.report.findings), says)
  })
}

const BASELINE = `accepted:
- id: milter-accept
  host: mx*
  reason: mail must go out
- { id: spf-a-mx, domain: fleet.test, reason: the web server sends }
- { id: legacy-adsp, reason: old, until: 2020-01-01 }
`
const ACCEPTED =
  'findings that a baseline accepts are shown and do not count; entries that accept nothing, or no more, are reported'
test(ACCEPTED, async () => {
  const [baseline, written] = [join(folder, 'baseline.yaml'), join(folder, 'written.yaml')]
  const { break: breaks, mend } = saved('/etc/postfix/main.cf', 'postconf -e milter_default_action=accept')
  await inHost('mx1', breaks)
  try {
    assert.is((await audit()).code, 2)
    writeFileSync(baseline, BASELINE)
    const accepted = await audit('--baseline', baseline)
    assert.is(accepted.code, 0)
    assert.equal(
      accepted.report.findings.map(({ id, accepted: by }) => [id, by?.reason]),
      [['milter-accept', 'mail must go out']],
    )
    assert.equal(accepted.report.matrix[0]!.cells.setup.status, 'accepted')
    assert.equal(
      accepted.report.stale.map(({ id, why, where }) => [id, why, where]),
      [
        ['spf-a-mx', 'unused', `${baseline}:5`],
        ['legacy-adsp', 'expired', `${baseline}:6`],
      ],
    )
    assert.is((await mailrun('audit', ...inventories(), '--write-baseline', written)).code, 0)
    assert.match(readFileSync(written, 'utf8'), /- id: milter-accept\n +host: mx1\n +path: \/etc\/postfix\/main\.cf\n/)
    assert.is((await audit('--baseline', written)).code, 0)
    assert.match(
      (await mailrun('audit', ...inventories(), '--write-baseline', written)).stderr,
      /the file is there already/,
    )
  } finally {
    await inHost('mx1', mend)
  }
  assert.equal((await audit('-l', 'mx1')).ids, [])
})

/** What a guide of many years has people type, to the letter. */
const GUIDE = `set -e
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim opendkim-tools openssl >/dev/null 2>&1
mkdir /etc/dkimkeys/fleet.test
opendkim-genkey --directory=/etc/dkimkeys/fleet.test --domain=fleet.test --bits=2048
chown -R opendkim:opendkim /etc/dkimkeys/fleet.test
sed -i -e 's/^Socket.*/Socket inet:8892@localhost/' -e 's/^#Mode.*/Mode sv/' /etc/opendkim.conf
cat >> /etc/opendkim.conf <<'CONF'
KeyTable    /etc/dkimkeys/KeyTable
SigningTable    refile:/etc/dkimkeys/SigningTable
ExternalIgnoreList    refile:/etc/dkimkeys/TrustedHosts
InternalHosts    refile:/etc/dkimkeys/TrustedHosts
CONF
echo 'default._domainkey.fleet.test fleet.test:default:/etc/dkimkeys/fleet.test/default.private' \
> /etc/dkimkeys/KeyTable
echo '*@fleet.test   default._domainkey.fleet.test' > /etc/dkimkeys/SigningTable
printf '127.0.0.1\n::1\n' > /etc/dkimkeys/TrustedHosts
systemctl restart opendkim
printf 'milter_default_action = accept
smtpd_milters = inet:127.0.0.1:8892
non_smtpd_milters = $smtpd_milters
' >> /etc/postfix/main.cf
systemctl reload postfix
openssl pkey -in /etc/dkimkeys/fleet.test/default.private -pubout | sed '/-----/d' | tr -d '\n'`

const BY_GUIDE =
  'a host that a guide set up, and an inventory that knows nothing of it: exactly what is wrong with the guide'
test(BY_GUIDE, async () => {
  await lab.labReset(['mx1'])
  const publicKey = await inHost('mx1', GUIDE)
  const own = JSON.parse(
    readFileSync(over, 'utf8').match(/mx1: .*outgoing_addresses: (\[.*?\])/)![1]!,
  ) as readonly string[]
  const txt = (name: string, value: string): readonly string[] => [
    `update delete ${name}. TXT`,
    `update add ${name}. 5 TXT ${value
      .match(/.{1,200}/g)!
      .map((part) => JSON.stringify(part))
      .join(' ')}`,
  ]
  await lab.dnsUpdate([
    ...txt('fleet.test', `v=spf1 a mx ip4:${own.find((address) => !address.includes(':'))} -all`),
    ...txt('default._domainkey.fleet.test', `v=DKIM1; h=sha256; k=rsa; p=${publicKey}`),
    ...txt('_adsp._domainkey.fleet.test', 'dkim=unknown'),
    ...txt('_dmarc.fleet.test', 'v=DMARC1; p=none'),
    'update delete mx1.fleet.test. TXT',
  ])
  await lab.secondaryLag(false)
  const { resolver } = await lab.dns()
  const foreign = join(folder, 'foreign.yaml')
  const vars = [
    `ansible_host: ${await lab.address('mx1')}`,
    'ansible_user: root',
    `ansible_ssh_private_key_file: ${lab.stateDir}/id_ed25519`,
    `outgoing_addresses: ${JSON.stringify(own)}`,
    `dns: { resolvers: [${resolver}] }`,
  ]
  writeFileSync(foreign, `all:\n  hosts:\n    mx1: { ${vars.join(', ')} }\n`)
  const { code, stdout, stderr } = await mailrun(
    'audit',
    '-i',
    foreign,
    '--known-hosts',
    `${lab.stateDir}/known_hosts`,
    '--format',
    'json',
  )
  assert.ok(stdout !== '', stderr)
  assert.equal(idsOf(JSON.parse(stdout) as AuditReport), [
    'dmarc-fail mx1 mx1.fleet.test',
    'dmarc-none-without-rua fleet.test',
    'key-daemon-owned mx1',
    'legacy-adsp fleet.test',
    'milter-accept mx1',
    'no-milter mx1 mx1.fleet.test',
    'one-click-unsigned mx1 fleet.test',
    'refile-hosts mx1',
    'selector-default mx1 fleet.test',
    'socket-any-user mx1',
    'spf-a-mx fleet.test',
    'spf-missing-ip6 mx1 fleet.test',
    'spf-none mx1.fleet.test',
    'trust-anchor mx1',
    'unsigned mx1 mx1.fleet.test',
  ])
  assert.is(code, 2)
})

const OTHER_HOSTS =
  'hosts without Postfix, with an OpenDKIM that only verifies, or that do not answer are reported for, ' +
  'and the others are audited'
test(OTHER_HOSTS, async () => {
  await lab.hostStop('mx2')
  const auditing = audit('-l', 'mx1,mx2,ns1,receiver', '-T', '3')
  const { code, report } = await andThen(auditing, () => lab.hostStart('mx2'))
  assert.equal(
    report.hosts.map(({ name, status }) => `${name} ${status}`),
    ['mx1 audited', 'mx2 unreachable', 'ns1 audited', 'receiver audited'],
  )
  assert.is(code, 3)
  const of = (host: string): readonly string[] => [
    ...new Set(
      report.findings.filter(({ subjects }) => subjects.some((subject) => subject.host === host)).map(({ id }) => id),
    ),
  ]
  assert.equal(of('ns1'), ['no-postfix'])
  assert.ok(of('receiver').includes('opendkim-mode'), String(of('receiver')))
  assert.equal(
    report.matrix.filter(({ host }) => host === 'mx2').map(({ cells }) => cells.signature.status),
    ['unknown', 'unknown'],
  )
})

test.run()
