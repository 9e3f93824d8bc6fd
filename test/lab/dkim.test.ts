// The main job on real hosts: predicted exactly, done once, kept against drift, and mail signed so that others can
// verify it. Has a lab of its own.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import * as assert from 'uvu/assert'
import { processesStarted } from '../../bench/host-processes.ts'
import type { RunDocument } from '../../src/report/run/json.ts'
import { MAIN, ROOT } from '../unit/cli/mailrun.ts'
import { suite } from '../suite.ts'
import { inHost } from './in-host.ts'
import { POSTFIX_UNIT, nameLab } from './own-lab.ts'

nameLab('dkim')
const lab = await import('../../lab/index.ts')
const test = suite('lab: dkim')
const HOSTS = ['mx1', 'mx2', 'mx3']
const DOMAINS = ['fleet.test', 'example.test']

const OVER = join(mkdtempSync(join(tmpdir(), 'mailrun-dkim-')), 'over.yaml')
/** That of the keys that others made is mx1's own. */
const GIVEN = 'mail:\n  hosts:\n    mx1: { dkim_selectors: [default] }\n'

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}
const dkim = (...words: readonly string[]): Promise<Ended> =>
  mailrun('-i', lab.inventoryPath, '-i', OVER, '--format', 'json', ...words)
const mailrun = (...words: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const args = [MAIN, 'playbooks/dkim.ts', '--become-password-file', lab.becomePasswordFile, ...words]
    execFile(process.execPath, args, { cwd: ROOT, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })
const documentOf = ({ stdout, stderr }: Ended): RunDocument => {
  assert.ok(stdout !== '', stderr)
  return JSON.parse(stdout) as RunDocument
}
const reported = ({ hosts }: RunDocument) =>
  hosts.map(({ name, tasks }) => ({
    name,
    tasks: tasks.map((task) => ({ ...task, status: task.status === 'would-change' ? 'changed' : task.status })),
  }))
const changedIn = (document: RunDocument, host: string): readonly string[] =>
  document.hosts
    .find(({ name }) => name === host)!
    .tasks.filter(({ status }) => status !== 'ok')
    .map(({ type, name }) => `${type} ${name}`)

test.before(async () => {
  writeFileSync(OVER, GIVEN)
  await lab.labUp({ size: 3, tools: true, wire: undefined })
})
test.after(() => lab.labDown())

test('on fresh hosts a check writes nothing, and predicts each task as the run then does it', async () => {
  // sudo itself leaves a mark in the home of a user of the group sudo.
  const tree = (host: string) => lab.treeList(host, { exclude: ['/home/admin'] })
  const before = await Promise.all(HOSTS.map(tree))
  const check = await dkim('--check')
  assert.is(check.code, 2, check.stderr)
  for (const [index, host] of HOSTS.entries())
    assert.equal(lab.treeDifference(before[index]!, await tree(host)), [], host)
  const run = await dkim()
  assert.is(run.code, 0, run.stdout)
  assert.equal(reported(documentOf(check)), reported(documentOf(run)))
})

test('a second run changes nothing, in one trip, with the same keys and the same processes', async () => {
  const facts = `stat -c "%n %i %Y" /etc/dkimkeys/*/*.private
sha256sum /etc/dkimkeys/*/*.private
for unit in opendkim ${POSTFIX_UNIT}; do systemctl show -p InvocationID --value $unit | grep . || exit; done`
  const before = await Promise.all(HOSTS.map((host) => inHost(host, facts)))
  const run = await dkim()
  assert.is(run.code, 0, run.stdout)
  assert.equal(
    documentOf(run).hosts.map(({ name, status, trips }) => ({ name, status, trips })),
    HOSTS.map((name) => ({ name, status: 'ok', trips: 1 })),
  )
  assert.equal(await Promise.all(HOSTS.map((host) => inHost(host, facts))), before)
  assert.is((await dkim('--check')).code, 0)
})

/** All that the kernel of mx1 numbers: of sshd, of two rounds of questions, of the steps, of systemd and OpenDKIM. */
const MOST_PROCESSES = 80
test('one changed table costs few processes on the host, trial and proof with them', async () => {
  const counted: number[] = []
  for (const trusted of ['198.51.100.1', '198.51.100.2', '198.51.100.3']) {
    // systemd starts a manager of the user with a login that comes long after the last one.
    await dkim('-l', 'mx1', '--check')
    const changes = async (): Promise<void> => {
      const run = await dkim('-l', 'mx1', '-e', JSON.stringify({ trusted_hosts: [trusted] }))
      assert.equal(changedIn(documentOf(run), 'mx1'), ['opendkim opendkim.conf, tables, unit'])
    }
    counted.push(...(await processesStarted(lab, ['mx1'], changes)))
  }
  console.log(`  one changed table: ${counted.join(', ')} processes`)
  // What else the host starts meanwhile is not of the run.
  assert.ok(Math.min(...counted) <= MOST_PROCESSES, counted.join(', '))
  assert.is((await dkim()).code, 0)
})

test("every key is root's, and OpenDKIM's group can read it", async () => {
  for (const host of HOSTS) {
    for (const domain of DOMAINS)
      assert.is(
        await inHost(host, `stat -c '%U:%G %a' /etc/dkimkeys/${domain}/${host}.private`),
        'root:opendkim-keys 640',
      )
  }
})

/** Shell text that hands in a message from `domain`, which is written as printf(1) has it. */
const HAND_IN = {
  sendmail: (domain: string, text: string): string =>
    `printf '${text.replaceAll('\\r', '')}' | /usr/sbin/sendmail -f a@${domain} root@localhost`,
  SMTP: (domain: string, text: string): string => `bash -c '
exec 3<>/dev/tcp/127.0.0.1/25
read -r x <&3
say() {
  printf "$1\\r\\n" >&3
  while read -r x <&3; do
    case $x in [0-9][0-9][0-9]-*) ;; *) break;; esac
  done
}
say "EHLO t"
say "MAIL FROM:<a@${domain}>"
say "RCPT TO:<root@localhost>"
say DATA
printf "${text}" >&3
say .
say QUIT'`,
} as const
/** Shell text that prints the message once it has arrived. */
const arrived = (subject: string): string => `for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  for f in /var/mail/*; do
    [ -f "$f" ] && grep -q 'Subject: ${subject}' "$f" && {
      awk 'BEGIN{RS="\\nFrom "} /Subject: ${subject}/{print}' "$f"
      exit 0
    }
  done
  sleep 0.5
done
mailq
exit 1`

async function mailIsSigned(way: 'sendmail' | 'SMTP', host: string, selector: string): Promise<void> {
  const records = new Map<string, string>()
  for (const { outputs } of documentOf(await dkim()).hosts)
    for (const { name, value } of outputs['dns'] as { name: string; value: string }[]) records.set(name, value)
  for (const domain of DOMAINS) {
    const subject = `${way}-${host}-${selector}-${domain}`
    const text = `From: a@${domain}\\r\\nTo: root@localhost\\r\\nSubject: ${subject}\\r\\n\\r\\nhello\\r\\n`
    await inHost(host, HAND_IN[way](domain, text))
    const message = await inHost(host, arrived(subject))
    const mail = `${message.replace(/^(?:From )?\S+ .*\n/, '').trimEnd()}\n`.replaceAll('\n', '\r\n')
    const { results } = await dkimVerify(mail, {
      resolver: (name: string) => {
        const value = records.get(name)
        if (value !== undefined) return Promise.resolve([[value]])
        return Promise.reject(Object.assign(new Error(`no record ${name}`), { code: 'ENOTFOUND' }))
      },
    })
    assert.is(results.length, 1, mail)
    const good = results.filter(({ status }) => status.result === 'pass')
    assert.equal(
      good.map(({ signingDomain, selector }) => [signingDomain, selector]),
      [[domain, selector]],
      `${mail}\n${JSON.stringify(results.map(({ status }) => status))}`,
    )
    await dkimpyAccepts(mail, records)
  }
}

for (const way of ['sendmail', 'SMTP'] as const) {
  test(`mail by ${way} is signed for its domain, and mailauth and dkimpy agree`, async () => {
    for (const host of HOSTS) await mailIsSigned(way, host, host)
  })
}

/** dkimpy on the host `verify`, given the records that a name server would give. */
async function dkimpyAccepts(mail: string, records: ReadonlyMap<string, string>): Promise<void> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const program = `import base64, dkim, json
records = json.loads(base64.b64decode("${base64(JSON.stringify(Object.fromEntries(records)))}"))
mail = base64.b64decode("${base64(mail)}")
answer = lambda name, timeout=5: records[name.decode().rstrip(".")].encode()
print(dkim.verify(mail, dnsfunc=answer))
print(dkim.verify(mail.replace(b"hello", b"hallo"), dnsfunc=answer))
`
  assert.is(await inHost('verify', `python3 - <<'PY'\n${program}PY`), 'True\nFalse', mail)
}

const DROP_INS = '/etc/systemd/system/opendkim.service.d'
/** What is broken by hand on mx1, the tasks that must say so, and the units that must be another process afterwards. */
const DRIFTS: readonly {
  readonly what: string
  readonly break: string
  readonly tasks: readonly string[]
  readonly restarts: readonly string[]
}[] = [
  {
    what: 'the content of opendkim.conf',
    break: 'echo "# mine" >> /etc/opendkim.conf',
    tasks: ['opendkim opendkim.conf, tables, unit'],
    restarts: [],
  },
  {
    what: 'the mode of opendkim.conf',
    break: 'chmod 0600 /etc/opendkim.conf',
    tasks: ['opendkim opendkim.conf, tables, unit'],
    restarts: [],
  },
  {
    what: 'the owner of a table',
    break: 'chown daemon /etc/dkimkeys/KeyTable',
    tasks: ['opendkim opendkim.conf, tables, unit'],
    restarts: [],
  },
  {
    what: 'a missing file',
    break: 'rm /etc/dkimkeys/TrustedHosts',
    tasks: ['opendkim opendkim.conf, tables, unit'],
    restarts: [],
  },
  {
    what: 'an extra table line',
    break: 'echo "*@evil.test mx1._domainkey.fleet.test" >> /etc/dkimkeys/SigningTable',
    tasks: ['opendkim opendkim.conf, tables, unit'],
    restarts: [],
  },
  {
    what: 'a stopped unit',
    break: 'systemctl stop opendkim',
    tasks: ['opendkim opendkim.conf, tables, unit'],
    restarts: ['opendkim'],
  },
  {
    what: 'a dead Postfix behind its wrapper',
    break: `systemctl stop ${POSTFIX_UNIT}`,
    tasks: ['service postfix'],
    restarts: [POSTFIX_UNIT],
  },
  {
    what: 'a socket that was removed',
    break: 'rm /var/spool/postfix/opendkim/opendkim.sock',
    tasks: ['opendkim opendkim.conf, tables, unit'],
    restarts: ['opendkim'],
  },
  {
    what: 'the directory of the socket',
    break: 'rm -rf /var/spool/postfix/opendkim',
    tasks: ['directory /var/spool/postfix/opendkim', 'opendkim opendkim.conf, tables, unit'],
    restarts: ['opendkim'],
  },
  {
    what: 'a drop-in',
    break: `mkdir -p ${DROP_INS}\nprintf "[Service]\\nNice=5\\n" > ${DROP_INS}/nice.conf`,
    tasks: ['opendkim opendkim.conf, tables, unit'],
    restarts: ['opendkim'],
  },
  {
    what: 'a disabled unit',
    break: 'systemctl disable opendkim',
    tasks: ['opendkim opendkim.conf, tables, unit'],
    restarts: [],
  },
  {
    what: 'a masked unit',
    break: 'systemctl mask opendkim',
    tasks: ['opendkim opendkim.conf, tables, unit'],
    restarts: [],
  },
  {
    what: 'a parameter of main.cf',
    break: 'postconf -e milter_default_action=accept',
    tasks: ['postfixParameter milter_default_action', 'service postfix'],
    restarts: [],
  },
  {
    what: 'a key directory that others may write',
    break: 'chmod 0770 /etc/dkimkeys/fleet.test',
    tasks: ['directory /etc/dkimkeys/fleet.test'],
    restarts: [],
  },
  {
    what: 'the mode of a key',
    break: 'chmod 0600 /etc/dkimkeys/fleet.test/mx1.private',
    tasks: ['dkimKey mx1._domainkey.fleet.test'],
    restarts: [],
  },
  {
    what: 'the owner of a key',
    break: 'chown opendkim /etc/dkimkeys/fleet.test/mx1.private',
    tasks: ['dkimOwners keys and their directories'],
    restarts: [],
  },
  {
    what: 'the owner of the directory of keys',
    break: 'chown opendkim:opendkim /etc/dkimkeys; chmod 0700 /etc/dkimkeys',
    tasks: ['dkimOwners keys and their directories'],
    restarts: [],
  },
  {
    what: 'an override of dpkg',
    break: 'dpkg-statoverride --remove /etc/dkimkeys',
    tasks: ['dkimOwners keys and their directories'],
    restarts: [],
  },
  {
    what: 'a removed package',
    break: 'apt-get -qq -y remove opendkim-tools >/dev/null 2>&1',
    tasks: ['apt postfix, opendkim, opendkim-tools, openssl'],
    restarts: [],
  },
]

const UNITS = ['opendkim', POSTFIX_UNIT]
for (const drift of DRIFTS) {
  test(`drift: ${drift.what}: named alone, corrected alone`, async () => {
    const invocations = async (): Promise<readonly string[]> =>
      Promise.all(UNITS.map((unit) => inHost('mx1', `systemctl show -p InvocationID --value ${unit} | grep .`)))
    const before = await invocations()
    await inHost('mx1', drift.break)
    const check = documentOf(await dkim('--check', '--limit', 'mx1'))
    assert.equal(changedIn(check, 'mx1'), drift.tasks)
    const run = await dkim('--limit', 'mx1')
    assert.is(run.code, 0, run.stdout)
    assert.equal(changedIn(documentOf(run), 'mx1'), drift.tasks)
    const after = await invocations()
    assert.equal(
      UNITS.filter((_, index) => before[index] !== after[index]),
      drift.restarts,
    )
    assert.is((await dkim('--check', '--limit', 'mx1')).code, 0)
  })
}

test('a drop-in by which OpenDKIM listens elsewhere is named, and nothing is changed', async () => {
  const dropIn = `${DROP_INS}/override.conf`
  await inHost(
    'mx1',
    `mkdir -p ${DROP_INS}
printf '[Service]\\nExecStart=\\nExecStart=/usr/sbin/opendkim -p inet:8891@127.0.0.1\\n' > ${dropIn}
systemctl daemon-reload
systemctl restart opendkim`,
  )
  for (const words of [['--check'], []]) {
    const refused = await dkim('--limit', 'mx1', ...words)
    assert.is(refused.code, 3, refused.stdout)
    const { error = '', tasks } = documentOf(refused).hosts[0]!
    assert.match(
      error,
      /milters of Postfix: OpenDKIM is started with -p inet:8891@127\.0\.0\.1, .*systemctl cat opendkim/,
    )
    assert.equal(
      tasks.flatMap(({ changes }) => changes),
      [],
    )
  }
  await inHost('mx1', `rm ${dropIn}; systemctl daemon-reload; systemctl restart opendkim`)
  assert.is((await dkim('--limit', 'mx1')).code, 0)
  assert.is((await dkim('--check', '--limit', 'mx1')).code, 0)
})

test('a key that its table names stays in use, whatever dkim_selector says', async () => {
  writeFileSync(OVER, 'mail:\n  hosts:\n    mx1: { dkim_selector: other }\n')
  const foreign = documentOf(await dkim('--limit', 'mx1')).hosts[0]!
  assert.is(foreign.status, 'ok')
  assert.equal(foreign.outputs['dns'], [])
  assert.match(JSON.stringify(foreign.tasks), 'selector-foreign: the host signs for fleet.test with the selector mx1')
  writeFileSync(OVER, 'mail:\n  hosts:\n    mx1: { dkim_selector: other, dkim_selectors: [mx1] }\n')
  const run = documentOf(await dkim('--limit', 'mx1'))
  writeFileSync(OVER, GIVEN)
  assert.equal(
    run.hosts.map(({ status }) => status),
    ['ok'],
  )
  assert.equal(
    (run.hosts[0]!.outputs['dns'] as { name: string }[]).map(({ name }) => name),
    DOMAINS.map((domain) => `mx1._domainkey.${domain}`),
  )
})

/** The commands of the guides that people follow, and what they have people add. */
const OPENDKIM_LINES = [
  'Mode sv',
  'KeyTable /etc/dkimkeys/KeyTable',
  'SigningTable refile:/etc/dkimkeys/SigningTable',
  'ExternalIgnoreList refile:/etc/dkimkeys/TrustedHosts',
  'InternalHosts refile:/etc/dkimkeys/TrustedHosts',
].join('\\n')
const POSTFIX_LINES = [
  'milter_default_action = accept',
  'smtpd_milters = inet:localhost:8892',
  'non_smtpd_milters = $smtpd_milters',
].join('\\n')
const BY_HAND = `
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update && apt-get -qq -y install postfix opendkim opendkim-tools openssl >/dev/null 2>&1
for d in ${DOMAINS.join(' ')}; do
  mkdir -p /etc/dkimkeys/$d
  opendkim-genkey --directory=/etc/dkimkeys/$d --domain=$d --bits=2048
  chown -R opendkim:opendkim /etc/dkimkeys/$d
  echo "default._domainkey.$d $d:default:/etc/dkimkeys/$d/default.private" >> /etc/dkimkeys/KeyTable
  echo "*@$d   default._domainkey.$d" >> /etc/dkimkeys/SigningTable
done
printf '127.0.0.1\\n::1\\n' > /etc/dkimkeys/TrustedHosts
sed -i 's/^Socket.*/Socket inet:8892@localhost/' /etc/opendkim.conf
printf '${OPENDKIM_LINES}\\n' >> /etc/opendkim.conf
systemctl restart opendkim
printf '${POSTFIX_LINES}\\n' >> /etc/postfix/main.cf
systemctl reload postfix
cat /etc/dkimkeys/*/default.private | sha256sum`

test('a host that was set up by hand keeps its keys, signs once, and asks no milter that is gone', async () => {
  await lab.labReset(['mx1'])
  const keys = await inHost('mx1', BY_HAND)
  const check = documentOf(await dkim('--check', '--limit', 'mx1'))
  const run = await dkim('--limit', 'mx1')
  assert.is(run.code, 0, run.stdout)
  const document = documentOf(run)
  assert.equal(reported(check), reported(document))
  assert.equal(
    (document.hosts[0]!.outputs['dns'] as { name: string }[]).map(({ name }) => name),
    DOMAINS.map((domain) => `default._domainkey.${domain}`),
  )
  assert.is(
    await inHost(
      'mx1',
      'cat /etc/dkimkeys/*/default.private | sha256sum; ls /etc/dkimkeys/*/mx1.private 2>/dev/null || :',
    ),
    keys,
  )
  assert.is(
    await inHost('mx1', 'postconf -hx smtpd_milters non_smtpd_milters'),
    'unix:opendkim/opendkim.sock\nunix:opendkim/opendkim.sock',
  )
  await mailIsSigned('sendmail', 'mx1', 'default')
  await mailIsSigned('SMTP', 'mx1', 'default')
})

test('without the var dns a new key is held, and its host signs on; a key in use is asked of nobody', async () => {
  // The lab without DNS has dns: false, and nobody serves its domains here.
  const silent = join(dirname(OVER), 'silent.yaml')
  const text = readFileSync(lab.inventoryPath, 'utf8')
  assert.match(text, /^ +dns: false$/m)
  writeFileSync(silent, text.replace(/^ +dns: false\n/m, ''))
  const run = async (domains: readonly string[], ...words: readonly string[]) => {
    const began = performance.now()
    const vars = ['-e', JSON.stringify({ domains })]
    const ended = await mailrun('-i', silent, '-i', OVER, '--limit', 'mx2', '--format', 'json', ...vars, ...words)
    const [mx2] = documentOf(ended).hosts
    const task = mx2!.tasks.find(({ type }) => type === 'opendkim')
    return { code: ended.code, mx2: mx2!, task, seconds: (performance.now() - began) / 1000 }
  }
  const signedFor = async (): Promise<readonly string[]> =>
    (await inHost('mx2', "sed -n 's/^\\*@//p' /etc/dkimkeys/SigningTable | cut -d' ' -f1")).split('\n').sort()

  const idle = await run(DOMAINS)
  assert.equal([idle.code, idle.mx2.status, idle.mx2.trips], [0, 'ok', 1])
  const before = await signedFor()
  const more = [...DOMAINS, 'new.test']
  const check = await run(more, '--check')
  const held = await run(more)
  assert.equal([check.code, held.code, check.mx2.status, held.mx2.status], [6, 6, 'held', 'held'])
  // Of which mailrun waits for name servers 10 s at most.
  assert.ok(held.seconds < 40, `${held.seconds} s`)
  assert.equal(
    held.task?.awaits?.map(({ name }) => name),
    ['mx2._domainkey.new.test'],
  )
  assert.match(held.task?.awaits?.[0]?.why ?? '', /^nobody can be asked: /)
  assert.equal(await signedFor(), before)
  const printed = await mailrun('-i', silent, '-i', OVER, '--limit', 'mx2', '-e', JSON.stringify({ domains: more }))
  assert.match(printed.stdout, /\nwaits for DNS\n {2}mx2\._domainkey\.new\.test: nobody can be asked: /)
  assert.match(printed.stdout, /\nmx2\._domainkey\.new\.test\. IN TXT "v=DKIM1; /)
  assert.match(printed.stdout, 'Publish the DNS records above: by hand, or with mailrun dns push -i …')
  assert.is((await run(more, '--held-ok')).code, 0)

  const unseen = await run(more, '-e', 'dns=false')
  assert.equal([unseen.code, unseen.mx2.status], [0, 'changed'])
  assert.match(unseen.task?.warning ?? '', /^mail of new\.test is signed from now on with a key that nobody looked for/)
  assert.ok((await signedFor()).includes('new.test'))
  const after = await run(more)
  assert.equal([after.code, after.mx2.status, after.mx2.trips, after.task?.warning], [0, 'ok', 1, undefined])
})

test.run()
