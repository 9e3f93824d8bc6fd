// JSON of mailrun dns against the schema that is kept in docs: every status of a record, every answer of a name server.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import { zoneFinder } from '../../../../src/dns/lookup/find-zone.ts'
import { planRecords } from '../../../../src/dns/plan/plan-dns.ts'
import { servedEverywhere } from '../../../../src/dns/served/served-everywhere.ts'
import type { MailRecord } from '../../../../src/mail/records/dns-record.ts'
import { dnsPlanJson, notServedJson, pushedJson } from '../../../../src/report/dns/json.ts'
import { suite } from '../../../suite.ts'
import { ROOT } from '../../cli/mailrun.ts'
import { cname, internet, ns, txt } from '../../dns/internet.ts'

const test = suite('report/dns-json')
const valid = new Ajv2020({ strict: true, allErrors: true }).compile(
  JSON.parse(readFileSync(join(ROOT, 'docs/dns.schema.json'), 'utf8')) as object,
)

const record = (name: string, part: Partial<MailRecord> = {}): MailRecord => ({
  name,
  type: 'TXT',
  ttl: 60,
  value: 'v=DKIM1; p=',
  purpose: 'dkim',
  domain: 'example.org',
  publishedBy: 'fleet',
  why: ['of mx1'],
  ...part,
})
const records = [
  record('served._domainkey.example.org', { ttl: 3600 }),
  record('new._domainkey.example.org'),
  record('other._domainkey.example.org'),
  record('alias._domainkey.example.org'),
  record('s1._domainkey.silent.test'),
  record('example.org._report._dmarc.example.org', {
    publishedBy: 'other',
    purpose: 'dmarc-report',
    value: 'v=DMARC1',
  }),
  record('example.org', { type: 'MX', value: '0 .', purpose: 'null-mx' }),
]
const net = internet({
  '10.0.0.1': {
    zones: {
      'example.org': [
        ns('example.org', 'ns1.example.org'),
        txt('served._domainkey.example.org', 'v=DKIM1; p='),
        txt('other._domainkey.example.org', 'v=DKIM1; ', 'p=AAAA'),
        cname('alias._domainkey.example.org', 'nowhere.example.org'),
      ],
    },
  },
  '10.0.0.2': { zones: {}, code: 'SERVFAIL' },
})
const vars = {
  zones: {
    'example.org': { servers: ['10.0.0.1', '10.0.0.2:5353'], primary: '10.0.0.1' },
    'silent.test': { servers: ['10.0.0.3'] },
  },
}
const looking = { ask: net.ask, findZone: zoneFinder(net.ask, vars) }

interface Printed {
  readonly records: readonly {
    readonly name: string
    readonly status: string
    readonly servers: readonly { readonly answer: string; readonly port: number }[]
  }[]
}

test('a document of every status of a record and every answer is as the schema says', async () => {
  const plan = await planRecords(records, looking)
  const changes = plan.records.flatMap((each) => (each.kind === 'change' ? [each.change] : []))
  const outcomes = [
    { kind: 'done' },
    { kind: 'outdated', why: 'somebody' },
    { kind: 'failed', why: 'REFUSED' },
  ] as const
  const pushed = pushedJson(
    changes.map((change, index) => ({ change, zone: 'example.org', outcome: outcomes[index % 3]! })),
  )
  const missing = notServedJson(await servedEverywhere(records, { ...looking, waitSeconds: 0 }))
  const reported = { id: 'dkim-no-key', severity: 'warning', message: 'mx1 has no key', remedy: 'run it' } as const
  const findings = [{ ...reported, check: 'dkim', subject: {} }] as const
  const document = JSON.parse(
    JSON.stringify({
      ...dnsPlanJson({ ...plan, findings }),
      silent: [{ name: 'mx2', status: 'unreachable', error: '' }],
      pushed,
      notServed: missing,
    }),
  ) as Printed
  assert.ok(valid(document), JSON.stringify(valid.errors, null, 1))
  assert.equal([...new Set(document.records.map(({ status }) => status))].sort(), [
    'blocked',
    'change',
    'others',
    'served',
    'unanswered',
  ])
  assert.equal([...new Set(document.records.flatMap(({ servers }) => servers.map(({ answer }) => answer)))].sort(), [
    'alias',
    'failed',
    'found',
    'none',
  ])
  assert.equal(
    [...new Set(document.records.flatMap(({ servers }) => servers.map(({ port }) => port)))].sort((a, b) => a - b),
    [53, 5353],
  )
  assert.equal([...new Set(missing.map(({ kind }) => kind))].sort(), ['absent', 'other', 'silent'])
})

test('the schema refuses what is more, less or other', async () => {
  const document = { ...dnsPlanJson(await planRecords(records.slice(0, 1), looking)), silent: [] }
  assert.ok(valid(document))
  assert.ok(valid({ error: 'no inventory was given' }))
  assert.not(valid({ ...document, error: 'x' }))
  assert.not(valid({ ...document, silent: undefined, records: [{}] }))
  assert.not(
    valid({ ...document, records: [{ ...document.records[0]!, status: 'change' }] }),
    'a change without what changes',
  )
  assert.not(valid({ ...document, records: [{ ...document.records[0]!, blocked: { why: 'x' } }] }), 'two statuses')
  assert.not(valid({ ...document, records: [{ ...document.records[0]!, more: 1 }] }))
})

test.run()
