// A host's word on keys, with real OpenDKIM and BIND: what its tables and histories name of others is left alone; a
// rebuilt host, a lost key, keys restored from before a rotation. Has a lab of its own.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { MAIN, project, ROOT, type Ended, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from './in-host.ts'
import { inventoryWithoutDns } from './inventory-without-dns.ts'
import { nameLab } from './own-lab.ts'

nameLab('rebuilt')
const lab = await import('../../lab/index.ts')
const test = suite('lab: rebuilt hosts and lost keys')
const MAIL_AUTH = join(ROOT, 'playbooks/mail-auth.ts')
const DKIM = join(ROOT, 'playbooks/dkim.ts')

let here: Project
let dns: Awaited<ReturnType<typeof lab.dns>>

/** Nobody is asked what is published. */
const WITHOUT_DNS = 'without dns'
/** JSON is YAML. */
const over = (hosts: Readonly<Record<string, object>>): void =>
  writeFileSync(
    join(here.folder, 'over.yaml'),
    JSON.stringify({
      mail: {
        vars: {
          dmarc: { p: 'none', rua: 'dmarc@fleet.test' },
          dns_ttl: 5,
          dkim_rotation: { margin: 1, drain: 1, revoked: 86_400 },
        },
        hosts,
      },
    }),
  )
const mailrun = (...words: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const inventory = words.includes(WITHOUT_DNS) ? inventoryWithoutDns(lab.inventoryPath) : lab.inventoryPath
    execFile(
      process.execPath,
      [MAIN, ...words.filter((each) => each !== WITHOUT_DNS), '-i', inventory, '-i', 'over.yaml'],
      { cwd: here.folder, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })
const ended = async (code: number, ...words: readonly string[]): Promise<string> => {
  const { code: is, stdout, stderr } = await mailrun(...words)
  assert.is(is, code, stdout + stderr)
  return stdout + stderr
}
const served = (selector: string, domain = 'fleet.test'): Promise<string> =>
  inHost('resolver', `dig +short +norecurse @${dns.primary} '${selector}._domainkey.${domain}' TXT`)
const serials = (): Promise<string> =>
  inHost('resolver', `for z in fleet.test example.test; do dig +short @${dns.primary} $z SOA; done`)
/** What the receiver says of the signatures of a message from the host. */
async function judged(host: string): Promise<readonly string[]> {
  await lab.flushResolver()
  const id = await lab.sendMail(host, { from: 'a@fleet.test', to: 'b@receiver.test', via: 'sendmail' })
  const mail = await lab.receivedMail(({ messageId }) => messageId === id, 60_000)
  return mail.results('dkim').map(({ result, properties }) => `${result} ${properties['header.s'] ?? ''}`.trim())
}
/** Selectors as a rotation names them today; the host's day may be another by now. */
const MADE = /the next free selector, (mx\d-\d{8}) \(/

test.before(async () => {
  here = project({})
  over({})
  await lab.labUp({ size: 2, tools: false, internet: true, wire: undefined })
  dns = await lab.dns()
  await ended(0, MAIL_AUTH)
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

const KEY_TABLE = '/etc/dkimkeys/KeyTable'
const HISTORY = '/etc/dkimkeys/fleet.test/history'
for (const selector of ['mx2', 'google', '*'])
  test(`a KeyTable that names ${selector}: nothing is published for it, and the host goes on signing`, async () => {
    const before = [await serials(), await served('mx2', 'example.test')]
    await inHost(
      'mx1',
      `tar -C /etc -cf /root/tables.tar dkimkeys
sed -i 's|example.test:mx1:|example.test:${selector}:|' ${KEY_TABLE}`,
    )
    for (const words of [
      ['dns', 'push', '--yes', '-l', 'mx1'],
      ['dns', 'push', '--yes'],
      [MAIL_AUTH, '-l', 'mx1'],
    ]) {
      const reported = await ended(0, ...words)
      assert.match(
        reported,
        /warning selector-foreign: mx1 signs for example\.test with the selector /,
        words.join(' '),
      )
    }
    assert.match(await inHost('mx1', `cat ${KEY_TABLE}`), `example.test:${selector}:`)
    assert.equal([await serials(), await served('mx2', 'example.test')], before)
    await inHost('mx1', 'tar -C /etc -xf /root/tables.tar')
  })

test("a history that revokes another host's selector: it is not revoked, and mx1 goes on", async () => {
  const before = await serials()
  await inHost('mx1', `printf '1 active mx2\\n2 retired mx2\\n3 revoking mx2\\n' > ${HISTORY}`)
  assert.match(await ended(0, 'dns', 'push', '--yes', '-l', 'mx1'), 'warning selector-foreign: mx1 has in its history')
  const rotated = await ended(0, 'rotate', '-l', 'mx1')
  assert.match(rotated, 'the inventory does not give mx2 to mx1: it is never published or revoked by its word')
  const audited = await mailrun('audit', '-l', 'mx1')
  assert.match(audited.stdout, 'selector-foreign')
  assert.is(await serials(), before)
  assert.match(await served('mx2'), 'p=MII')
  await inHost('mx1', `rm ${HISTORY}`)
})

test('a rebuilt host replaces no key: it is held, takes the next free selector, and signs', async () => {
  const before = await served('mx1')
  await lab.labReset(['mx1'])
  const reported = await ended(3, MAIL_AUTH)
  assert.match(reported, /mx1\._domainkey\.fleet\.test TXT: cannot be put there: DNS serves another key there/)
  assert.match(reported, 'mailrun dns push --replace mx1._domainkey.fleet.test')
  assert.is(await served('mx1'), before)
  assert.not.match(await ended(3, 'dns', 'plan', '--format', 'zone'), /^mx1\._domainkey /m)
  const next = MADE.exec(reported)?.[1] ?? ''
  over({ mx1: { dkim_selector: next } })
  await ended(0, MAIL_AUTH)
  assert.equal(await judged('mx1'), [`pass ${next}`])
  assert.is(await served('mx1'), before)
})

test('a rebuilt host whose key is to take the place of the former: by name, and no other', async () => {
  await lab.labReset(['mx1'])
  over({})
  await ended(3, MAIL_AUTH)
  const name = 'mx1._domainkey.fleet.test'
  const mistyped = await ended(1, 'dns', 'push', '--yes', '--replace', 'mx1._domainkey.fleet.tset')
  assert.match(mistyped, '--replace mx1._domainkey.fleet.tset: the plan has no DKIM key of that name')
  const pushed = await ended(3, 'dns', 'push', '--yes', '--replace', name)
  assert.match(pushed, `pushed  ${name} TXT`)
  assert.not.match(pushed, 'pushed  mx1._domainkey.example.test')
  await ended(0, 'dns', 'push', '--yes', '--replace', 'mx1._domainkey.example.test.')
  await ended(0, MAIL_AUTH)
  assert.equal(await judged('mx1'), ['pass mx1'])
})

const LOST = '/etc/dkimkeys/fleet.test/mx2.private'
const isGone = `[ ! -e ${LOST} ] && cat ${KEY_TABLE}`

test('a lost key: no run makes it again under its selector, for which DNS has another', async () => {
  const before = [await served('mx2'), await serials(), await inHost('mx2', `cat ${KEY_TABLE}`)]
  await inHost('mx2', `mv ${LOST} /root/mx2.private`)
  for (const words of [
    [MAIL_AUTH, '-l', 'mx2'],
    [MAIL_AUTH, '-l', 'mx2', '--check'],
    [DKIM, '-l', 'mx2'],
    [DKIM, '-l', 'mx2', WITHOUT_DNS],
    ['dns', 'plan', '-l', 'mx2'],
    ['dns', 'push', '--yes', '-l', 'mx2'],
    ['rotate', '-l', 'mx2', '--domain', 'fleet.test', '--start'],
  ]) {
    const reported = await ended(3, ...words)
    assert.match(reported, `${LOST} is gone, and the host's tables name it`, words.join(' '))
    assert.match(reported, /another dkim_selector, such as mx2-\d{8}/)
    assert.match(reported, 'mailrun dns push --replace mx2._domainkey.fleet.test')
    assert.match(reported, 'docs/mail/lost-keys.md')
  }
  assert.equal([await served('mx2'), await serials(), await inHost('mx2', isGone)], before)
  await inHost('mx2', `mv /root/mx2.private ${LOST}`)
  await ended(0, MAIL_AUTH, '-l', 'mx2')
})

test('a selector that the history calls revoked: no key is made, nor signs once tables are gone', async () => {
  const tables = [KEY_TABLE, '/etc/dkimkeys/SigningTable'].join(' ')
  for (const [event, given] of [
    ['removed', `rm ${LOST}`],
    ['revoked', ''],
    ['compromised', ''],
  ] as const) {
    await inHost(
      'mx2',
      `tar -C /etc -cf /root/tables.tar dkimkeys; echo '1 ${event} mx2' > ${HISTORY}; rm ${tables}; ${given}`,
    )
    for (const words of [
      [DKIM, '-l', 'mx2'],
      [DKIM, '-l', 'mx2', WITHOUT_DNS],
    ]) {
      const reported = await ended(3, ...words)
      assert.match(reported, `${event}, according to ${HISTORY}: it must not sign; give the host another dkim_selector`)
    }
    await inHost('mx2', `[ ! -e ${KEY_TABLE} ]; tar -C /etc -xf /root/tables.tar; rm ${HISTORY}`)
  }
  await ended(0, MAIL_AUTH, '-l', 'mx2')
})

test('a lost key: the same selector again, once no table names it and its record was replaced by name', async () => {
  await inHost('mx2', `rm ${LOST}; sed -i '/fleet\\.test/d' ${KEY_TABLE} /etc/dkimkeys/SigningTable`)
  const held = await ended(3, MAIL_AUTH, '-l', 'mx2')
  assert.match(held, 'DNS serves another key there, and nothing is replaced unasked')
  await ended(0, 'dns', 'push', '--yes', '-l', 'mx2', '--replace', 'mx2._domainkey.fleet.test')
  await ended(0, MAIL_AUTH, '-l', 'mx2')
  assert.equal(await judged('mx2'), ['pass mx2'])
})

test('a lost key: with another dkim_selector the host gets one that takes the place of nothing', async () => {
  const before = await served('mx2')
  await inHost('mx2', `rm ${LOST}`)
  over({ mx2: { dkim_selector: 'mx2-new' } })
  await ended(0, MAIL_AUTH)
  assert.equal(await judged('mx2'), ['pass mx2-new'])
  assert.is(await served('mx2'), before)
  // That of the other domain was not lost, and stays in use as a further selector.
  assert.match(await inHost('mx2', `grep example.test ${KEY_TABLE}`), 'example.test:mx2:')
})

test('keys from before a rotation: the revoked one is not brought back; a rotation takes a new one', async () => {
  over({ mx2: { dkim_selector: 'mx2-new', dkim_selectors: ['mx2'] } })
  await inHost('mx2', 'tar -C /etc -cf /root/dkimkeys.tar dkimkeys')
  for (let round = 0; round < 6 && !(await served('mx2-new')).includes('p="'); round += 1)
    await mailrun('rotate', '-l', 'mx2', '--domain', 'fleet.test', ...(round === 0 ? ['--start'] : []), '--wait', '20')
  assert.match(await served('mx2-new'), 'p="')
  const [first = ''] = await judged('mx2')
  assert.match(first, /^pass mx2-new-\d{8}$/)
  await inHost(
    'mx2',
    'tar -C /etc -xf /root/dkimkeys.tar; rm /etc/dkimkeys/fleet.test/mx2-new-*; systemctl restart opendkim',
  )
  assert.match(await ended(3, 'dns', 'push', '--yes'), 'DNS says that this key is revoked (p=)')
  assert.match(await served('mx2-new'), 'p="')
  const rotated = await mailrun('rotate', '-l', 'mx2', '--domain', 'fleet.test', '--start', '--wait', '40')
  const [second = ''] = await judged('mx2')
  assert.match(second, /^pass mx2-new-\d{8}b$/, rotated.stdout + rotated.stderr)
})

test.run()
