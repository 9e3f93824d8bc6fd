// Publish before sign, in the lab's small internet: one command from fresh hosts to mail whose every authentication
// passes, and no signature before every name server serves its key. Has a lab of its own.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { MAIN, project, ROOT, type Ended, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('publish')
const lab = await import('../../lab/index.ts')
const test = suite('lab: publish before sign')
const HOSTS = ['mx1', 'mx2']
const DOMAINS = ['fleet.test', 'example.test']

let here: Project
let dns: Awaited<ReturnType<typeof lab.dns>>

test.before(async () => {
  here = project({ 'vars.yaml': 'mail:\n  vars:\n    dmarc: { p: reject, rua: dmarc@fleet.test }\n    dns_ttl: 5\n' })
  await lab.labUp({ size: 2, tools: false, internet: true, wire: undefined })
  dns = await lab.dns()
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

const words = (name: 'mail-auth' | 'dkim', ...more: readonly string[]): readonly string[] => [
  join(ROOT, `playbooks/${name}.ts`),
  '-i',
  lab.inventoryPath,
  '-i',
  'vars.yaml',
  ...more,
]
/** Fresh hosts take longer than the limit of other tests on a machine that is busy. */
const mailrun = (args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { cwd: here.folder, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })
const documentOf = ({ stdout, stderr }: Ended): RunDocument => {
  assert.ok(stdout !== '', stderr)
  return JSON.parse(stdout) as RunDocument
}
const run = async (name: 'mail-auth' | 'dkim', ...more: readonly string[]) => {
  const ended = await mailrun(words(name, '--format', 'json', ...more))
  const document = documentOf(ended)
  return {
    code: ended.code,
    document,
    host: (which: string) => document.hosts.find(({ name: each }) => each === which)!,
  }
}
/**
 * Why a restart cannot be a reload is reported by the configuration that is there, once a package has brought it: a
 * check knows only that there will be one.
 */
const reasonless = (change: string): string =>
  change.replace(
    /^(restart: .*)(?:Socket|what its former configuration may say) is read at a start only/,
    '$1its configuration changes',
  )
const reported = ({ hosts }: RunDocument) =>
  hosts.map(({ name, tasks }) => ({
    name,
    tasks: tasks.map((task) => {
      const { held: _, awaits: __, ...rest } = task
      return {
        ...rest,
        changes: task.changes.map(reasonless),
        status: task.status === 'would-change' ? 'changed' : task.status,
      }
    }),
  }))
const tables = ({ tasks }: RunDocument['hosts'][number]) => tasks.find(({ type }) => type === 'opendkim')!
const dig = (server: string, name: string): Promise<string> =>
  inHost('resolver', `dig +short +norecurse @${server} ${name} TXT`)
const judged = async (host: string, domain: string, via: 'sendmail' | 'smtp' | 'submission') => {
  await lab.flushResolver()
  const id = await lab.sendMail(host, { from: `a@${domain}`, to: 'b@receiver.test', via })
  const mail = await lab.receivedMail(({ messageId }) => messageId === id, 60_000)
  return {
    spf: [...new Set(mail.results('spf').map(({ result }) => result))],
    dkim: mail.results('dkim').map(({ result, properties }) => `${result} ${properties['header.s'] ?? ''}`.trim()),
    dmarc: mail.results('dmarc').map(({ result }) => result),
  }
}

test(
  'from fresh hosts, one command: predicted task by task and record by record, and then so; ' + 'policies go last',
  async () => {
    const serial = await inHost('resolver', `dig +short @${dns.primary} fleet.test SOA`)
    const check = await run('mail-auth', '--check')
    assert.is(check.code, 2)
    assert.is(await inHost('resolver', `dig +short @${dns.primary} fleet.test SOA`), serial)
    const ended = await mailrun(words('mail-auth', '--format', 'ndjson'))
    assert.is(ended.code, 0, ended.stdout + ended.stderr)
    const events = ended.stdout
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            readonly kind: string
            readonly pushed?: readonly { readonly name: string }[]
          } & RunDocument['hosts'][number] & { readonly host: string },
      )
    const ran = {
      hosts: HOSTS.map((name) => events.find(({ kind, host }) => kind === 'host-end' && host === name)!).map(
        ({ host, tasks }) => ({
          name: host,
          tasks: tasks.map(({ name, type, status, changes }) => ({ name, type, status, changes })),
        }),
      ),
    }
    assert.equal(reported(check.document), reported(ran as unknown as RunDocument))
    const order = events.filter(({ kind }) => ['dns-pushed', 'host-end', 'dns-end'].includes(kind))
    assert.equal(
      order.map(({ kind }) => kind),
      ['dns-pushed', 'host-end', 'host-end', 'dns-pushed', 'dns-end'],
    )
    assert.equal(order[3]!.pushed!.map(({ name }) => name).sort(), [
      '_dmarc.example.test',
      '_dmarc.fleet.test',
      'example.test._report._dmarc.fleet.test',
    ])
    for (const server of [dns.primary, dns.secondary]) {
      for (const domain of DOMAINS)
        for (const host of HOSTS) assert.match(await dig(server, `${host}._domainkey.${domain}`), 'v=DKIM1')
      assert.is(await dig(server, '_adsp._domainkey.fleet.test'), '')
    }
  },
)

test(
  'mail of every host for every domain passes SPF, DKIM and DMARC at the receiver, ' +
    'by sendmail, SMTP and submission',
  async () => {
    for (const host of HOSTS) {
      await inHost(host, "postconf -M 'submission/inet=submission inet n - y - - smtpd' && postfix reload 2>&1")
      for (const domain of DOMAINS)
        for (const via of ['sendmail', 'smtp', 'submission'] as const)
          assert.equal(
            await judged(host, domain, via),
            { spf: ['pass'], dkim: [`pass ${host}`], dmarc: ['pass'] },
            `${host} ${domain} ${via}`,
          )
    }
  },
)

test('a second run changes nothing, on hosts and in DNS, in one trip', async () => {
  const { code, document } = await run('mail-auth')
  assert.equal([code, ...document.hosts.map(({ status, trips }) => [status, trips])], [0, ['ok', 1], ['ok', 1]])
  assert.equal(
    [document.dns?.pushed, document.dns?.records.map(({ status }) => status).filter((status) => status !== 'served')],
    [[], []],
  )
})

test('ADSP is published where it is asked for', async () => {
  const { code } = await run('mail-auth', '-e', 'adsp=unknown')
  assert.is(code, 0)
  for (const domain of DOMAINS) assert.is(await dig(dns.secondary, `_adsp._domainkey.${domain}`), '"dkim=unknown"')
})

test(
  'a key in use goes on signing when its record is gone, with a warning; ' +
    'the next run of mail-auth publishes it again',
  async () => {
    await lab.dnsUpdate(['update delete mx2._domainkey.example.test TXT'])
    await lab.secondaryLag(false)
    const { code, host } = await run('dkim', '--limit', 'mx2')
    assert.is(code, 0)
    assert.match(
      tables(host('mx2')).warning ?? '',
      new RegExp(
        /^mail of example\.test is signed with a key that not every name server serves.*\n/.source +
          /mx2\._domainkey\.example\.test: ns1\.fleet\.test \(\S+\) has no such record/.source,
      ),
    )
    assert.match(await inHost('mx2', 'cat /etc/dkimkeys/SigningTable'), '*@example.test')
    const again = await run('mail-auth', '--limit', 'mx2')
    assert.equal([again.code, again.document.dns?.pushed.map(({ name }) => name)], [0, ['mx2._domainkey.example.test']])
  },
)

test(
  'dkim.ts: a new host is held back until the last name server serves its key, ' +
    'in a check as in the run; all else is done',
  async () => {
    await lab.labReset(['mx1'])
    const check = await run('dkim', '--check', '--limit', 'mx1')
    const first = await run('dkim', '--limit', 'mx1')
    assert.equal([check.code, first.code, check.host('mx1').status, first.host('mx1').status], [6, 6, 'held', 'held'])
    assert.equal(reported(check.document), reported(first.document))
    assert.match(
      tables(first.host('mx1')).held ?? '',
      new RegExp(
        /mail of fleet\.test, example\.test is not signed before .*\n/.source +
          /mx1\._domainkey\.fleet\.test: ns1\.fleet\.test \(\S+\) serves .*; ns2\.fleet\.test/.source,
      ),
    )
    assert.is(
      await inHost('mx1', 'systemctl is-active opendkim; postconf -h smtpd_milters; cat /etc/dkimkeys/SigningTable'),
      'active\nunix:opendkim/opendkim.sock\n# Written by mailrun.',
    )
    await lab.secondaryLag(true)
    const push = await mailrun([
      'dns',
      'push',
      '--yes',
      '--wait',
      '0',
      // The host was made again: DNS has its former keys.
      ...DOMAINS.flatMap((domain) => ['--replace', `mx1._domainkey.${domain}`]),
      '-i',
      lab.inventoryPath,
      '-i',
      'vars.yaml',
      '-l',
      'mx1',
    ])
    assert.is(push.code, 3, push.stdout + push.stderr)
    const lagging = await run('dkim', '--limit', 'mx1')
    assert.equal([lagging.code, lagging.host('mx1').trips], [6, 1])
    assert.match(
      tables(lagging.host('mx1')).held ?? '',
      /\nmx1\._domainkey\.fleet\.test: ns2\.fleet\.test \(\S+\) serves "v=DKIM1[^;]*;[^\n]*\n/,
    )
    assert.not.match(tables(lagging.host('mx1')).held ?? '', 'ns1.fleet.test')
    assert.equal(await judged('mx1', 'fleet.test', 'sendmail'), { spf: ['pass'], dkim: ['none'], dmarc: ['pass'] })
    await lab.secondaryLag(false)
    const served = await run('dkim', '--limit', 'mx1')
    assert.is(served.code, 0)
    assert.equal(
      served
        .host('mx1')
        .tasks.filter(({ status }) => status === 'changed')
        .map(({ type, name }) => `${type} ${name}`),
      ['opendkim opendkim.conf, tables, unit'],
    )
    assert.equal(await judged('mx1', 'fleet.test', 'sendmail'), { spf: ['pass'], dkim: ['pass mx1'], dmarc: ['pass'] })
  },
)

test(
  'mail-auth where nothing says how records get into DNS tells what to publish by hand, ' + 'and does all else',
  async () => {
    await lab.labReset(['mx2'])
    for (const domain of DOMAINS) await lab.dnsUpdate([`update delete mx2._domainkey.${domain} TXT`])
    writeFileSync(join(here.folder, 'by-hand.yaml'), `mail:\n  vars:\n    dns: { resolvers: [${dns.resolver}] }\n`)
    const check = await run('mail-auth', '--check', '-i', 'by-hand.yaml')
    const first = await mailrun(words('mail-auth', '-i', 'by-hand.yaml'))
    assert.equal([check.code, first.code], [6, 6], first.stdout + first.stderr)
    assert.match(
      first.stdout,
      new RegExp(
        /to be published by hand.*\n\$ORIGIN example\.test\.\n/.source +
          /; mx2 signs for example\.test\nmx2\._domainkey 5 IN TXT "v=DKIM1/.source,
      ),
    )
    assert.match(first.stdout, 'held back\n  opendkim opendkim.conf, tables, unit  mx2\n    KeyTable: create\n')
    assert.match(first.stdout, /2 hosts: 1 changed, 1 held back, in/)
  },
)

test(
  'mail-auth with a secondary that lags: pushed, waited for, not signed with, and said so; ' +
    'Ctrl-C meanwhile ends it; the next run finishes',
  async () => {
    await lab.secondaryLag(true)
    const interrupted = await here.interrupted(
      'SIGINT',
      'waits up to',
      ...words('mail-auth', '--wait', '50', '--limit', 'mx2'),
    )
    assert.is(interrupted.code, 130, interrupted.stdout + interrupted.stderr)
    const lagging = await run('mail-auth', '--wait', '1')
    assert.equal([lagging.code, lagging.host('mx1').status, lagging.host('mx2').status], [6, 'ok', 'held'])
    assert.equal(
      [...new Set(lagging.document.dns?.notServed.map(({ name, server }) => `${name} ${server?.name}`))].sort(),
      DOMAINS.map((domain) => `mx2._domainkey.${domain} ns2.fleet.test`).sort(),
    )
    assert.match(tables(lagging.host('mx2')).held ?? '', /mx2\._domainkey\.example\.test: ns2\.fleet\.test/)
    await lab.secondaryLag(false)
    const served = await run('mail-auth')
    assert.equal([served.code, served.document.hosts.map(({ status }) => status)], [0, ['ok', 'changed']])
    assert.equal((await judged('mx2', 'example.test', 'sendmail')).dkim, ['pass mx2'])
  },
)

test.run()
