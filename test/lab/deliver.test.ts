// `mailrun verify --deliver`: messages are really sent on every path, and a receiver that is not ours says what it
// found; what is broken is reported as what it is. Has a lab of its own.
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { DeliveryProof } from '../../src/mail/proof/proof.ts'
import type { ProofDocument } from '../../src/report/proof/json.ts'
import { MAIN, ROOT } from '../unit/cli/mailrun.ts'
import { suite } from '../suite.ts'
import { inHost } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('deliver')
const lab = await import('../../lab/index.ts')
const test = suite('lab: deliver')
const HOSTS = ['mx1', 'mx2'] as const
const DOMAINS = ['fleet.test', 'example.test'] as const
const READ = ['--deliver', 'probe@receiver.test', '--read-from', 'receiver:/var/mail/inbox'] as const

const mailrun = (
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], { cwd: ROOT, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })

let fleet: readonly string[] = []
let resolver = ''

interface Delivered {
  readonly code: number
  readonly stderr: string
  readonly hosts: ProofDocument['hosts']
  /** `mx1 fleet.test smtp` → `pass arrived` */
  readonly verdicts: Readonly<Record<string, string>>
  /** What was found of each, for who reads that a test failed. */
  readonly reported: string
}
async function delivered(...words: readonly string[]): Promise<Delivered> {
  await lab.flushResolver()
  const { code, stdout, stderr } = await mailrun(
    'verify',
    ...fleet,
    '-e',
    JSON.stringify({ dns: { resolvers: [resolver] } }),
    '--format',
    'json',
    ...words,
  )
  assert.match(stdout, /^\{\s*"hosts"/, stdout + stderr)
  const { hosts } = JSON.parse(stdout) as ProofDocument
  return {
    code,
    stderr,
    hosts,
    verdicts: Object.fromEntries(
      hosts.flatMap(({ name, delivery }) =>
        delivery.map(({ domain, path, verdict }) => [`${name} ${domain} ${path}`, `${verdict.status} ${verdict.id}`]),
      ),
    ),
    reported: hosts
      .flatMap(({ name, delivery }) =>
        delivery.map(({ domain, path, verdict }) => `${name} ${domain} ${path}: ${verdict.what}`),
      )
      .join('\n'),
  }
}
const verdictsOfPaths = (
  { verdicts }: Delivered,
  domain: string,
  paths: readonly DeliveryProof['path'][],
  host: string,
): readonly string[] => [...new Set(paths.map((path) => verdicts[`${host} ${domain} ${path}`] ?? 'none at all'))]
const received = async (): Promise<number> => Number(await inHost('receiver', 'ls /var/mail/inbox/new | wc -l'))

test.before(async () => {
  await lab.labUp({ size: 2, tools: false, internet: true, wire: undefined })
  resolver = (await lab.dns()).resolver
  const run = await mailrun('playbooks/dkim.ts', '-i', lab.inventoryPath)
  // It has made keys, and waits for them to be published.
  assert.is(run.code, 6, run.stdout + run.stderr)
  const hostLines = await Promise.all(
    HOSTS.map(async (host) => {
      // What the receiver puts off, as it may where a daemon of its is restarted, is tried again in seconds.
      await inHost(
        host,
        `postconf -M "submission/inet=submission inet n - y - - smtpd" &&
  postconf -e minimal_backoff_time=3s maximal_backoff_time=5s queue_run_delay=3s &&
  postfix reload 2>&1`,
      )
      const reported = await inHost(
        host,
        'ip -o addr show scope global | sed -n "s/.* inet6\\{0,1\\} \\([0-9a-f.:]*\\).*/\\1/p"',
      )
      return `    ${host}: { outgoing_addresses: ${JSON.stringify(reported.split('\n'))} }\n`
    }),
  )
  const over = join(mkdtempSync(join(tmpdir(), 'mailrun-deliver-')), 'over.yaml')
  writeFileSync(
    over,
    `mail:\n  hosts:\n${hostLines.join('')}  vars:\n    dmarc: { p: reject, rua: dmarc@fleet.test }\n`,
  )
  fleet = ['-i', lab.inventoryPath, '-i', over]
  const pushed = await mailrun('dns', 'push', ...fleet, '--yes')
  assert.is(pushed.code, 0, pushed.stdout + pushed.stderr)
  const signing = await mailrun('playbooks/dkim.ts', ...fleet)
  assert.is(signing.code, 0, signing.stdout + signing.stderr)
})
test.after(() => lab.labDown())

test('what makes no sense is refused before any host is touched, and nothing is sent', async () => {
  for (const [words, says] of [
    [['--deliver', 'nobody'], /wanted a mail address, such as you@example\.org, got "nobody"/],
    [['--read-from', 'receiver'], /--read-from goes with --deliver/],
    [['--check'], /--check goes with --deliver/],
    [
      ['--deliver', 'probe@receiver.test', '--read-from', 'reciever'],
      /the inventory has no such host: did you mean receiver\?/,
    ],
    [
      ['--deliver', 'probe@receiver.test', '--read-from', 'receiver:inbox'],
      /wanted a host of the inventory, with the path of a mailbox/,
    ],
    [
      [...READ.slice(0, 2), '--read-from', 'receiver:/var/mail/none'],
      /there is no \/var\/mail\/none; nothing was sent/,
    ],
    [[...READ.slice(0, 2), '--read-from', 'receiver'], /there is no such user: give the mailbox/],
  ] as const) {
    const { code, stdout, stderr } = await mailrun(
      'verify',
      ...fleet,
      '-e',
      JSON.stringify({ dns: { resolvers: [resolver] } }),
      ...words,
    )
    assert.equal([code, stdout], [1, ''], words.join(' '))
    assert.match(stderr, says)
  }
  assert.is(await received(), 0)
})

test('a check says how many messages would be sent, and sends none', async () => {
  const { stderr, verdicts } = await delivered('--deliver', 'probe@receiver.test', '--check')
  assert.match(stderr, 'mailrun: 16 messages would be sent to probe@receiver.test: 8 by mx1, 8 by mx2\n')
  assert.equal([...new Set(Object.values(verdicts))], ['none not-sent'])
  assert.match(
    (await delivered('--deliver', 'x@fleet.test', '--check')).stderr,
    "warning: fleet.test is the fleet's own",
  )
  assert.is(await received(), 0)
  for (const host of HOSTS) assert.is(await inHost(host, 'mailq'), 'Mail queue is empty')
})

const ALL_ARRIVE =
  'from every host, for every domain, mail on every path arrives with spf, dkim and dmarc passed, ' +
  "by the selector of the host; root's and bounces do, too"
test(ALL_ARRIVE, async () => {
  const all = await delivered(...READ)
  assert.match(all.stderr, 'mailrun: 16 messages are sent to probe@receiver.test: 8 by mx1, 8 by mx2\n')
  assert.equal([...new Set(Object.values(all.verdicts))], ['pass arrived'], JSON.stringify(all.hosts, null, 1))
  assert.equal(
    Object.keys(all.verdicts).sort(),
    HOSTS.flatMap((host) => [
      ...DOMAINS.flatMap((domain) =>
        (['sendmail', 'smtp', 'submission'] as const).map((path) => `${host} ${domain} ${path}`),
      ),
      ...(['root', 'bounce'] as const).map((path) => `${host} ${host}.fleet.test ${path}`),
    ]).sort(),
  )
  assert.is(all.code, 0)
  for (const { name, delivery } of all.hosts) {
    assert.equal([...new Set(delivery.flatMap(({ selectors = [] }) => selectors))], [name])
    assert.is(new Set(delivery.map(({ nonce }) => nonce)).size, 8)
  }
})

test('without a mailbox to read, what the host alone can tell is reported', async () => {
  const { code, hosts, reported } = await delivered('--deliver', 'probe@receiver.test', '-l', 'mx1')
  const verdicts = hosts[0]!.delivery.map(({ verdict }) => verdict)
  assert.equal([...new Set(verdicts.map(({ status, id }) => `${status} ${id}`))], ['none taken'], reported)
  for (const { what } of verdicts)
    assert.match(what, /^mx\.receiver\.test\[[\d.]+\]:25 took it: 250 2\.0\.0 Ok: queued as \w+/)
  assert.is(code, 0)
})

test('an address that a server refuses, that waits, or that is on the host itself is reported as that', async () => {
  const of = async (address: string) =>
    verdictsOfPaths(
      await delivered('--deliver', address, '--wait', '10', '-l', 'mx1'),
      'fleet.test',
      ['sendmail', 'smtp'],
      'mx1',
    )
  // The receiver takes no mail for others.
  await lab.dnsUpdate(['update add other.receiver.test. 5 MX 10 mx.receiver.test.'])
  await lab.secondaryLag(false)
  assert.equal(await of('x@other.receiver.test'), ['fail bounced'])
  assert.equal(await of('root@mx1.fleet.test'), ['unknown not-left'])
  await lab.hostLink('receiver', false)
  try {
    assert.equal(await of('probe@receiver.test').then(([id]) => /^unknown (?:deferred|not-told)$/.test(id!)), true)
  } finally {
    await lab.hostLink('receiver', true)
  }
  await inHost('mx1', 'postsuper -d ALL deferred 2>&1; :')
})

const BROKEN =
  'a host that is not in SPF, a key that is another in DNS, a path that wants a login: each is reported as what it is'
test(BROKEN, async () => {
  const key = async (host: string): Promise<string> =>
    inHost('ns1', `dig +short @127.0.0.1 ${host}._domainkey.example.test TXT`)
  const [own, other] = [await key('mx1'), await key('mx2')]
  const second = await inHost('mx2', 'ip -o -4 addr show scope global | sed -n "s/.* inet \\([0-9.]*\\).*/\\1/p"')
  await lab.dnsUpdate(['update delete fleet.test. TXT', `update add fleet.test. 5 TXT "v=spf1 ip4:${second} ~all"`])
  await lab.dnsUpdate([
    'update delete mx1._domainkey.example.test. TXT',
    `update add mx1._domainkey.example.test. 5 TXT ${other}`,
  ])
  await inHost(
    'mx2',
    'postconf -P submission/inet/smtpd_relay_restrictions=permit_sasl_authenticated,reject && postfix reload 2>&1',
  )
  await lab.secondaryLag(false)
  try {
    const all = await delivered(...READ)
    assert.is(all.code, 3)
    assert.equal(
      verdictsOfPaths(all, 'fleet.test', ['sendmail', 'smtp', 'submission'], 'mx1'),
      ['fail spf-softfail'],
      all.reported,
    )
    assert.equal(
      verdictsOfPaths(all, 'example.test', ['sendmail', 'smtp', 'submission'], 'mx1'),
      ['fail dkim-fail'],
      all.reported,
    )
    for (const domain of DOMAINS)
      assert.equal(
        verdictsOfPaths(all, domain, ['sendmail', 'smtp', 'submission'], 'mx2'),
        ['pass arrived', 'none left-out'],
        all.reported,
      )
    const closed = all.hosts[1]!.delivery.find(({ path }) => path === 'submission')!
    assert.match(closed.verdict.what, /^is not sent: 554 5\.7\.1 .*Access denied/)
  } finally {
    await lab.dnsUpdate([
      'update delete mx1._domainkey.example.test. TXT',
      `update add mx1._domainkey.example.test. 5 TXT ${own}`,
    ])
  }
})

const UNSIGNED =
  'bounces that pass no milter, and a host that calls itself by a name in none of its domains, are reported as that'
test(UNSIGNED, async () => {
  await inHost(
    'mx2',
    `postconf -e internal_mail_filter_classes=
echo mx2.other.test > /etc/mailname
postfix reload 2>&1`,
  )
  const renamed = await delivered(...READ, '-l', 'mx2')
  assert.equal(
    [renamed.verdicts['mx2 mx2.other.test root'], renamed.verdicts['mx2 mx2.other.test bounce']],
    ['fail dkim-none', 'fail dkim-none'],
    renamed.reported,
  )
  assert.equal(
    renamed.hosts[0]!.signing.filter(({ domain }) => domain === 'mx2.other.test').map(
      ({ role, verdict }) => `${role} ${verdict.id}`,
    ),
    ['local unsigned', 'bounce no-milter'],
  )
  await inHost(
    'mx2',
    `echo mx2.fleet.test > /etc/mailname
touch /etc/postfix/none
postconf -e header_checks=regexp:/etc/postfix/none
postfix reload 2>&1`,
  )
  const silent = await delivered(...READ, '-l', 'mx2')
  assert.equal(
    [silent.verdicts['mx2 mx2.fleet.test root'], silent.verdicts['mx2 mx2.fleet.test bounce']],
    ['pass arrived', 'fail dkim-none'],
    silent.reported,
  )
  // Postfix's own checks might refuse bounces: then they are left alone.
  const classes = async (): Promise<string> => {
    const { code, stdout } = await mailrun('playbooks/dkim.ts', ...fleet, '-l', 'mx2')
    assert.is(code, 0, stdout)
    return inHost('mx2', 'postconf -h internal_mail_filter_classes')
  }
  assert.is(await classes(), '')
  await inHost('mx2', 'postconf -X header_checks')
  assert.is(await classes(), 'bounce')
  assert.equal(verdictsOfPaths(await delivered(...READ, '-l', 'mx2'), 'mx2.fleet.test', ['root', 'bounce'], 'mx2'), [
    'pass arrived',
  ])
})

test('a milter that is down: with accept mail arrives unsigned, with tempfail it does not leave', async () => {
  await inHost('mx1', 'systemctl stop opendkim; postconf -e milter_default_action=accept; postfix reload 2>&1')
  const accepted = await delivered(...READ, '-l', 'mx1')
  assert.equal(
    verdictsOfPaths(accepted, 'example.test', ['sendmail', 'smtp', 'submission'], 'mx1'),
    ['fail dkim-none'],
    accepted.reported,
  )
  await inHost('mx1', 'postconf -e milter_default_action=tempfail; postfix reload 2>&1')
  const before = await received()
  const put = await delivered(...READ, '--wait', '4', '-l', 'mx1')
  assert.equal([...new Set(Object.values(put.verdicts))], ['fail put-off'])
  assert.equal([put.code, await received()], [3, before])
})

test.run()
