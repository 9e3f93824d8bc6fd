// Evidence with nearly every finding in it, several at a time: what the outputs of an audit are held against.
import type { DomainEvidence, Evidence, HostEvidence, PublishedTxt } from '../../../src/audit/evidence.ts'
import type { Baseline } from '../../../src/audit/baseline.ts'
import type { PlannedRecord } from '../../../src/dns/plan/plan-dns.ts'
import { txtRdata } from '../../../src/dns/lookup/rrset.ts'
import type { MailRecord, Purpose } from '../../../src/mail/records/dns-record.ts'
import { spfLookups } from '../../../src/mail/records/spf/lookups.ts'
import type { DnsAnswer } from '../../../src/mail/records/dns-walk.ts'
import type { HostProof, SigningProof, SpfProof, Verdict } from '../../../src/mail/proof/proof.ts'
import { asRead, domain, DMARC, GOOD, host, KEY_RECORD, PROOF, served, SPF } from './evidence.ts'
import { conf, parameters, WRONG } from './wrong-setups.ts'

const verdict = (status: Verdict['status'], id: string): Verdict => ({
  status,
  id,
  what: `${id} of it`,
  ...(status === 'pass' ? {} : { advice: `correct ${id}` }),
})
const bad = (id: string): Verdict => verdict('fail', id)

const signing = (of: string, role: SigningProof['role'], each: Verdict, more: Partial<SigningProof> = {}) => ({
  domain: of,
  role,
  verdict: each,
  milters: ['unix:opendkim/opendkim.sock'],
  signatures: [
    { domain: of, selector: 'mx1', algorithm: 'rsa-sha256', bits: 2048, servers: [{ server: 'ns1', ...each }] },
  ],
  ...more,
})

const SIGNING_IDS = [
  'no-milter',
  'milter-unreached',
  'milter-tempfail',
  'milter-refused',
  'unsigned',
  'message-changed',
  'no-key',
  'many-keys',
  'bad-record',
  'key-revoked',
  'key-differs',
  'body-changed',
  'weak-key',
  'not-verified',
  'servers-differ',
  'of-no-name',
]
const SPF_IDS = ['spf-none', 'spf-fail', 'spf-softfail', 'spf-neutral', 'spf-permerror', 'servers-differ', 'dns-failed']
const DMARC_IDS = ['dmarc-none', 'dmarc-fail', 'dmarc-unaligned', 'servers-differ', 'dns-failed']
const NAMES_IDS = ['no-ptr', 'ptr-not-confirmed', 'helo-not-confirmed', 'dns-failed']

/** The word of a result that an id of SPF stands for. */
const resultOf = (id: string): string => id.replace('spf-', '')

function spfOf(of: string, id: string, status: Verdict['status']): readonly SpfProof[] {
  return ['192.0.2.1', '2001:db8::1'].flatMap((address): readonly SpfProof[] => [
    { identity: 'mailfrom', domain: of, address, result: resultOf(id), verdict: verdict(status, id) },
    { identity: 'helo', domain: `helo.${of}`, address, result: resultOf(id), verdict: verdict(status, id) },
  ])
}

const statusOf = (id: string): Verdict['status'] => (['dns-failed', 'no-address'].includes(id) ? 'unknown' : 'fail')

/** A host for each verdict on signing, which sends for a domain of its own and shares one with the others. */
const ofSigning = SIGNING_IDS.map((id): HostEvidence => {
  const own = `${id}.example`
  const proof: HostProof = {
    ...PROOF,
    name: id,
    signing: [
      signing(own, 'local', bad(id)),
      signing(own, 'submission', bad(id), { oneClick: bad('one-click-unsigned') }),
      signing(own, 'outsider', verdict('unknown', id), { signatures: [] }),
      signing('example.org', 'local', verdict('pass', 'signed'), { oneClick: bad('one-click-unsigned') }),
      signing('example.org', 'outsider', bad('outsider-signed'), { signatures: [] }),
    ],
  }
  return host({ name: id, declared: [own, 'example.org'], proof })
})

/** A host for each verdict on SPF, DMARC and names. */
const ofOthers = [...SPF_IDS, ...DMARC_IDS.slice(0, 3), ...NAMES_IDS].map((id, index): HostEvidence => {
  const own = `s${index}.example`
  const spf = SPF_IDS[index % SPF_IDS.length]!
  const dmarc = DMARC_IDS[index % DMARC_IDS.length]!
  const names = NAMES_IDS[index % NAMES_IDS.length]!
  const proof: HostProof = {
    ...PROOF,
    name: id,
    helo: `helo.${own}`,
    signing: [signing(own, 'local', verdict('pass', 'signed')), signing(own, 'outsider', verdict('pass', 'x'))],
    spf:
      index % 3 !== 0
        ? index % 2 === 0
          ? [...spfOf(own, spf, statusOf(spf)).slice(0, 2), ...spfOf(own, 'spf-pass', 'pass').slice(2)]
          : [...spfOf(own, 'spf-pass', 'pass').slice(0, 2), ...spfOf(own, spf, statusOf(spf)).slice(2)]
        : spfOf(own, spf, statusOf(spf)),
    dmarc: [
      {
        domain: own,
        ...(index % 2 === 0 ? { at: own, policy: 'none' } : {}),
        aligned: { dkim: [], spf: [] },
        verdict: verdict(statusOf(dmarc), dmarc),
      },
    ],
    reverse: [{ address: '192.0.2.1', names: index % 2 === 0 ? [] : ['a.example'], verdict: bad(names) }],
  }
  const setup = parameters({ internal_mail_filter_classes: '', myorigin: 'origin.example' })
  return host({ name: `other-${index}`, declared: [own], helo: `other.${own}`, listed: ['192.0.2.1'], setup, proof })
})

const ofSetups = WRONG.map(([, setup, ids], index): HostEvidence => {
  const wrong = setup.configuration.path === '' ? setup : asRead(setup)
  return host({
    name: `setup-${index}`,
    setup: { ...wrong, keys: ids.some((id) => id.includes('key')) ? wrong.keys : [] },
  })
})

const ALL_AT_ONCE = asRead({
  ...conf((text) =>
    `${text}\nMode v\nRequireSafeKeys no\nTrustAnchorFile /x`
      .replace(/\n(?:PidFile|Canonicalization|OversignHeaders).*/g, '')
      .replace('rsa-sha256', 'rsa-sha1'),
  ),
  user: 'root',
  unit: { ...GOOD.unit, ActiveState: 'failed', UnitFileState: 'disabled' },
  tables: GOOD.tables.map((each) =>
    each.name === 'internalhosts'
      ? {
          ...each,
          kind: 'refile',
          rows: [
            { line: 1, text: '10.*' },
            { line: 2, text: '0.0.0.0/0' },
          ],
        }
      : each.name === 'signingtable'
        ? {
            ...each,
            rows: [
              { line: 1, text: '*@* gone' },
              { line: 2, text: 'example.org lost' },
            ],
          }
        : each,
  ),
})

const others: readonly HostEvidence[] = [
  host({ name: 'all', setup: ALL_AT_ONCE }),
  host({ name: 'twin-a', declared: ['example.net'] }),
  host({
    name: 'twin-b',
    setup: { ...GOOD, keys: [{ ...GOOD.keys[0]!, publicKey: 'AAAA' }] },
    refusedKeys: [
      { id: 'selector-foreign', domain: 'example.org', selector: 'old', what: 'signs with the selector old' },
      { id: 'dkim-unfit-key', domain: 'example.org', selector: 'odd', what: 'has a key that is not published' },
    ],
  }),
  host({ name: 'lost', status: 'unreachable', error: 'no route', setup: undefined, proof: undefined }),
]

const wanted = (of: string, purpose: Purpose, name: string, value: string): MailRecord => ({
  name,
  type: purpose === 'null-mx' ? 'MX' : 'TXT',
  ttl: 3600,
  value,
  purpose,
  domain: of,
  publishedBy: 'fleet',
  why: [`mx1 sends for ${of}`],
})
const at = (record: MailRecord) => ({ record, zone: undefined, views: [] })
const missing = (record: MailRecord, ...remove: readonly string[]): PlannedRecord => {
  const rdata = remove.map((value) => txtRdata([Buffer.from(value)]))
  const before = remove.length === 0 ? undefined : { ttl: 3600, rdata }
  return { ...at(record), kind: 'change', change: { record, before, remove: rdata, add: [], kept: [], ttl: 3600 } }
}
const key = (of: string): string => `mx1._domainkey.${of}`
const keys = (of: string, ...values: readonly string[]) => [{ selector: 'mx1', ...served(key(of), ...values) }]

/** Records that are wanted of a domain, and are not there, or are others. */
const planned = (of: string, ...remove: readonly string[]): readonly PlannedRecord[] => [
  missing(wanted(of, 'spf', of, SPF), ...remove),
  missing(wanted(of, 'spf-helo', `helo.${of}`, SPF), ...remove),
  missing(wanted(of, 'dkim', key(of), KEY_RECORD), ...remove),
  missing(wanted(of, 'dmarc', `_dmarc.${of}`, DMARC), ...remove),
  missing(wanted(of, 'dmarc-report', `${of}._report._dmarc.reports.example`, 'v=DMARC1;'), ...remove),
  missing(wanted(of, 'null-mx', of, '0 .'), ...remove),
  missing(wanted(of, 'adsp', `_adsp._domainkey.${of}`, 'dkim=all'), ...remove),
]

const lagging = (name: string, value: string, other: string): PublishedTxt => ({
  name,
  servers: [
    { server: 'ns1', values: [value] },
    { server: 'ns2', values: [value] },
    { server: 'ns3', values: [other] },
    { server: 'ns4', values: undefined, why: 'no answer' },
  ],
})

export const SPF_RECORDS: readonly (readonly string[])[] = [
  [],
  [SPF, 'v=spf1 -all'],
  ['v=spf1 bad:x -all'],
  ['v=spf1 ip4:192.0.2.1 +all'],
  ['v=spf1 a mx ptr ?all ip4:192.0.2.9'],
  ['v=spf1 ip4:0.0.0.0/1 ip6:2000::/3'],
  [`v=spf1 ${Array.from({ length: 60 }, (_, index) => `ip4:192.0.2.${index}`).join(' ')} ~all`],
  ['v=spf1 include:loop.example include:none.example include:silent.example redirect=two.example'],
]
export const DMARC_RECORDS: readonly (readonly string[])[] = [
  [],
  [DMARC, DMARC],
  ['v=dmarc1; p=none'],
  ['v=DMARC1; p=none'],
  ['v=DMARC1; p=none; rua=mailto:a@example.org; fo=1; pct=50; x=y'],
  ['v=DMARC1; rua=mailto:a@example.org!10m; p=reject; sp=none; np=none; t=y; psd=y'],
  ['v=DMARC1; p=bad; sp=reject; rua=http://x; adkim=r; adkim=s'],
  ['v=DMARC1; p=bad; rua=mailto:a@example.org'],
  ['v=DMARC1; p=quarantine'],
]
export const KEY_RECORDS: readonly (readonly string[])[] = [
  [],
  [KEY_RECORD, KEY_RECORD],
  ['v=DKIM1; p'],
  ['v=DKIM1; p='],
  ['v=DKIM1; k=odd; p=AAAA'],
  [KEY_RECORD.replace('h=sha256', 'h=sha1; t=y:s; s=tlsrpt')],
  ['v=DKIM1; p=AAAA'],
  ['v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='],
]

/** Counts lookups as if all DNS were these few names. */
export function lookupsOf(record: string) {
  const walk = spfLookups('walked.example', undefined)
  const answers: Readonly<Record<string, DnsAnswer>> = {
    'walked.example': { kind: 'found', values: [record] },
    'loop.example': { kind: 'found', values: ['v=spf1 include:walked.example -all'] },
    'silent.example': { kind: 'failed', why: 'REFUSED' },
    'two.example': { kind: 'found', values: ['v=spf1 -all', 'v=spf1 +all'] },
    'odd.example': { kind: 'found', values: ['v=spf1 bad:x -all'] },
  }
  for (let step = walk.next(); ;) {
    if (step.done === true) return step.value.findings
    step = walk.next(answers[step.value.name] ?? { kind: 'no-name' })
  }
}
export const WALKED: readonly string[] = [
  'v=spf1 include:loop.example include:none.example include:silent.example include:two.example include:odd.example',
  `v=spf1 ${Array.from({ length: 12 }, (_, index) => `a:a${index}.example`).join(' ')} mx -all`,
]

/** All that is wrong with records by themselves, and with those that are wanted, of one domain after the other. */
const ofRecords = Array.from({ length: 9 }, (_, index): DomainEvidence => {
  const of = `d${index}.example`
  return domain({
    domain: of,
    sends: index !== 7,
    spf: served(of, ...(SPF_RECORDS[index] ?? [SPF])),
    dmarc: served(`_dmarc.${of}`, ...DMARC_RECORDS[index]!),
    adsp: served(`_adsp._domainkey.${of}`, ...(index % 2 === 0 ? ['dkim=all'] : [])),
    keys: keys(of, ...(KEY_RECORDS[index] ?? [KEY_RECORD])),
    lookups: index % 3 === 0 ? WALKED.flatMap(lookupsOf) : [],
    unconsenting: index % 4 === 0 ? ['reports.example'] : [],
    planned: index % 4 === 0 ? [] : index % 2 === 0 ? planned(of) : planned(of, 'other'),
    ...(index % 3 === 1 ? { contradiction: 'two hosts disagree' } : {}),
  })
})

const PLANNED_KINDS: readonly ((record: MailRecord) => PlannedRecord)[] = [
  (record) => ({ ...at(record), kind: 'blocked', why: 'an alias stands there' }),
  (record) => ({ ...at(record), kind: 'blocked', anothers: true, why: "another's key stands there" }),
  (record) => ({ ...at(record), kind: 'blocked', unreadable: true, why: 'cannot be read' }),
  (record) => ({ ...at(record), kind: 'unanswered', why: 'nobody answers' }),
  (record) => ({ ...at(record), kind: 'served' }),
]

const ofDomains: readonly DomainEvidence[] = [
  domain(),
  ...[...SIGNING_IDS.map((id) => `${id}.example`), ...ofOthers.map((_, index) => `s${index}.example`)].map(
    (of, index): DomainEvidence =>
      domain({
        domain: of,
        spf: served(of, ...(SPF_RECORDS[index % SPF_RECORDS.length] ?? [])),
        dmarc: served(`_dmarc.${of}`, ...(DMARC_RECORDS[index % DMARC_RECORDS.length] ?? [])),
        keys: keys(of, ...(KEY_RECORDS[index % KEY_RECORDS.length] ?? [])),
        planned: index % 2 === 0 ? planned(of) : planned(of, 'other'),
        ...(index % 5 === 0 ? { contradiction: 'two hosts disagree' } : {}),
      }),
  ),
  ...ofRecords,
  domain({
    domain: 'lags.example',
    spf: lagging('lags.example', SPF, 'v=spf1 -all'),
    dmarc: lagging('_dmarc.lags.example', DMARC, ''),
    keys: [{ selector: 'mx1', ...lagging(key('lags.example'), KEY_RECORD, 'v=DKIM1; p=') }],
    planned: PLANNED_KINDS.map((kind, index) =>
      kind(wanted('lags.example', 'dkim', `k${index}._domainkey.lags.example`, KEY_RECORD)),
    ),
  }),
  domain({
    domain: 'silent.example',
    declared: false,
    spf: { name: 'silent.example', servers: [{ server: '', values: undefined, why: 'no zone' }] },
    planned: [
      ...planned('silent.example'),
      ...PLANNED_KINDS.map((kind) => kind(wanted('silent.example', 'dkim', key('silent.example'), KEY_RECORD))),
    ],
  }),
]

/** @param notes - findings of a plan, such as strangers in SPF. */
export const richEvidence = (notes: DomainEvidence['notes']): Evidence => ({
  hosts: [...ofSigning, ...ofOthers, ...ofSetups, ...others],
  domains: ofDomains.map((each, index) => (index === 0 ? { ...each, notes } : each)),
})

export const RICH_BASELINE: Baseline = [
  { id: 'milter-accept', reason: 'known', where: 'b.yaml:1' },
  { id: 'no-key', domain: '*.example', reason: 'to come', until: '2030-01-01', where: 'b.yaml:2' },
  { id: 'spf-loop', host: 'nobody', reason: 'old', where: 'b.yaml:3' },
]
