// mailrun rotate under continuous mail: a whole rotation of 3 hosts × 2 domains with the controller killed at every
// state, a compromised host, a secondary that lags, a dead host. Has a lab of its own.
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Secret } from '../../src/shell/secret.ts'
import { MAIN, ROOT } from '../unit/cli/mailrun.ts'
import { suite } from '../suite.ts'
import { startMail, stopMail } from './continuous-mail.ts'
import { inHost } from './in-host.ts'
import { FAULTLESS, faultsIn, mailFigures } from './mail-figures.ts'
import { rotateOvertaken } from './overtaken.ts'
import { nameLab } from './own-lab.ts'

nameLab('rotate')
const lab = await import('../../lab/index.ts')
const test = suite('lab: mailrun rotate')
const HOSTS = ['mx1', 'mx2', 'mx3']
const DOMAINS = ['fleet.test', 'example.test']
/** Of all hosts together. */
const MESSAGES_PER_SECOND = 5

const over = join(mkdtempSync(join(tmpdir(), 'mailrun-rotate-')), 'over.yaml')

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Killing {
  /** As soon as this holds of its output. */
  readonly once?: (stdout: string) => boolean
  /** At the latest; in milliseconds. */
  readonly after?: number
}

/** With the controller killed where that is asked for: then `code` is `null`. */
const mailrun = (words: readonly string[], { once = () => false, after }: Killing = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [MAIN, ...words, '-i', lab.inventoryPath, '-i', over, '--become-password-file', lab.becomePasswordFile],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let [stdout, stderr] = ['', '']
    const timer = after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), after)
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      if (once(stdout)) child.kill('SIGKILL')
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr })
    })
  })
const rotate = (...words: readonly string[]): Promise<Ended> => mailrun(['rotate', ...words])

/** Until nothing is waited for any more: mail that is deferred may hold a key for a while. */
async function toEnd(): Promise<Ended> {
  let ended = await rotate('--wait', '40')
  for (let round = 0; ended.code === 6 && round < 5; round += 1) ended = await rotate('--wait', '20')
  return ended
}

interface Document {
  readonly rotations: readonly {
    readonly host: string
    readonly domain: string
    readonly keys: readonly {
      readonly selector: string
      readonly state: string
      readonly wait?: { readonly kind: string; readonly why: string }
    }[]
  }[]
}
const keysNow = async (): Promise<Document['rotations']> =>
  (JSON.parse((await rotate('--check', '--format', 'json')).stdout) as Document).rotations
const statesOf = (rotations: Document['rotations']): readonly string[] =>
  rotations.map(({ host, domain, keys }) => `${host} ${domain} ${keys.map(({ state }) => state).join(' ')}`)

/** All of `_domainkey` that the primary has, a record a line. */
async function zone(): Promise<string> {
  const { keyFiles, primary } = await lab.dns()
  return inHost(
    'ns1',
    `cat >/run/test.key <<'E'
${await readFile(keyFiles.lab, 'utf8')}E
for z in ${DOMAINS.join(' ')}; do
  dig +noall +answer -k /run/test.key @${primary} $z AXFR | grep _domainkey
done | sort`,
  )
}

test.before(async () => {
  writeFileSync(
    over,
    JSON.stringify({
      mail: {
        vars: {
          dns_ttl: 5,
          dmarc: { p: 'none', rua: 'dmarc@fleet.test' },
          dkim_rotation: { margin: 1, drain: 5, revoked: 3 },
        },
        hosts: Object.fromEntries(HOSTS.map((name, index) => [name, { outgoing_addresses: [`192.0.2.${index + 1}`] }])),
      },
    }),
  )
  await lab.labUp({ size: 3, tools: false, internet: true, wire: undefined })
  const made = await mailrun(['playbooks/dkim.ts'])
  // Keys are made, and wait for being published.
  assert.is(made.code, 6, made.stdout + made.stderr)
  // What the receiver puts off, as it may on a busy machine, is tried again in seconds, and holds the former key no
  // longer than that.
  for (const host of HOSTS)
    await inHost(host, 'postconf -e minimal_backoff_time=3s maximal_backoff_time=5s queue_run_delay=3s')
  const reloaded = await mailrun(['playbooks/dkim.ts'])
  assert.is(reloaded.code, 6, reloaded.stdout + reloaded.stderr)
  const pushed = await mailrun(['dns', 'push', '--yes'])
  assert.is(pushed.code, 0, pushed.stdout + pushed.stderr)
  const signing = await mailrun(['playbooks/dkim.ts'])
  assert.is(signing.code, 0, signing.stdout + signing.stderr)
})
test.after(() => lab.labDown())

/** What a command says as it comes to each state; the controller is killed as soon as it did. */
const EDGES = [
  'its key is made',
  'published in DNS',
  'every name server serves it',
  'signs now',
  'is to be revoked',
  'revoked in DNS',
  'says that it is revoked',
  'is to be removed',
  'private key is deleted',
  'taken out of DNS',
  'no name server has it',
]

/** Wherever a rotation stands, others who are at work undo nothing. */
async function othersUndoNothing(stdout: string): Promise<void> {
  const [dkim, plan] = await Promise.all([
    mailrun(['playbooks/dkim.ts', '--check']),
    mailrun(['dns', 'plan', '--format', 'json']),
  ])
  assert.is(dkim.code, 0, `${stdout}${dkim.stdout}${dkim.stderr}`)
  const { records } = JSON.parse(plan.stdout) as {
    records: readonly { name: string; change?: { before: { values: readonly string[] } | null } }[]
  }
  for (const { name, change } of records)
    assert.not.ok(
      change?.before?.values.some((value) => value.endsWith('p="')),
      `dns plan would bring ${name} back after ${stdout}`,
    )
}

/** Until the controller was killed at every edge. */
async function rotateWithKills(): Promise<{ readonly kills: number; readonly unseen: ReadonlySet<string> }> {
  let kills = 0
  // A kill in the midst may hide what was about to be said: then another rotation begins.
  let start = true
  const unseen = new Set(EDGES)
  for (let round = 0; unseen.size > 0 && round < 60; round += 1) {
    // Two that came at once are one kill.
    const once = (printed: string): boolean =>
      EDGES.filter((edge) => printed.includes(edge) && unseen.delete(edge)).length > 0
    // In the midst of things, too: of a switch, of an update, of a question.
    const { code, stdout, stderr } = await mailrun(['rotate', '--wait', '40', ...(start ? ['--start'] : [])], {
      once,
      ...(round % 2 === 0 ? {} : { after: 400 + Math.random() * 1200 }),
    })
    start = code === 0
    if (code === null) kills += 1
    else assert.ok(code === 0 || code === 6, `${code}: ${stdout}${stderr}`)
    assert.not.match(stdout, /^failed/m)
    if (round % 2 === 0) await othersUndoNothing(stdout)
  }
  return { kills, unseen }
}

async function oneKeyIsLeft(): Promise<void> {
  assert.equal(
    statesOf(await keysNow()),
    HOSTS.flatMap((host) => DOMAINS.map((domain) => `${host} ${domain} active`)),
  )
  for (const host of HOSTS)
    assert.match(
      await inHost(host, 'ls /etc/dkimkeys/*/'),
      /^(?:\/etc\/dkimkeys\/\S+:\nhistory\nmx\d-\d{8}[a-z]?\.private\n*){2}$/,
    )
}

test(
  'a whole rotation under mail, the controller killed at every state: ' +
    'none fails, none is unsigned, put off or lost',
  async () => {
    for (const host of HOSTS) await startMail(host, HOSTS.length / MESSAGES_PER_SECOND, DOMAINS)
    const began = performance.now()
    const { kills, unseen } = await rotateWithKills()
    const end = await toEnd()
    assert.is(end.code, 0, end.stdout + end.stderr)
    const seconds = (performance.now() - began) / 1000
    const handed = (await Promise.all(HOSTS.map(stopMail))).flat()
    await oneKeyIsLeft()

    const figures = await mailFigures(HOSTS, handed)
    console.log(`    rotation under mail: ${JSON.stringify({ seconds: Math.round(seconds), kills, ...figures })}`)
    assert.equal(faultsIn(figures), FAULTLESS, JSON.stringify(handed.filter((each) => !each.taken)))
    assert.is(figures.pass, figures.taken)
    assert.ok(figures.selectors >= 2 * HOSTS.length, `signed by ${figures.selectors} keys`)
    assert.equal([...unseen], [])
    assert.ok(kills >= EDGES.length, `the controller was killed ${kills} times`)
    assert.ok(figures.taken > seconds * MESSAGES_PER_SECOND * 0.5, `${figures.taken} messages in ${seconds} s`)
  },
)

test('a second command right after changes nothing', async () => {
  const signing = (): Promise<readonly string[]> =>
    Promise.all(
      HOSTS.map((host) =>
        inHost(host, 'sha256sum /etc/dkimkeys/*/* /etc/dkimkeys/*Table; systemctl show -p InvocationID opendkim'),
      ),
    )
  const before = await signing()
  const { code, stdout } = await rotate()
  assert.is(code, 0, stdout)
  assert.not.match(stdout, /^(?:done|failed)/m)
  assert.equal(await signing(), before)
})

test(
  '--compromised: a new key signs and the former is revoked within a minute; ' + "no other host's record is touched",
  async () => {
    const others = (text: string): string =>
      text
        .split('\n')
        .filter((line) => !line.startsWith('mx2'))
        .join('\n')
    const before = await zone()
    const began = performance.now()
    const { code, stdout, stderr } = await rotate(
      '--compromised',
      'mx2',
      '-e',
      '{"dkim_rotation": {"margin": 1, "drain": 5, "revoked": 3600}}',
    )
    const seconds = (performance.now() - began) / 1000
    assert.is(code, 6, stdout + stderr)
    assert.match(
      stdout,
      new RegExp(
        /^done {4}mx2 {2}fleet\.test {2}mx2-\d{8}[a-z]?: is to be revoked at once: /.source +
          /mail that it signed, and that no receiver has yet, will fail DKIM$/.source,
        'm',
      ),
    )
    assert.match(stdout, /says that it is revoked/)
    console.log(`    compromised: revoked everywhere after ${seconds.toFixed(1)} s`)
    assert.ok(seconds < 60, String(seconds))
    const after = await zone()
    assert.is(others(after), others(before))
    for (const domain of DOMAINS) {
      const revoked = after
        .split('\n')
        .filter((line) => line.startsWith('mx2') && line.includes(`.${domain}.`) && line.endsWith('p="'))
      assert.is(revoked.length, 1, after)
      const mail = await lab.sendMail('mx2', { from: `a@${domain}`, to: 'b@receiver.test', via: 'smtp' })
      const got = await lab.receivedMail(({ messageId }) => messageId === mail, 30_000)
      assert.is(got.results('dkim')[0]?.result, 'pass')
      assert.match(got.results('dkim')[0]?.properties['header.s'] ?? '', /^mx2-\d{8}[b-z]$/)
    }
  },
)

/** Postfix takes a message that it delivers to nobody, and holds it. */
const HOLD_MESSAGE = `
postconf -e default_transport=hold-it:
postconf -M 'hold-it/unix=hold-it unix - - n - 0 error'
postfix reload 2>/dev/null
sleep 1
printf 'From: a@fleet.test\\nSubject: late\\n\\nlate\\n' | sendmail -f a@fleet.test b@receiver.test
sleep 1
postsuper -h ALL 2>&1
postconf -e default_transport=smtp
postfix reload 2>/dev/null
postqueue -j | grep -c hold`

test('what a secondary does not serve does not sign, and is named; once it has caught up, it goes on', async () => {
  const done = await toEnd()
  assert.is(done.code, 0, done.stdout + done.stderr)
  await lab.secondaryLag(true)
  const held = await rotate('--start', '-l', 'mx1', '--domain', 'fleet.test', '--wait', '3')
  assert.is(held.code, 6, held.stdout + held.stderr)
  assert.match(
    held.stdout,
    /keyed .*; mx1-\d{8}[b-z]\._domainkey\.fleet\.test: ns2\.fleet\.test \(\S+\) has no such record/,
  )
  assert.match(await inHost('mx1', 'cat /etc/dkimkeys/SigningTable'), /^\*@fleet\.test mx1-\d{8}[a-z]?\._domainkey/m)
  await lab.secondaryLag(false)
  // A message from before the switch that nobody delivers.
  await inHost('mx1', HOLD_MESSAGE)
  const draining = await rotate('--wait', '40')
  assert.is(draining.code, 6, draining.stdout + draining.stderr)
  assert.match(draining.stdout, /draining .*; the queue still has mail from before the switch: \w+ \(hold\)/)
  await inHost('mx1', 'postsuper -H ALL 2>&1; postqueue -f')
  const late = await lab.receivedMail((mail) => mail.header('Subject')[0] === 'late', 30_000)
  assert.is(late.results('dkim')[0]?.result, 'pass')
  const end = await toEnd()
  assert.is(end.code, 0, end.stdout + end.stderr)
})

test(
  'two controllers at once: ' + 'one new key comes of it, neither undoes what the other does, and one key is left',
  async () => {
    const before = (await keysNow())
      .find(({ host, domain }) => host === 'mx2' && domain === 'fleet.test')!
      .keys.map(({ selector }) => selector)
    const both = await Promise.all(
      [1, 2].map(() => rotate('--start', '-l', 'mx2', '--domain', 'fleet.test', '--wait', '40')),
    )
    for (const { code, stdout, stderr } of both) {
      assert.ok(code === 0 || code === 6, `${code}: ${stdout}${stderr}`)
      assert.not.match(stdout, /^failed/m)
    }
    const end = await toEnd()
    assert.is(end.code, 0, end.stdout + end.stderr)
    const after = (await keysNow()).find(({ host, domain }) => host === 'mx2' && domain === 'fleet.test')!.keys
    assert.equal(
      after.map(({ state }) => state),
      ['active'],
      JSON.stringify(after),
    )
    assert.not.ok(before.includes(after[0]!.selector))
    assert.equal(
      (await zone())
        .split('\n')
        .filter((line) => line.startsWith('mx2') && line.includes('.fleet.test.'))
        .map((line) => line.split('.')[0]),
      [after[0]!.selector],
    )
    const mail = await lab.sendMail('mx2', { from: 'a@fleet.test', to: 'b@receiver.test', via: 'smtp' })
    assert.is(
      (await lab.receivedMail(({ messageId }) => messageId === mail, 30_000)).results('dkim')[0]?.result,
      'pass',
    )
  },
)

test(
  'a controller that another one overtakes, wherever it stands, goes on from there: ' +
    'no failure is reported, and no second key is made',
  async () => {
    for (const event of ['keyed', 'published', 'active', 'revoking', 'removing'] as const) {
      const keys = async (): Promise<readonly string[]> =>
        (await inHost('mx2', "awk '/ keyed /{print $3}' /etc/dkimkeys/fleet.test/history")).trim().split('\n')
      const before = await keys()
      const doneSteps = await rotateOvertaken(
        {
          inventory: [lab.inventoryPath, over],
          becomePassword: new Secret((await readFile(lab.becomePasswordFile, 'utf8')).trim()),
        },
        'mx2',
        'fleet.test',
        event,
        async () => {
          // Where its key is still to be made, the other one begins the rotation, too.
          const other = await rotate(
            ...(event === 'keyed' ? ['--start'] : []),
            '-l',
            'mx2',
            '--domain',
            'fleet.test',
            '--wait',
            '60',
          )
          assert.is(other.code, 0, other.stdout + other.stderr)
        },
      )
      assert.equal(
        doneSteps.filter(({ failed }) => failed !== undefined),
        [],
        event,
      )
      assert.is((await keys()).length, before.length + 1, event)
    }
    assert.is((await toEnd()).code, 0)
  },
)

/** The key that signs for a domain on a host: `mx1-20261129b._domainkey.fleet.test`. */
const signer = (host: string, domain: string): Promise<string> =>
  inHost(host, `awk '$1 == "*@${domain}" {print $2}' /etc/dkimkeys/SigningTable`)
const recordOf = (name: string): Promise<string> => inHost('ns1', `dig +short @127.0.0.1 ${name} TXT`)
/** Waits until another key than this one is to sign for fleet.test, and prints its name. */
const nextSigner = (former: string): string => `
i=0
while
  s=$(awk '$1 == "*@fleet.test" {print $2}' /etc/dkimkeys/SigningTable)
  [ "$s" = ${former} ] && [ $i -lt 1500 ]
do
  i=$((i + 1))
  sleep 0.03
done
printf %s "$s"`

async function unprovedKeyDoesNotSign(): Promise<void> {
  const former = await signer('mx1', 'fleet.test')
  const spoil = async (): Promise<readonly [string, string]> => {
    const name = await inHost('mx1', nextSigner(former))
    // As soon as the tables name it, and before its signature is checked.
    const right = await recordOf(name)
    await lab.dnsUpdate([
      `update delete ${name}. TXT`,
      `update add ${name}. 5 TXT ${await recordOf(await signer('mx2', 'fleet.test'))}`,
    ])
    return [name, right]
  }
  const [run, [name, right]] = await Promise.all([
    rotate('--start', '-l', 'mx1', '--domain', 'fleet.test', '--wait', '60'),
    spoil(),
  ])
  assert.is(run.code, 3, run.stdout + run.stderr)
  const selector = (full: string): string => full.split('.')[0]!
  assert.match(
    run.stdout,
    new RegExp(
      `^failed {2}mx1 {2}fleet\\.test {2}${selector(name)}: is to sign: .*; ${selector(former)} signs as before$`,
      'm',
    ),
    run.stdout,
  )
  assert.is(await signer('mx1', 'fleet.test'), former)
  const mail = await lab.sendMail('mx1', { from: 'a@fleet.test', to: 'b@receiver.test', via: 'smtp' })
  const [stamp] = (await lab.receivedMail(({ messageId }) => messageId === mail, 30_000)).results('dkim')
  assert.equal([stamp?.result, stamp?.properties['header.s']], ['pass', selector(former)])
  await lab.dnsUpdate([`update delete ${name}. TXT`, `update add ${name}. 5 TXT ${right}`])
  const end = await toEnd()
  assert.is(end.code, 0, end.stdout + end.stderr)
  assert.is(await signer('mx1', 'fleet.test'), name)
}

test('a new key that does not prove itself does not sign: the former is put back, and signs', unprovedKeyDoesNotSign)

test('so it is where the former key lies elsewhere, as on hosts that others set up', async () => {
  await inHost(
    'mx1',
    `set -e
key=$(grep -o '/etc/dkimkeys/fleet.test/.*' /etc/dkimkeys/KeyTable)
mkdir -p /etc/mail
mv "$key" /etc/mail/fleet.test.pem
sed -i "s,$key,/etc/mail/fleet.test.pem," /etc/dkimkeys/KeyTable
# As it is written where a rotation begins with such a key.
[ ! -e /etc/dkimkeys/fleet.test/history ] ||
  sed -i "s,^\\(.* active $(basename $key .private)\\)$,\\1 /etc/mail/fleet.test.pem," /etc/dkimkeys/fleet.test/history
systemctl reload opendkim`,
  )
  await unprovedKeyDoesNotSign()
})

test('where a zone is kept in other ways, its rotation waits until the record is there', async () => {
  const before = await zone()
  const { resolver, keyFiles } = await lab.dns()
  const held = await rotate(
    '--start',
    '-l',
    'mx1',
    '--domain',
    'example.test',
    '--wait',
    '3',
    '-e',
    JSON.stringify({
      dns: { resolvers: [resolver], key_file: keyFiles.lab, zones: { 'example.test': { via: 'none' } } },
    }),
  )
  assert.is(held.code, 6, held.stdout + held.stderr)
  assert.match(held.stdout, /keyed .*its zone is kept in other ways \(via: none\): change it as mailrun dns plan says/)
  assert.is(await zone(), before)
  const end = await toEnd()
  assert.is(end.code, 0, end.stdout + end.stderr)
})

test('a dead host holds its own rotation alone', async () => {
  await lab.hostStop('mx3')
  const sign = (stdout: string): boolean =>
    ['mx1', 'mx2'].every((host) =>
      new RegExp(`^done {4}${host} {2}example\\.test {2}\\S+: signs now`, 'm').test(stdout),
    )
  const started = await mailrun(['rotate', '--start', '--domain', 'example.test', '--wait', '60', '-T', '5'], {
    once: sign,
  })
  assert.ok(sign(started.stdout), started.stdout + started.stderr)
  const { code, stdout } = await rotate('--check', '-T', '5')
  assert.is(code, 4, stdout)
  assert.match(stdout, /^unreachable {2}mx3/m)
  await lab.hostStart('mx3')
})

test.run()
