// Records in files between `mailrun dns plan` and `mailrun dns push --from`: revocations name what they revoke.
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { recordsFrom } from '../../../src/commands/dns/records-from.ts'
import type { PlannedRecord } from '../../../src/dns/plan/plan-dns.ts'
import { dkimValue, REVOKED_DKIM } from '../../../src/mail/records/dkim/record.ts'
import type { MailRecord } from '../../../src/mail/records/dns-record.ts'
import { format } from '../../../src/report/dns/plan/records.ts'
import { suite } from '../../suite.ts'
import { printed } from '../report/screen.ts'
import { project, type Project } from './mailrun.ts'

const test = suite('records of an earlier plan')
let here: Project
test.before(() => {
  here = project({})
})
test.after(() => here.remove())

const spki = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
const [HELD, SERVED] = [spki(), spki()] as const
const record = (name: string, value: string, more: Partial<MailRecord> = {}): MailRecord => ({
  name,
  type: 'TXT',
  ttl: 3600,
  value,
  purpose: 'dkim',
  domain: 'example.org',
  publishedBy: 'fleet',
  why: [],
  ...more,
})
const read = async (text: string): Promise<readonly MailRecord[]> => {
  writeFileSync(join(here.folder, 'records.json'), text)
  return recordsFrom(join(here.folder, 'records.json'))
}
function written(planned: readonly PlannedRecord[]): string {
  const plan = { records: planned, findings: [], faults: [], published: () => [] }
  return printed((screen) => format.tell({ plan, silent: [], unseen: [] }, screen)).out
}
const OWN = { domains: ['example.org'], first: 'mx1', further: [], others: [] }

test('a revocation that names no key may replace none; keys and other records name nothing', async () => {
  const records = [
    record('mx1._domainkey.example.org', REVOKED_DKIM),
    record('mx2._domainkey.example.org', REVOKED_DKIM, { replaces: [HELD] }),
    record('mx3._domainkey.example.org', dkimValue(HELD)),
  ]
  const reported = await read(JSON.stringify({ zones: [{ zone: 'example.org', records }] }))
  assert.equal(
    reported.map(({ replaces }) => replaces),
    [[], [HELD], undefined],
  )
})

test('a plan writes down the keys that its revocations are of', async () => {
  const place = { zone: undefined, views: [] }
  const ours = record('mx1._domainkey.example.org', REVOKED_DKIM, { claim: { own: OWN, held: HELD } })
  const wild = record('*._domainkey.example.org', REVOKED_DKIM)
  const rdata = { value: dkimValue(SERVED), text: '' as never }
  const change = { record: wild, before: undefined, remove: [rdata], add: [], kept: [], ttl: 5 }
  const reported = await read(
    written([
      { record: ours, ...place, kind: 'served' },
      { record: wild, ...place, kind: 'change', change },
      { record: record('mx3._domainkey.example.org', dkimValue(HELD)), ...place, kind: 'served' },
    ]),
  )
  assert.equal(Object.fromEntries(reported.map(({ name, replaces }) => [name, replaces])), {
    'mx1._domainkey.example.org': [HELD],
    '*._domainkey.example.org': [SERVED],
    'mx3._domainkey.example.org': undefined,
  })
})

test.run()
