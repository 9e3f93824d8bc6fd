// Every value that is printed, whole, with every way in which it is: what strangers say may stand in each string.
import { writtenRecords } from '../../../src/cli/dns-records.ts'
import { bugText, problemText } from '../../../src/cli/could-not-start.ts'
import { listHosts, listTasks } from '../../../src/cli/list.ts'
import type { DnsPlan, PlannedRecord } from '../../../src/dns/plan/plan-dns.ts'
import type { DnsEvent, Publication } from '../../../src/dns/push/publication.ts'
import type { NotServed } from '../../../src/dns/served/served-everywhere.ts'
import type { Rdata } from '../../../src/dns/lookup/rrset.ts'
import type { Pushed } from '../../../src/dns/push/push-dns.ts'
import type { MailRecord } from '../../../src/mail/dns-record.ts'
import type { AuditReport, CellStatus } from '../../../src/model/audit.ts'
import type { CheckName } from '../../../src/model/findings/finding-kind.ts'
import type { Host, Var } from '../../../src/model/host.ts'
import type { Inventory } from '../../../src/model/inventory.ts'
import type { PreparedHost } from '../../../src/model/prepared-host.ts'
import type { HostProof, Verdict } from '../../../src/model/proof.ts'
import type { HostResult, RunEvent } from '../../../src/model/run-event.ts'
import { auditAs, type AuditFormat } from '../../../src/report/audit/formats.ts'
import { colours } from '../../../src/report/colour.ts'
import { dnsPlanJson, notServedJson, pushedJson } from '../../../src/report/dns-json.ts'
import { dnsPlanText, notServedText, pushedText } from '../../../src/report/dns-plan.ts'
import { hostJson, hostText, inventoryGraph, inventoryJson, inventoryText } from '../../../src/report/inventory.ts'
import { jsonDocument, jsonLine } from '../../../src/report/json-text.ts'
import { jsonReporter } from '../../../src/report/json.ts'
import { liveLines } from '../../../src/report/live.ts'
import { ndjsonReporter } from '../../../src/report/ndjson.ts'
import type { Out } from '../../../src/report/out.ts'
import { pingReporter } from '../../../src/report/ping.ts'
import { proofDocument, proofText } from '../../../src/report/proof.ts'
import { publicationLines } from '../../../src/report/publication.ts'
import { deedText, rotationJson, rotationText, type RotationView } from '../../../src/report/rotation.ts'
import { textReporter } from '../../../src/report/text.ts'
import { HOST_STATUSES, TASK_STATUSES } from '../../../src/report/totals.ts'
import { printed, said } from '../../../src/report/write/terminal.ts'
import { host, run, task } from './results.ts'

export type Language = 'terminal' | 'json' | 'ndjson' | 'html' | 'xml' | 'markdown' | 'document'

export interface Sample {
  readonly name: string
  readonly language: Language
  readonly value: unknown
  readonly render: (value: never) => string
}

const paint = colours(true)
export const COLOUR = /\u001b\[\d+m/g
/** So that `render` and its value have one type. */
const sample = <Value>(name: string, language: Language, value: Value, render: (value: Value) => string): Sample => ({
  name,
  language,
  value,
  render,
})

const RESULTS: readonly HostResult[] = HOST_STATUSES.map((status) =>
  host({
    name: `${status}.example.org`,
    status,
    error: 'it broke',
    tasks: TASK_STATUSES.map((each) =>
      task({
        name: `/etc/${status}/${each}`,
        type: 'file',
        status: each,
        changes: ['replaced'],
        why: 'because',
        warning: 'look',
        commands: ['install it'],
        diffs: [{ path: '/etc/motd', before: 'old\nsame\n', after: 'new\nsame\n' }],
      }),
    ),
    outputs: {
      facts: { os: { id: 'debian', versionId: '12', codename: 'bookworm' }, hostname: 'mx1' },
      dns: [{ name: 'mx1._domainkey.example.org', type: 'TXT', value: 'v=DKIM1; p=AAAA' }],
      list: ['one', { two: 'three' }],
    },
  }),
)
const RESULT = run(RESULTS)

const RECORD: MailRecord = {
  name: 'example.org',
  type: 'TXT',
  ttl: 300,
  value: 'v=spf1 -all',
  purpose: 'spf',
  domain: 'example.org',
  publishedBy: 'fleet',
  why: ['mail of it', 'leaves here'],
}
const SERVER = { name: 'ns1.example.org', addresses: [{ address: '192.0.2.53', port: 53 }] } as const
const HIDDEN = { name: 'ns0.example.org', addresses: [{ address: '192.0.2.1', port: 5353 }] } as const
const ZONE = { zone: 'example.org', servers: [SERVER], primary: HIDDEN, negativeTtl: 60 }
/** As a name server said it. */
function rdata(value: string): Rdata {
  const said: unknown = { value, text: `"${value}"` }
  return said as Rdata
}
const CHANGE = {
  record: RECORD,
  before: { ttl: 60, rdata: [rdata('old')] },
  remove: [rdata('old')],
  add: [rdata('new')],
  kept: [rdata('kept')],
  ttl: 300,
}
const VIEWS = [
  { server: SERVER, answer: { kind: 'failed', why: 'REFUSED' } },
  { server: HIDDEN, answer: { kind: 'alias', target: 'other.example' } },
  { server: HIDDEN, answer: { kind: 'found', rrset: CHANGE.before } },
  { server: HIDDEN, answer: { kind: 'none' } },
] as unknown as PlannedRecord['views']
const PLANNED: readonly PlannedRecord[] = [
  { kind: 'served' as const },
  { kind: 'change' as const, change: CHANGE },
  { kind: 'blocked' as const, why: 'an alias is there' },
  { kind: 'unanswered' as const, why: 'nobody answers' },
  { kind: 'others' as const, served: false },
].map((state) => ({ record: RECORD, zone: ZONE as unknown as PlannedRecord['zone'], views: VIEWS, ...state }))
const PLAN: DnsPlan = {
  records: [...PLANNED, { ...PLANNED[3]!, zone: undefined }],
  findings: [{ id: 'spf-lookups', severity: 'warning', message: 'many lookups', remedy: 'list addresses' }],
  faults: [],
  published: () => ['v=spf1 -all'],
}
const PUSHED: readonly Pushed[] = [
  { change: CHANGE, zone: 'example.org', outcome: { kind: 'done' } },
  { change: CHANGE, zone: 'example.org', outcome: { kind: 'failed', why: 'REFUSED' } },
  { change: CHANGE, zone: 'example.org', outcome: { kind: 'outdated', why: 'YXRRSET' } },
]
const NOT_SERVED: readonly NotServed[] = [
  { record: RECORD, server: SERVER, kind: 'absent', why: 'has no such record', serial: 4 },
  { record: RECORD, server: undefined, kind: 'silent', why: 'no server is known', serial: undefined },
] as const
const PUBLICATION: Publication = {
  plan: PLAN,
  pushed: PUSHED,
  notServed: NOT_SERVED,
  byHand: [],
  left: [{ record: RECORD, why: 'mx2 is unreachable' }],
  error: 'mx3 has no route',
}

const at = { host: 'mx1.example.org', task: 'opendkim', type: 'apt', summary: 'install opendkim' }
/** One of each kind: the type asks for those that are new. */
const EVENTS: Readonly<{ [Kind in (RunEvent | DnsEvent)['kind']]: Extract<RunEvent | DnsEvent, { kind: Kind }> }> = {
  'run-start': { kind: 'run-start', playbook: 'mail', check: true, hosts: RESULTS.map(({ name }) => name) },
  'host-start': { kind: 'host-start', host: at.host },
  'host-connected': { kind: 'host-connected', host: at.host },
  'host-note': { kind: 'host-note', host: at.host, note: 'its key is new' },
  'host-parked': { kind: 'host-parked', host: at.host, why: 'its records are published' },
  'host-waiting': { kind: 'host-waiting', host: at.host, holder: 'ops@desk, process 1' },
  'change-start': { kind: 'change-start', ...at },
  'change-output': { kind: 'change-output', host: at.host, task: at.task, line: 'Unpacking' },
  'change-end': { kind: 'change-end', ...at, code: 0 },
  'dns-plan': { kind: 'dns-plan', plan: PLAN },
  'dns-pushed': { kind: 'dns-pushed', pushed: PUSHED },
  'dns-waiting': { kind: 'dns-waiting', seconds: 60, missing: NOT_SERVED },
  'dns-served': { kind: 'dns-served', records: 2, missing: NOT_SERVED },
  'dns-end': { kind: 'dns-end', publication: PUBLICATION },
  'host-end': { kind: 'host-end', host: at.host, result: RESULTS[4]! },
  interrupted: { kind: 'interrupted', busy: [at.host, 'mx2.example.org'] },
  'run-end': { kind: 'run-end', result: RESULT },
}
type Event = RunEvent | DnsEvent
const ALL_EVENTS: readonly Event[] = Object.values(EVENTS)
const isRunEvent = (event: Event): event is RunEvent => !event.kind.startsWith('dns-')
const WITHOUT_DNS = ALL_EVENTS.filter(isRunEvent)

function reported<Told>(events: readonly Told[], reporter: (out: Out) => (event: Told) => void): string {
  let text = ''
  const report = reporter({ write: (part) => void (text += part) })
  for (const event of events) report(event)
  return text
}
const TEXT = { diff: true, verbose: true, colour: true, terminal: undefined }
const atFoot = ({ name, doing, line }: typeof FOOT): string =>
  liveLines(
    [[name, { since: 0, doing: said(doing), said: printed(line) }]],
    { all: 2, ended: 1 },
    { columns: 5000, rows: 24 },
    paint,
  ).join('\n')
const FOOT = { name: 'mx1', doing: 'apt opendkim: install', line: 'Unpacking' }

/** Above live lines, which are drawn later. */
const live = (events: readonly Event[]): string =>
  reported(events, (out) =>
    textReporter({ ...TEXT, verbose: false, terminal: { columns: 300, rows: 60, write: out.write } }, out),
  )

const VIEW: RotationView = {
  outlooks: [
    {
      host: at.host,
      domain: 'example.org',
      now: 1_800_000_000,
      begin: { kind: 'begin', former: undefined },
      due: 'mx1 is 200 days old',
      notes: ['its clock is fast'],
      keys: [
        { selector: 'mx1', state: 'active', since: 1_799_000_000, step: { kind: 'revoke', selector: 'mx1' } },
        {
          selector: 'mx2',
          state: 'draining',
          since: undefined,
          wait: { kind: 'until', time: 1_800_000_100, why: 'mail' },
        },
        { selector: 'mx3', state: 'active', since: undefined, wait: { kind: 'held', why: 'ns2', soon: true } },
        { selector: 'mx4', state: 'active', since: undefined, wait: { kind: 'blocked', why: 'no key' } },
      ],
    },
  ],
  faults: [
    { host: 'mx2', domain: 'example.net', status: 'failed', why: 'no route' },
    { host: 'mx3', domain: undefined, status: 'unreachable', why: 'no route' },
  ],
  deeds: [
    { host: 'mx1', domain: 'example.org', selector: 'mx1', what: 'signs' },
    { host: 'mx1', domain: 'example.org', selector: 'mx1', what: 'signs', failed: 'no room' },
  ],
  check: true,
  now: new Date(1_800_000_000_000),
}

const verdict = (status: Verdict['status'], id: string): Verdict => ({
  status,
  id,
  what: 'what it is',
  advice: 'do it',
})
const PROOF: HostProof = {
  name: at.host,
  status: 'fail',
  helo: 'mx1.example.org',
  addresses: ['192.0.2.1'],
  signing: [
    {
      domain: 'example.org',
      role: 'local',
      verdict: verdict('pass', 'signed'),
      milters: ['inet:8891@localhost'],
      signatures: [
        {
          domain: 'example.org',
          selector: 'mx1',
          algorithm: 'rsa-sha256',
          bits: 2048,
          servers: [{ server: 'ns1', ...verdict('pass', 'verified') }],
          unasked: 'nobody knows',
        },
      ],
      message: 'From: a@example.org\r\n\r\nbody\r\n',
    },
    { domain: 'example.org', role: 'submission', verdict: verdict('fail', 'unsigned'), milters: [], signatures: [] },
    { domain: 'example.org', role: 'outsider', verdict: verdict('unknown', 'silent'), milters: [], signatures: [] },
  ],
  spf: [
    {
      identity: 'mailfrom',
      domain: 'example.org',
      address: '192.0.2.1',
      result: 'fail',
      verdict: verdict('fail', 'spf'),
    },
    {
      identity: 'helo',
      domain: 'mx1.example.org',
      address: '192.0.2.1',
      result: 'none',
      verdict: verdict('fail', 'helo'),
    },
  ],
  dmarc: [
    {
      domain: 'example.org',
      at: '_dmarc.example.org',
      policy: 'reject',
      aligned: { dkim: ['example.org'], spf: ['example.org'] },
      verdict: verdict('pass', 'aligned'),
    },
  ],
  reverse: [{ address: '192.0.2.1', names: ['mx1.example.org'], verdict: verdict('unknown', 'names') }],
  delivery: [
    {
      domain: 'example.org',
      path: 'sendmail',
      nonce: 'abcdefabcdef-1',
      queueId: '4Zabc',
      results: { spf: 'pass', dkim: 'pass', dmarc: 'pass' },
      selectors: ['mx1'],
      verdict: { status: 'pass', id: 'arrived', what: 'it arrived' },
    },
    {
      domain: 'example.org',
      path: 'smtp',
      nonce: 'abcdefabcdef-2',
      verdict: { status: 'pass', id: 'taken', what: 'x' },
    },
    { domain: 'example.org', path: 'root', verdict: { status: 'none', id: 'left-out', what: 'it does not send' } },
  ],
}
const LOST: HostProof = { ...PROOF, name: 'mx9', status: 'unreachable', error: 'no route', signing: [], delivery: [] }

const cells = (status: CellStatus) => {
  const cell = { status, ids: status === 'pass' || status === 'none' ? [] : ['key-missing'], text: 'mx1 rsa 2048' }
  const checks: readonly CheckName[] = ['setup', 'signature', 'outsider', 'dkim', 'spf', 'dmarc', 'names']
  return Object.fromEntries(checks.map((check) => [check, cell])) as unknown as AuditReport['matrix'][number]['cells']
}
const SUBJECT = {
  host: 'mx1',
  domain: 'example.org',
  record: 'mx1._domainkey.example.org',
  path: '/etc/opendkim.conf',
  line: 3,
  about: '192.0.2.1',
}
const FINDING = {
  id: 'key-missing',
  severity: 'error',
  check: 'dkim',
  message: 'a key is missing',
  expected: 'v=DKIM1',
  found: 'nothing',
  remedy: 'publish it',
  subjects: [SUBJECT, { host: 'mx2', domain: 'example.org' }],
} as const
const STATUSES: readonly CellStatus[] = ['pass', 'note', 'warning', 'error', 'unknown', 'accepted', 'none']
const AUDIT = {
  version: 1,
  date: '2027-01-02T03:04:05.000Z',
  mailrun: '0.1.0',
  seconds: 1.5,
  hosts: [
    { name: 'mx1', status: 'audited', helo: 'mx1.example.org', addresses: ['192.0.2.1'], software: ['postfix 3.7'] },
    { name: 'mx9', status: 'unreachable', error: 'no route', addresses: [], software: [] },
  ],
  domains: [{ domain: 'example.org', declared: true, sends: true, nameServers: ['ns1', 'ns2'], policy: 'reject' }],
  matrix: STATUSES.map((status, index) => ({ host: `mx${index}`, domain: 'example.org', cells: cells(status) })),
  findings: [FINDING, { ...FINDING, accepted: { reason: 'it is known', until: '2027-12-31' } }],
  stale: [{ id: 'key-missing', where: 'baseline.yaml:3', why: 'unused' }],
  summary: {
    hosts: 2,
    domains: 1,
    findings: { error: 1, warning: 0, note: 0, unknown: 0 },
    accepted: 1,
    cells: Object.fromEntries(STATUSES.map((status) => [status, 7])),
  },
} as unknown as AuditReport

const vars = (entries: Readonly<Record<string, unknown>>): ReadonlyMap<string, Var> =>
  new Map(Object.entries(entries).map(([key, value]) => [key, { value, where: 'inventory.yaml:3' }]))
const HOST: Host = {
  name: 'mx1',
  groups: ['mail'],
  vars: vars({ domains: ['example.org'], motd: 'two\nlines' }),
  connection: vars({ ansible_user: 'root' }),
  address: { address: '192.0.2.1' } as Host['address'],
  where: 'inventory.yaml:2',
}
const INVENTORY: Inventory = {
  hosts: [HOST],
  names: ['mx1'],
  groups: new Map([
    ['all', { name: 'all', hosts: ['mx1'], children: ['mail'], members: ['mx1'], vars: vars({}) }],
    ['mail', { name: 'mail', hosts: ['mx1'], children: [], members: ['mx1'], vars: vars({ x: 'y' }) }],
  ]),
}
const LISTING = {
  playbook: 'mail',
  hosts: [
    {
      host: HOST,
      tasks: [{ name: '/etc/motd', type: 'file', tags: ['motd'], secrets: [], probe: { question: { parts: [] } } }],
      outputs: {},
      secrets: [],
    },
  ] as unknown as readonly PreparedHost[],
}

const LANGUAGES: Readonly<Record<AuditFormat, Language>> = {
  text: 'terminal',
  json: 'json',
  ndjson: 'ndjson',
  junit: 'xml',
  sarif: 'json',
  markdown: 'markdown',
  html: 'html',
}
const rotation = (view: RotationView): string =>
  [...view.deeds.map((deed) => deedText(deed, paint)), rotationText(view, paint)].join('')

export const SAMPLES: readonly Sample[] = [
  sample('run, text', 'terminal', ALL_EVENTS, (events) => reported(events, (out) => textReporter(TEXT, out))),
  sample('run without DNS', 'terminal', WITHOUT_DNS, (events) => reported(events, (out) => textReporter(TEXT, out))),
  sample('run, live', 'terminal', ALL_EVENTS, live),
  sample('live lines', 'terminal', FOOT, atFoot),
  sample('run, json', 'json', ALL_EVENTS, (events) => reported(events, jsonReporter)),
  sample('run, ndjson', 'ndjson', ALL_EVENTS, (events) =>
    reported(events, (out) => ndjsonReporter({ diff: true, verbose: true }, out)),
  ),
  sample('ping', 'terminal', WITHOUT_DNS, (events) => reported(events, (out) => pingReporter({ colour: true }, out))),
  sample('dns plan', 'terminal', PLAN, (plan) => dnsPlanText(plan, paint)),
  sample('dns plan, json', 'json', PLAN, (plan) => jsonDocument(dnsPlanJson(plan))),
  sample('dns push', 'terminal', PUSHED, (pushed) => pushedText(pushed, paint)),
  sample('dns push, json', 'ndjson', PUSHED, (pushed) => jsonLine(pushedJson(pushed))),
  sample('dns verify', 'terminal', NOT_SERVED, (missing) => notServedText(missing, 4, paint)),
  sample('dns verify, json', 'json', NOT_SERVED, (missing) => jsonDocument(notServedJson(missing))),
  sample('records', 'json', PLAN, (plan) => writtenRecords(plan, 'records')),
  ...(['zone', 'dnscontrol', 'octodns', 'web-form'] as const).map((format) =>
    sample(`records for ${format}`, 'document', PLAN, (plan) => writtenRecords(plan, format)),
  ),
  // What the writers of these languages let through of names is theirs to refuse: here no control and no command is.
  sample('records by hand', 'document', { ...PUBLICATION, byHand: [RECORD] }, (publication) =>
    publicationLines(publication, paint).join('\n').replace(COLOUR, ''),
  ),
  sample('rotation', 'terminal', VIEW, rotation),
  sample('rotation, json', 'json', VIEW, (view) => jsonDocument(rotationJson(view))),
  sample('proof', 'terminal', [PROOF, LOST], (proofs) => proofText(proofs, 1, paint)),
  sample('proof, json', 'json', [PROOF, LOST], (proofs) => jsonDocument(proofDocument(proofs, 1))),
  ...(Object.keys(LANGUAGES) as readonly AuditFormat[]).map((format) =>
    sample(`audit, ${format}`, LANGUAGES[format], AUDIT, (report) =>
      auditAs(format, report, { columns: undefined, paint }),
    ),
  ),
  sample('audit, narrow', 'terminal', AUDIT, (report) => auditAs('text', report, { columns: 60, paint })),
  sample('inventory', 'terminal', INVENTORY, ({ hosts }) => inventoryText(hosts, paint)),
  sample('inventory, graph', 'terminal', INVENTORY, inventoryGraph),
  sample('inventory, json', 'json', INVENTORY, (inventory) => jsonDocument(inventoryJson(inventory))),
  sample('host', 'terminal', HOST, (one) => hostText(one, paint)),
  sample('host, json', 'ndjson', HOST, (one) => jsonLine(hostJson(one))),
  sample('tasks', 'terminal', LISTING, (listing) => listTasks(listing, 'text')),
  sample('hosts', 'terminal', LISTING, (listing) => listHosts(listing, 'text')),
  sample('tasks, json', 'json', LISTING, (listing) => listTasks(listing, 'json')),
  sample('bug', 'terminal', 'TypeError: no\n    at f (/a.ts:1:2)', bugText),
  sample('error', 'terminal', ['a.yaml:1: this', 'a.yaml:2: that'], problemText),
]
