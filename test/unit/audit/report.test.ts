// From evidence to a report: proofs, records and hosts judged, one cause reported once, the same of several hosts as
// one, the baseline, and every format.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import { parseBaseline, writtenBaseline } from '../../../src/audit/read-baseline.ts'
import type { DomainEvidence, HostEvidence } from '../../../src/audit/evidence.ts'
import type { PlannedRecord } from '../../../src/dns/plan/plan-dns.ts'
import { txtRdata } from '../../../src/dns/lookup/rrset.ts'
import type { MailRecord } from '../../../src/mail/records/dns-record.ts'
import type { AuditReport } from '../../../src/audit/audit-report.ts'
import type { HostProof, Verdict } from '../../../src/mail/proof/proof.ts'
import { AUDIT_FORMATS } from '../../../src/report/audit/formats.ts'
import { loadFormat } from '../../../src/report/registry.ts'
import { colours } from '../../../src/report/write/colour.ts'
import { width } from '../../../src/report/write/width.ts'
import { keyringFor } from '../../../src/commands/fleet/keyring-for.ts'
import { pattern } from '../../pattern.ts'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'
import {
  DMARC,
  domain,
  evidence,
  GOOD,
  host,
  idsOf,
  KEY_RECORD,
  PROOF,
  report,
  served,
  SPF,
  withMain,
  withoutKeys,
} from './evidence.ts'

const test = suite('audit: report')
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(ROOT, 'docs/audit.schema.json'), 'utf8')) as object,
)
const fail = (id: string, what = 'wrong', advice = 'correct it'): Verdict => ({ status: 'fail', id, what, advice })
const signedWith = (verdict: Verdict): HostProof['signing'] =>
  PROOF.signing.map((each) =>
    each.role === 'outsider'
      ? each
      : {
          ...each,
          verdict,
          signatures: each.signatures.map((one) => ({ ...one, servers: [{ server: 'ns1', ...verdict }] })),
        },
  )
const record = (change: Partial<MailRecord>): MailRecord => ({
  name: 'mx1._domainkey.example.org',
  type: 'TXT',
  ttl: 3600,
  value: KEY_RECORD,
  purpose: 'dkim',
  domain: 'example.org',
  publishedBy: 'fleet',
  why: ['mx1 signs for example.org'],
  ...change,
})
const change = (wanted: MailRecord, ...remove: readonly string[]): PlannedRecord => {
  const rdata = remove.map((value) => txtRdata([Buffer.from(value)]))
  return {
    record: wanted,
    zone: undefined,
    views: [],
    kind: 'change',
    change: {
      record: wanted,
      before: remove.length === 0 ? undefined : { ttl: 3600, rdata },
      remove: rdata,
      add: [],
      kept: [],
      ttl: 3600,
    },
  }
}
const of = (hostChange: Partial<HostEvidence>, domainChange: Partial<DomainEvidence> = {}): AuditReport =>
  report(evidence([host(hostChange)], [domain(domainChange)]))

test('where all is well each cell passes, and there are no findings', () => {
  const all = report(evidence())
  assert.equal(all.findings, [])
  assert.equal(
    Object.values(all.matrix[0]!.cells).map(({ status }) => status),
    Array.from({ length: 7 }, () => 'pass'),
  )
  assert.equal(all.summary, {
    hosts: 1,
    domains: 1,
    findings: { error: 0, unknown: 0, warning: 0, note: 0 },
    accepted: 0,
    cells: { pass: 7, note: 0, warning: 0, unknown: 0, error: 0, accepted: 0, none: 0 },
  })
})

test('a key that is missing in DNS is reported once, by the live signature, with what is expected', () => {
  const missing = of(
    { proof: { ...PROOF, signing: signedWith(fail('no-key', 'there is no record')) } },
    { keys: [{ selector: 'mx1', ...served('mx1._domainkey.example.org') }], planned: [change(record({}))] },
  )
  assert.equal(
    missing.findings.map(({ id, expected, found, subjects }) => [
      id,
      expected,
      found,
      subjects.map(({ about }) => about),
    ]),
    [['no-key', KEY_RECORD, 'no record', ['local, submission']]],
  )
  assert.equal(missing.matrix[0]!.cells.signature, { status: 'error', ids: ['no-key'], text: 'mx1 rsa 2048' })
  assert.is(missing.matrix[0]!.cells.dkim.status, 'pass')
  // Of a key that is to sign later there is no signature that could tell.
  assert.equal(idsOf(of({}, { planned: [change(record({ name: 'next._domainkey.example.org' }))] })), [
    'record-missing',
  ])
})

test('mail that is signed, but not as mail to many must be, is a warning: one for both ways that it goes', () => {
  const oneClick = fail('one-click-unsigned', 'no signature covers List-Unsubscribe-Post')
  const signing = PROOF.signing.map((each) => (each.role === 'outsider' ? each : { ...each, oneClick }))
  const { findings, matrix } = of({ proof: { ...PROOF, signing } })
  assert.equal(
    findings.map(({ id, severity, message, subjects }) => [id, severity, message, subjects]),
    [
      [
        'one-click-unsigned',
        'warning',
        'no signature covers List-Unsubscribe-Post',
        [{ host: 'mx1', domain: 'example.org', about: 'local, submission' }],
      ],
    ],
  )
  assert.equal(matrix[0]!.cells.signature, { status: 'warning', ids: ['one-click-unsigned'], text: 'mx1 rsa 2048' })
})

test('a record and a signature that say the same are one thing', () => {
  const withRecord = (...values: readonly string[]): Partial<DomainEvidence> => ({
    keys: [{ selector: 'mx1', ...served('mx1._domainkey.example.org', ...values) }],
  })
  assert.equal(
    idsOf(of({ proof: { ...PROOF, signing: signedWith(fail('key-revoked')) } }, withRecord('v=DKIM1; p='))),
    ['key-revoked'],
  )
  assert.equal(idsOf(of({}, withRecord('v=DKIM1; p='))), ['dkim-revoked'])
  assert.equal(
    idsOf(of({ proof: { ...PROOF, signing: signedWith(fail('many-keys')) } }, withRecord(KEY_RECORD, KEY_RECORD))),
    ['many-keys'],
  )
  assert.equal(idsOf(of({}, withRecord(KEY_RECORD.replace('k=rsa', 'k=rsa; t=y')))), ['dkim-test-mode'])
})

test('SPF that forgot IPv6 is reported as that; one that lets nobody send by its result', () => {
  const spf = (...bad: readonly string[]): HostProof['spf'] =>
    PROOF.spf.map((each) =>
      each.identity === 'mailfrom' && bad.includes(each.address)
        ? { ...each, result: 'softfail', verdict: fail('spf-softfail') }
        : each,
    )
  assert.equal(idsOf(of({ proof: { ...PROOF, spf: spf('2001:db8::1') } })), ['spf-missing-ip6'])
  assert.equal(idsOf(of({ proof: { ...PROOF, spf: spf('192.0.2.1') } })), ['spf-missing-ip4'])
  const both = of(
    { proof: { ...PROOF, spf: spf('192.0.2.1', '2001:db8::1') } },
    { planned: [change(record({ name: 'example.org', purpose: 'spf', value: SPF }), 'v=spf1 -all')] },
  )
  assert.equal(
    both.findings.map(({ id, expected, found }) => [id, expected, found]),
    [
      ['spf-softfail', SPF, SPF],
      ['spf-softfail', SPF, SPF],
    ],
  )
  const two = report(
    evidence([
      host({ proof: { ...PROOF, spf: spf('2001:db8::1') } }),
      host({ name: 'mx2', setup: { ...GOOD, keys: [] }, proof: { ...PROOF, spf: spf('2001:db8::1') } }),
    ]),
  )
  assert.equal(
    two.findings.map(({ id, subjects }) => [id, subjects.map(({ host: name, about }) => [name, about])]),
    [
      [
        'spf-missing-ip6',
        [
          ['mx1', '2001:db8::1'],
          ['mx2', '2001:db8::1'],
        ],
      ],
    ],
  )
})

/** What is changed in the evidence on a domain, and what is found. */
const TRAPS: readonly (readonly [Partial<DomainEvidence>, readonly string[]])[] = [
  [{ spf: served('example.org', 'v=spf1 a mx ip4:192.0.2.1 -all') }, ['spf-a-mx']],
  [{ spf: served('example.org', SPF, 'v=spf1 -all') }, ['spf-many']],
  [{ spf: served('example.org', 'v=spf1 ip4:192.0.2.1 +all') }, ['spf-pass-all']],
  [{ spf: served('example.org', 'other text', SPF) }, []],
  [{ adsp: served('_adsp._domainkey.example.org', 'dkim=unknown') }, ['legacy-adsp']],
  [{ dmarc: served('_dmarc.example.org', 'v=DMARC1; p=none') }, ['dmarc-none-without-rua']],
  [{ dmarc: served('_dmarc.example.org', DMARC, DMARC.replace('reject', 'none')) }, ['dmarc-many']],
  [{ unconsenting: ['reports.example'] }, ['dmarc-report-consent']],
  [{ contradiction: 'two hosts disagree' }, ['records-contradict']],
  [
    {
      spf: {
        name: 'example.org',
        servers: [
          { server: 'ns1', values: [SPF] },
          { server: 'ns2', values: [SPF] },
          { server: 'ns3', values: ['v=spf1 -all'] },
        ],
      },
    },
    ['record-lags'],
  ],
  [
    {
      dmarc: {
        name: '_dmarc.example.org',
        servers: [
          { server: 'ns1', values: [DMARC] },
          { server: 'ns2', values: undefined, why: 'no answer' },
        ],
      },
    },
    ['record-unanswered'],
  ],
  [
    {
      planned: [
        change(record({ name: '_dmarc.example.org', purpose: 'dmarc', value: 'v=DMARC1; p=quarantine' }), DMARC),
      ],
    },
    ['record-differs'],
  ],
  [
    { planned: [{ record: record({}), zone: undefined, views: [], kind: 'blocked', why: 'an alias stands there' }] },
    ['record-blocked'],
  ],
  [
    { planned: [change(record({ name: 'example.org', type: 'MX', purpose: 'null-mx', value: '0 .' }))] },
    ['record-missing'],
  ],
  // What an inventory does not name is wanted as far as a host signs with it.
  [
    {
      declared: false,
      planned: [
        change(record({ name: '_dmarc.example.org', purpose: 'dmarc', value: 'v=DMARC1; p=quarantine' }), DMARC),
      ],
    },
    [],
  ],
]

test('traps in records are found, whoever published them', () => {
  for (const [changed, ids] of TRAPS) assert.equal(idsOf(of({}, changed)), ids, JSON.stringify(changed))
})

test('hosts that share what each must have for itself are reported', () => {
  const other = { ...GOOD, keys: [{ ...GOOD.keys[0]!, publicKey: 'AAAA' }] }
  const two = (setup: HostEvidence['setup']): readonly string[] =>
    idsOf(report(evidence([host(), host({ name: 'mx2', setup })])))
  assert.equal(two(GOOD), ['key-shared'])
  assert.ok(two(other).includes('selector-collision'))
  assert.equal(idsOf(of({ declared: ['example.net'] })), ['domain-undeclared'])
})

const accepting: HostEvidence = host({
  setup: withMain(GOOD, { milter_default_action: 'accept' }),
})

test('the same of several hosts is one finding, and rows without a host or an answer say so', () => {
  const all = report({
    hosts: [
      accepting,
      withoutKeys(accepting, { name: 'mx2' }),
      host({ name: 'mx3', status: 'unreachable', error: 'no route', setup: undefined, proof: undefined }),
    ],
    domains: [
      domain(),
      domain({
        domain: 'parked.example',
        sends: false,
        spf: served('parked.example', 'v=spf1 -all'),
        dmarc: served('_dmarc.parked.example', DMARC),
        keys: [],
      }),
    ],
  })
  assert.equal(
    all.findings
      .filter(({ id }) => id === 'milter-accept')
      .map(({ subjects }) => subjects.map(({ host: name }) => name)),
    [['mx1', 'mx2']],
  )
  assert.equal(
    all.matrix.map(({ host: name, domain: of, cells }) => [name, of, cells.signature.status, cells.dmarc.status]),
    [
      ['mx1', 'example.org', 'pass', 'pass'],
      ['mx2', 'example.org', 'pass', 'pass'],
      ['mx3', 'example.org', 'unknown', 'unknown'],
      [null, 'parked.example', 'none', 'pass'],
    ],
  )
})

test('accepted findings do not count, others of the same kind do; entries accepting nothing are shown', async () => {
  const keyring = keyringFor({})
  const baseline = await parseBaseline(
    'b.yaml',
    'accepted:\n' +
      '- { id: milter-accept, host: MX1, reason: known }\n' +
      '- { id: milter-accept, host: mx2, until: 2026-05-31, reason: for a time }\n' +
      '- { id: spf-a-mx, domain: "*.example.org", reason: old }\n',
    keyring,
  )
  const both = evidence([accepting, withoutKeys(accepting, { name: 'mx2' })])
  const all = report(both, baseline)
  assert.equal(
    all.findings.map(({ id, accepted, subjects }) => [id, accepted?.reason, subjects[0]!.host]),
    [
      ['milter-accept', undefined, 'mx2'],
      ['milter-accept', 'known', 'mx1'],
    ],
  )
  assert.equal(
    all.matrix.map(({ cells }) => cells.setup.status),
    ['accepted', 'warning'],
  )
  assert.equal(all.stale, [
    { id: 'milter-accept', where: 'b.yaml:3', why: 'expired' },
    { id: 'spf-a-mx', where: 'b.yaml:4', why: 'unused' },
  ])
  assert.equal(
    report(both, baseline, true).stale.map(({ why }) => why),
    ['expired'],
    'what was not looked at may be of the rest of the fleet',
  )
  const again = await parseBaseline('w.yaml', writtenBaseline(all), keyring)
  assert.equal(report(both, again).summary.findings, { error: 0, unknown: 0, warning: 0, note: 0 })
  const wrong: readonly (readonly [string, RegExp])[] = [
    [
      'accepted:\n- { id: milter-acept, reason: x }',
      /^b\.yaml:2: there is no finding milter-acept: did you mean milter-accept\?/,
    ],
    ['accepted:\n- { id: milter-accept }', /^b\.yaml:2: .*needs reason/],
    ['accepted:\n- { id: milter-accept, reason: x, hosts: mx1 }', /^b\.yaml:2: .*got hosts: did you mean host\?/],
    ['accepted:\n- { id: milter-accept, reason: x, until: 31.12.2026 }', /until must be a day/],
    ['ignored: []', /the one entry accepted/],
    ['accepted: 3', /must be a list/],
    ['- x', /./],
  ]
  for (const [text, says] of wrong) {
    const error = await parseBaseline('b.yaml', text, keyring).then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    assert.ok(error !== undefined, text)
    assert.match(error.message, says)
  }
  assert.equal(await parseBaseline('b.yaml', '# nothing yet\n', keyring), [])
})

test('a baseline shows all that is in it, and is read as it was', async () => {
  const about = 'a\u202eb\u200b: "c\\d" #\u2066\u{e0041}\u0085\n- id: spf-missing'
  const text = writtenBaseline({
    ...report(evidence([])),
    findings: [
      {
        id: 'milter-accept',
        severity: 'warning',
        check: 'setup',
        message: 'm',
        remedy: 'r',
        subjects: [{ host: 'mx1', about }],
      },
    ],
  })
  assert.not.match(text, /[\p{Cf}\p{Zl}\u0080-\u009f]/u)
  const entries = await parseBaseline('w.yaml', text, keyringFor({}))
  assert.equal(
    entries.map((each) => each.about),
    [about],
  )
})

const HOSTILE = '<script>alert(1)</script>"\'`|&\u001b[2J\u0000]]>'
const hostile = report({
  hosts: [
    host({
      name: HOSTILE,
      setup: { ...GOOD, refused: HOSTILE, packages: { opendkim: HOSTILE } },
      proof: { ...PROOF, signing: signedWith(fail('milter-refused', HOSTILE, HOSTILE)) },
    }),
    host({ name: 'lost', status: 'failed', error: HOSTILE, setup: undefined, proof: undefined }),
  ],
  domains: [domain()],
})
const FORMATS = Object.keys(AUDIT_FORMATS)
const formats = new Map(
  await Promise.all(FORMATS.map(async (name) => [name, await loadFormat(AUDIT_FORMATS, name)] as const)),
)
const as = (format: string, of: AuditReport, columns?: number): string =>
  formats.get(format)!.write(of, { columns, paint: colours(false) })

test('nothing that hosts say becomes a tag, a cell, an escape or a line in any format', () => {
  for (const format of FORMATS)
    assert.not.match(as(format, hostile), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/, format)
  for (const format of ['html', 'junit'] as const) {
    const text = as(format, hostile)
    assert.not.match(text, /<script/i)
    assert.match(text, '&lt;script&gt;')
    assert.ok(balanced(text), format)
  }
  assert.not.match(as('markdown', hostile), /(?<!\\)<script>alert(?!.*`)/)
  assert.equal(
    as('markdown', hostile)
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.replaceAll('\\|', '').split('|').length),
    [11, 11, 11],
  )
  JSON.parse(as('json', hostile))
  JSON.parse(as('sarif', hostile))
})

/** Every tag is closed, and in order. */
function balanced(text: string): boolean {
  const open: string[] = []
  for (const [, end, name = '', closed] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)\b(?:"[^"]*"|[^">])*?(\/?)>/gi)) {
    if (closed !== '' || ['meta', 'br', 'wbr'].includes(name)) continue
    if (end === '') open.push(name)
    else if (open.pop() !== name) return false
  }
  return open.length === 0
}

test('what one remedy clears is one entry for people; formats for programs have every finding, with its cause', () => {
  const missing = report(
    evidence(
      [
        host({
          proof: { ...PROOF, signing: signedWith(fail('no-key', 'there is no record')) },
        }),
      ],
      [
        domain({
          keys: [{ selector: 'mx1', ...served('mx1._domainkey.example.org') }],
          planned: ['mx1', 'next', 'last'].map((each) => change(record({ name: `${each}._domainkey.example.org` }))),
        }),
      ],
    ),
  )
  assert.equal(
    missing.findings.map(({ id, cause }) => [id, cause?.key]),
    [
      ['no-key', 'unpublished'],
      ['record-missing', 'unpublished'],
      ['record-missing', 'unpublished'],
    ],
  )
  const text = as('text', missing)
  assert.is(text.match(/^✗ error {2}/gm)?.length, 1)
  assert.match(text, /^✗ error {2}no-key, record-missing$/m)
  assert.is(text.match(/→ /g)?.length, 1)
  assert.match(text, 'next._domainkey.example.org has no such TXT record')
  assert.match(text, '3 errors, of 1 cause;')
  assert.is(as('markdown', missing).match(/^### /gm)?.length, 1)
  assert.is(as('markdown', missing).match(/^- Expected: /gm)?.length, 3)
  assert.is(as('html', missing).match(/<article /g)?.length, 1)
  assert.is(as('html', missing).match(/href="#finding-1"/g)?.length, 2)
  const { runs } = JSON.parse(as('sarif', missing)) as { runs: [{ results: { properties: { cause: string } }[] }] }
  assert.equal(
    runs[0].results.map(({ properties }) => properties.cause),
    ['unpublished', 'unpublished', 'unpublished'],
  )
  assert.ok(valid(JSON.parse(as('json', missing))), JSON.stringify(valid.errors))
})

test('without a cause in common, findings of one id and one remedy are one entry, each with what was found', () => {
  const spf = PROOF.spf.map((each) =>
    each.identity === 'mailfrom' ? { ...each, result: 'fail', verdict: fail('spf-fail') } : each,
  )
  const text = as('text', of({ proof: { ...PROOF, spf } }))
  assert.is(text.match(/^✗ error {2}spf-fail/gm)?.length, 1)
  assert.is(text.match(/does not let an IPv[46] address/g)?.length, 2)
})

test('JSON is as docs/audit.schema.json says', () => {
  for (const each of [
    hostile,
    report(evidence()),
    report({ hosts: [], domains: [] }),
    of({ own: undefined }, { spf: served('example.org') }),
  ])
    assert.ok(valid(JSON.parse(as('json', each))), JSON.stringify(valid.errors))
  assert.not.ok(valid({ ...report(evidence()), version: 2 }))
})

test('JUnit has a case for each host, domain and check, and counts them as CI systems do', () => {
  const xml = as(
    'junit',
    report(
      evidence([
        accepting,
        host({ name: 'lost', status: 'unreachable', error: 'no route', setup: undefined, proof: undefined }),
      ]),
    ),
  )
  assert.match(
    xml,
    pattern(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/,
      /<testsuites name="mailrun audit" tests="15" failures="1" errors="8" skipped="0"/,
    ),
  )
  assert.match(
    xml,
    '<testcase classname="mx1" name="example.org: Setup">' +
      '<failure message="mail leaves unsigned whenever a milter does not answer" type="milter-accept">',
  )
})

test('SARIF names rules, places, levels and what is accepted', () => {
  const log = JSON.parse(
    as(
      'sarif',
      report(
        evidence(
          [accepting],
          [
            domain({
              adsp: served('_adsp._domainkey.example.org', 'dkim=unknown'),
              dmarc: { name: '_dmarc.example.org', servers: [{ server: 'ns1', values: undefined, why: 'silent' }] },
            }),
          ],
        ),
        [{ id: 'legacy-adsp', reason: 'old', where: 'b.yaml:1' }],
      ),
    ),
  ) as {
    runs: {
      tool: { driver: { rules: { id: string }[] } }
      results: {
        ruleId: string
        ruleIndex: number
        kind: string
        level: string
        locations: { physicalLocation: { artifactLocation: { uri: string }; region?: { startLine: number } } }[]
        suppressions?: unknown[]
      }[]
    }[]
  }
  const [{ tool, results }] = log.runs as [(typeof log.runs)[number]]
  assert.equal(
    results.map(({ ruleId, kind, level, locations: [place], suppressions }) => [
      ruleId,
      kind,
      level,
      place!.physicalLocation.artifactLocation.uri,
      place!.physicalLocation.region?.startLine,
      suppressions?.length,
    ]),
    [
      ['record-unanswered', 'open', 'none', 'dns:example.org?type=TXT', undefined, undefined],
      ['milter-accept', 'fail', 'warning', 'file://mx1/etc/postfix/main.cf', 42, undefined],
      ['legacy-adsp', 'fail', 'note', 'dns:_adsp._domainkey.example.org?type=TXT', undefined, 1],
    ],
  )
  assert.equal(
    results.map(({ ruleId, ruleIndex }) => tool.driver.rules[ruleIndex]!.id === ruleId),
    [true, true, true],
  )
})

test('the terminal has a line for each row, none wider than it is', () => {
  const wide = as('text', hostile)
  assert.match(wide, /^host +domain +Setup/m)
  for (const columns of [40, 60, 80, 120]) {
    const lines = as('text', hostile, columns).split('\n')
    const table = lines.slice(0, lines.indexOf(''))
    assert.equal(
      table.filter((line, index) => width(line) > columns && index < table.length - 1),
      [],
      String(columns),
    )
  }
})

test('the page has headers for rows and columns, words beside signs, and colours that can be read', () => {
  const html = as('html', report(evidence([accepting]))).replaceAll('>\n<', '><')
  assert.match(html, '<th scope="rowgroup" class="name" rowspan="1">mx1</th><th scope="row">example.<wbr>org</th>')
  assert.match(
    html,
    '<td class="warning"><span class="state"><i aria-hidden="true">!</i> warning</span>' +
      '<small><a href="#finding-1">milter-accept</a></small></td>',
  )
  assert.not.match(html, /\b(?:src|href)="(?!#)|@import|url\(|<script|<link/)
  const luminance = (hex: string): number =>
    [1, 3, 5]
      .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index]!, 0)
  const contrast = (a: string, b: string): number =>
    (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05)
  // Light and dark; the third is for paper.
  const schemes = [...html.matchAll(/:root\{([^}]*)\}/g)].map(([, rules]) =>
    Object.fromEntries([...rules!.matchAll(/--(\w+):(#[0-9a-f]{6})/g)].map(([, name, colour]) => [name!, colour!])),
  )
  assert.equal(
    schemes.map((scheme) => Object.keys(scheme).length),
    [18, 18, 18],
  )
  for (const colours of schemes) {
    const colour = (name: string): string => colours[name]!
    const pairs: readonly (readonly [string, string])[] = [
      ...(['text', 'faint', 'link', 'pass', 'error', 'warning', 'unknown', 'note', 'accepted'] as const).flatMap(
        (name) =>
          [
            [colour(name), colour('card')],
            [colour(name), colour('page')],
          ] as const,
      ),
      ...(['pass', 'error', 'warning', 'unknown', 'note', 'accepted'] as const).flatMap(
        (name) =>
          [
            [colour(name), colour(`${name}Back`)],
            [colour('faint'), colour(`${name}Back`)],
          ] as const,
      ),
    ]
    for (const [text, back] of pairs)
      assert.ok(contrast(text, back) >= 4.5, `${text} on ${back}: ${contrast(text, back).toFixed(2)}`)
  }
})

test('a hundred hosts with five domains each are judged and written in every format within seconds', () => {
  const domains = Array.from({ length: 5 }, (_, index) => `d${index}.example`)
  const hosts = Array.from({ length: 100 }, (_, index) =>
    host({
      name: `mx${index}`,
      declared: domains,
      setup: withoutKeys(accepting).setup,
      proof: {
        ...PROOF,
        signing: domains.flatMap((name) =>
          signedWith(fail('no-key', `mx${index} of ${name}`)).map((each) => ({ ...each, domain: name })),
        ),
        spf: domains.flatMap((name) =>
          PROOF.spf.map((each) => ({ ...each, domain: name, verdict: fail('spf-softfail') })),
        ),
      },
    }),
  )
  const began = performance.now()
  const all = report({
    hosts,
    domains: domains.map((name) =>
      domain({ domain: name, spf: served(name, SPF), dmarc: served(`_dmarc.${name}`, DMARC), keys: [] }),
    ),
  })
  for (const format of FORMATS) assert.ok(as(format, all).length > 1000)
  const seconds = (performance.now() - began) / 1000
  assert.is(all.matrix.length, 500)
  assert.ok(all.findings.length > 500, String(all.findings.length))
  assert.ok(seconds < 20, `${seconds} s`)
})

test('the page says of how many domains mail is at risk, with one blank between words', () => {
  const broken = host({ proof: { ...PROOF, status: 'fail', signing: signedWith(fail('no-key')) } })
  const html = as('html', report(evidence([broken])))
  assert.match(html, /, in mail of 1 domain\./)
})

test.run()
