// A fleet of Debian 12 and 13: four hosts converge in one run, are verified and audited, and their keys are rotated
// under mail, of which none fails, is unsigned, put off or lost. Has a lab of its own.
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { AuditReport } from '../../src/audit/audit-report.ts'
import type { ProofDocument } from '../../src/report/proof/json.ts'
import type { RunDocument } from '../../src/report/run/json.ts'
import { RELEASES, releaseFacts } from '../../lab/image/releases.ts'
import { MAIN, ROOT } from '../unit/cli/mailrun.ts'
import { suite } from '../suite.ts'
import { startMail, stopMail } from './continuous-mail.ts'
import { inHost } from './in-host.ts'
import { FAULTLESS, faultsIn, mailFigures } from './mail-figures.ts'
import { nameLab } from './own-lab.ts'

nameLab('mixed')
const lab = await import('../../lab/index.ts')
const test = suite('lab: a fleet of several releases')
const HOSTS = ['mx1', 'mx2', 'mx3', 'mx4']
const DOMAINS = ['fleet.test', 'example.test']
/** Of all hosts together. */
const MESSAGES_PER_SECOND = 5

const over = join(mkdtempSync(join(tmpdir(), 'mailrun-mixed-')), 'over.yaml')

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const mailrun = (...words: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const fleet = ['-i', lab.inventoryPath, '-i', over, '--become-password-file', lab.becomePasswordFile]
    execFile(process.execPath, [MAIN, ...words, ...fleet], { cwd: ROOT, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })

async function documentOf<Document>(...words: readonly string[]): Promise<{ code: number; document: Document }> {
  const { code, stdout, stderr } = await mailrun(...words, '--format', 'json')
  assert.ok(stdout !== '', stderr)
  return { code, document: JSON.parse(stdout) as Document }
}

const OUTGOING = 'ip -o addr show scope global | sed -n "s/.* inet6\\{0,1\\} \\([0-9a-f.:]*\\).*/\\1/p"'

test.before(async () => {
  await lab.labUp({ size: HOSTS.length, tools: false, internet: true, wire: undefined, releases: RELEASES })
  const hosts = await Promise.all(
    HOSTS.map(async (name) => [name, { outgoing_addresses: (await inHost(name, OUTGOING)).split('\n') }] as const),
  )
  const vars = {
    dmarc: { p: 'reject', rua: 'dmarc@fleet.test' },
    dns_ttl: 5,
    dkim_rotation: { margin: 1, drain: 5, revoked: 3 },
  }
  writeFileSync(over, JSON.stringify({ mail: { vars, hosts: Object.fromEntries(hosts) } }))
})
test.after(() => lab.labDown())

test('two hosts of each release, with and without Postfix, converge in one run; then nothing is to do', async () => {
  const pinged = await documentOf<RunDocument>('ping', '--limit', 'mail')
  assert.equal(
    pinged.document.hosts.map(({ outputs }) => (outputs['facts'] as { os: { versionId: string } }).os.versionId),
    [0, 1, 1, 0].map((index) => releaseFacts(RELEASES[index]!).version),
  )
  const ran = await documentOf<RunDocument>('playbooks/mail-auth.ts')
  assert.is(ran.code, 0, JSON.stringify(ran.document))
  const again = await documentOf<RunDocument>('playbooks/mail-auth.ts', '--check')
  assert.equal(
    [again.code, again.document.hosts.map(({ status, trips }) => [status, trips])],
    [0, HOSTS.map(() => ['ok', 1])],
    JSON.stringify(again.document),
  )
})

test('it verifies, and an audit finds nothing', async () => {
  const proof = await documentOf<ProofDocument>('verify')
  assert.is(proof.code, 0, JSON.stringify(proof.document))
  const audited = await documentOf<AuditReport>('audit')
  assert.equal([audited.code, audited.document.findings], [0, []])
})

test('its keys are rotated under mail: none fails, is unsigned, put off or lost', async () => {
  for (const host of HOSTS) {
    await inHost(host, 'postconf -e minimal_backoff_time=3s maximal_backoff_time=5s queue_run_delay=3s')
    await inHost(host, 'postfix reload 2>/dev/null')
  }
  const settled = await mailrun('playbooks/mail-auth.ts')
  assert.is(settled.code, 0, settled.stdout + settled.stderr)
  for (const host of HOSTS) await startMail(host, HOSTS.length / MESSAGES_PER_SECOND, DOMAINS)
  let rotated = await mailrun('rotate', '--start', '--wait', '60')
  for (let round = 0; rotated.code === 6 && round < 8; round += 1) rotated = await mailrun('rotate', '--wait', '30')
  const handed = (await Promise.all(HOSTS.map(stopMail))).flat()
  assert.is(rotated.code, 0, rotated.stdout + rotated.stderr)
  const figures = await mailFigures(HOSTS, handed)
  console.log(`    rotation under mail: ${JSON.stringify(figures)}`)
  assert.equal(faultsIn(figures), FAULTLESS, JSON.stringify(handed.filter((each) => !each.taken)))
  assert.is(figures.pass, figures.taken)
  assert.ok(figures.selectors >= 2 * HOSTS.length, `signed by ${figures.selectors} keys`)
})

test.run()
