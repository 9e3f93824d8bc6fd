// `mailrun verify` by the delegations of a small internet: the servers are found, a secondary that lags is reported,
// and a receiver judges real mail the same. Has a lab of its own.
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import type { ProofDocument } from '../../src/report/proof/json.ts'
import { MAIN, ROOT } from '../unit/cli/mailrun.ts'
import { suite } from '../suite.ts'
import { inventoryWithoutDns } from './inventory-without-dns.ts'
import { nameLab } from './own-lab.ts'

nameLab('verify3')
const lab = await import('../../lab/index.ts')
const test = suite('lab: verify in an internet')
const DOMAINS = ['fleet.test', 'example.test']

const mailrun = (
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], { cwd: ROOT, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })

let over = ''
let addresses: readonly string[] = []
let keys: readonly { readonly name: string; readonly value: string }[] = []

async function verify(): Promise<{ readonly code: number; readonly host: ProofDocument['hosts'][number] }> {
  const { code, stdout, stderr } = await mailrun('verify', '-i', lab.inventoryPath, '-i', over, '--format', 'json')
  assert.ok(stdout !== '', stderr)
  return { code, host: (JSON.parse(stdout) as ProofDocument).hosts[0]! }
}
const idsOf = ({ signing }: ProofDocument['hosts'][number]): readonly string[] => [
  ...new Set(signing.filter(({ role }) => role !== 'outsider').map(({ verdict }) => verdict.id)),
]
const txt = (name: string, value: string): readonly string[] => [
  `update delete ${name}. TXT`,
  `update add ${name}. 5 TXT ${value
    .match(/.{1,200}/g)!
    .map((part) => JSON.stringify(part))
    .join(' ')}`,
]
const judged = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
  await lab.flushResolver()
  const id = await lab.sendMail('mx1', { from: 'a@fleet.test', to: 'b@receiver.test', via: 'sendmail' })
  const mail = await lab.receivedMail(({ messageId }) => messageId === id, 60_000)
  return Object.fromEntries(
    (['spf', 'dkim', 'dmarc'] as const).map((method) => [method, mail.results(method).map(({ result }) => result)]),
  )
}

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, internet: true, wire: undefined })
  const reported = await lab.hostExec(
    'mx1',
    'ip -o addr show scope global | sed -n "s/.* inet6\\{0,1\\} \\([0-9a-f.:]*\\).*/\\1/p"',
  )
  addresses = reported.stdout.trim().split('\n')
  assert.is(addresses.length, 2, reported.stdout)
  over = join(mkdtempSync(join(tmpdir(), 'mailrun-verify-')), 'over.yaml')
  writeFileSync(over, `mail:\n  hosts:\n    mx1: { outgoing_addresses: ${JSON.stringify(addresses)} }\n`)
  const run = await mailrun('playbooks/dkim.ts', '-i', inventoryWithoutDns(lab.inventoryPath), '--format', 'json')
  assert.is(run.code, 0, run.stdout + run.stderr)
  keys = (JSON.parse(run.stdout) as RunDocument).hosts[0]!.outputs['dns'] as typeof keys
})
test.after(() => lab.labDown())

/** Prints how many lines of the resolver's cache are about fleet.test, and how many about selectors. */
const COUNT_CACHED = `
rndc dumpdb -cache
for i in 1 2 3 4 5 6 7 8 9 10; do
  grep -q "Dump complete" /var/cache/bind/named_dump.db && break
  sleep 0.3
done
grep -c fleet.test /var/cache/bind/named_dump.db
grep -ci _domainkey /var/cache/bind/named_dump.db`

test('before anything is published that is reported, and no resolver has heard of the selectors', async () => {
  await lab.flushResolver()
  const { code, host } = await verify()
  assert.is(code, 3)
  assert.equal(idsOf(host), ['no-key'])
  assert.equal(
    [...new Set(host.spf.filter(({ identity }) => identity === 'mailfrom').map(({ verdict }) => verdict.id))],
    ['spf-none'],
  )
  assert.equal([...new Set(host.dmarc.map(({ verdict }) => verdict.id))], ['dmarc-none'])
  const dump = await lab.hostExec('resolver', COUNT_CACHED)
  const [fleet, selectors] = dump.stdout.trim().split('\n').map(Number)
  assert.ok(fleet! > 0, dump.stdout + dump.stderr)
  assert.is(selectors, 0)
})

test('once all is published each server says so, by IPv4 and IPv6, and a receiver agrees', async () => {
  const mechanisms = addresses.map((address) => `${address.includes(':') ? 'ip6' : 'ip4'}:${address}`)
  const spf = `v=spf1 ${mechanisms.join(' ')} -all`
  // An update is of one zone.
  await lab.dnsUpdate(txt('mx1.fleet.test', spf))
  for (const domain of DOMAINS)
    await lab.dnsUpdate([
      ...keys.filter(({ name }) => name.endsWith(`.${domain}`)).flatMap(({ name, value }) => txt(name, value)),
      ...txt(domain, spf),
      ...txt(`_dmarc.${domain}`, 'v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:dmarc@fleet.test'),
    ])
  await lab.secondaryLag(false)
  const { code, host } = await verify()
  assert.is(code, 0, JSON.stringify(host, null, 1))
  const servers = new Set(
    host.signing.flatMap(({ signatures }) =>
      signatures.flatMap((signature) => signature.servers.map(({ server }) => server.split(' ')[0] ?? '')),
    ),
  )
  assert.equal([...servers].sort(), ['ns1.fleet.test', 'ns2.fleet.test'])
  assert.equal([...new Set(host.spf.map(({ result }) => result))], ['pass'])
  assert.equal(
    host.reverse.map(({ verdict }) => verdict.id),
    ['fcrdns', 'fcrdns'],
  )
  const results = await judged()
  assert.equal([results['spf']?.includes('pass'), results['dkim'], results['dmarc']], [true, ['pass'], ['pass']])
})

test(
  'a secondary that lags behind a revoked key is reported; ' +
    'once it has caught up the key is revoked, and a receiver agrees',
  async () => {
    await lab.secondaryLag(true)
    await lab.dnsUpdate(txt('mx1._domainkey.fleet.test', 'v=DKIM1; p='))
    const lagging = await verify()
    assert.is(lagging.code, 3)
    const verdict = lagging.host.signing[0]!.verdict
    assert.is(verdict.id, 'servers-differ')
    assert.match(
      verdict.what,
      new RegExp(
        /^the name servers do not agree: ns1\.fleet\.test \([\d.]+\): /.source +
          /the record mx1\._domainkey\.fleet\.test says that the key is revoked/.source,
      ),
    )
    await lab.secondaryLag(false)
    const after = await verify()
    assert.equal(
      after.host.signing
        .filter(({ domain, role }) => domain === 'fleet.test' && role !== 'outsider')
        .map(({ verdict: each }) => each.id),
      ['key-revoked', 'key-revoked'],
    )
    assert.not.ok((await judged())['dkim']?.includes('pass'))
  },
)

test.run()
