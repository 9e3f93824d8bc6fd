// Every value that is printed, whole, with every way in which it is: what strangers say may stand in each string.
import type { DnsPlan, PlannedRecord } from '../../../src/dns/plan/plan-dns.ts'
import type { DnsEvent, Publication } from '../../../src/dns/push/publication.ts'
import type { NotServed } from '../../../src/dns/served/served-everywhere.ts'
import type { Rdata } from '../../../src/dns/lookup/rrset.ts'
import type { Pushed } from '../../../src/dns/push/push-dns.ts'
import type { MailRecord } from '../../../src/mail/records/dns-record.ts'
import type { AuditReport, CellStatus } from '../../../src/audit/audit-report.ts'
import type { CheckName } from '../../../src/findings/checks.ts'
import type { Host, Var } from '../../../src/core/fleet/host.ts'
import type { Inventory } from '../../../src/core/fleet/inventory.ts'
import type { PreparedHost } from '../../../src/core/fleet/prepared-host.ts'
import type { HostProof, Verdict } from '../../../src/mail/proof/proof.ts'
import type { HostResult, RunEvent } from '../../../src/core/run-event.ts'
import { AUDIT_FORMATS } from '../../../src/report/audit/formats.ts'
import { DNS_PLAN_FORMATS } from '../../../src/report/dns/plan/formats.ts'
import { DNS_PUSH_FORMATS } from '../../../src/report/dns/push/formats.ts'
import { DNS_VERIFY_FORMATS } from '../../../src/report/dns/verify/formats.ts'
import type { DnsView } from '../../../src/report/dns/view.ts'
import { bugText, problemText } from '../../../src/report/errors.ts'
import { EXEC_FORMATS } from '../../../src/report/exec/formats.ts'
import { FACTS_FORMATS } from '../../../src/report/facts/formats.ts'
import { INVENTORY_FORMATS } from '../../../src/report/inventory/formats.ts'
import { inventoryGraph } from '../../../src/report/inventory/text.ts'
import type { HostSelfTest } from '../../../src/testing/self-test/result.ts'
import { LIST_FORMATS } from '../../../src/report/list/formats.ts'
import { listedHosts, listedTasks, type Listing } from '../../../src/report/list/listing.ts'
import { PING_FORMATS } from '../../../src/report/ping/formats.ts'
import { PROOF_FORMATS } from '../../../src/report/proof/formats.ts'
import { loadFormat, type About, type Formats, type Language } from '../../../src/report/registry.ts'
import type { RotationView } from '../../../src/report/rotation/format.ts'
import { ROTATION_FORMATS } from '../../../src/report/rotation/formats.ts'
import type { RunFormat } from '../../../src/report/run/format.ts'
import { RUN_FORMATS } from '../../../src/report/run/formats.ts'
import { liveLines } from '../../../src/report/run/live.ts'
import { publicationLines } from '../../../src/report/run/publication.ts'
import { textReporter } from '../../../src/report/run/text.ts'
import { HOST_STATUSES, TASK_STATUSES } from '../../../src/report/run/totals.ts'
import type { Out, Screen } from '../../../src/report/screen.ts'
import { SELF_TEST_FORMATS } from '../../../src/report/self-test/formats.ts'
import { colours } from '../../../src/report/write/colour.ts'
import { printed, said } from '../../../src/report/write/terminal.ts'
import type { FactsOfHost } from '../../../src/playbook/gathered-facts.ts'
import type { Execution } from '../../../src/resources/command/execution.ts'
import { host, run, task } from './results.ts'
import { printed as printedOn } from './screen.ts'

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
  findings: [
    {
      id: 'spf-lookups',
      severity: 'warning',
      check: 'spf',
      message: 'many lookups',
      remedy: 'list addresses',
      subject: {},
    },
  ],
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
  'host-facts': { kind: 'host-facts', host: at.host, facts: { release: 'bookworm', processors: 2 } },
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

function reported<Item>(events: readonly Item[], reporter: (out: Out) => (event: Item) => void): string {
  let text = ''
  const report = reporter({ write: (part) => void (text += part) })
  for (const event of events) report(event)
  return text
}
const TEXT = { diff: true, verbose: true, paint }
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
  rotations: [
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
  doneSteps: [
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
const LISTING: Listing = {
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

/** A sample of each format of a registry. @param print - with this format, all of the value. */
async function ofEach<Format extends About, Value>(
  name: string,
  formats: Formats<Format>,
  value: Value,
  print: (format: Format, value: Value, screen: Screen) => void,
): Promise<readonly Sample[]> {
  const all = Object.keys(formats).map(async (key) => {
    const format = await loadFormat(formats, key)
    const render = (one: Value): string => {
      const { out, notes } = printedOn((screen) => print(format, one, screen), { paint, isTerminal: true })
      return format.language === 'terminal' ? `${out}${notes}` : out
    }
    return sample(`${name}, ${key}`, format.language, value, render)
  })
  return Promise.all(all)
}

const PRINTED = { text: 'a line\nanother', bytes: 5_000_000, isCut: true }
const EXECUTION: Execution = {
  command: 'uptime',
  interrupted: false,
  seconds: 1.5,
  hosts: [
    { name: 'mx1', status: 'ran', ran: { code: 0, timedOut: false, stdout: PRINTED, stderr: PRINTED } },
    { name: 'mx2', status: 'ran', ran: { code: 1, timedOut: true, stdout: PRINTED, stderr: PRINTED } },
    { name: 'mx3', status: 'failed', error: 'no perl' },
    { name: 'mx4', status: 'not-reached', error: 'not begun' },
  ],
}

const FACTS: readonly FactsOfHost[] = [
  {
    name: 'mx1',
    status: 'ok',
    facts: {
      hostname: 'mx1',
      release: 'bookworm',
      version: '12',
      kernel: '6.1.0-18-amd64',
      architecture: 'amd64',
      processors: 2,
      memory: { total: 2 ** 31, available: 2 ** 30, swapTotal: 0, swapFree: 0 },
      disks: [{ mount: '/srv/a b', device: '/dev/vda1', type: 'ext4', size: 2 ** 40, available: 999 }],
      addresses: ['192.0.2.1', '2001:db8::1'],
      defaultRoute: { interface: 'eth0', gateway: '192.0.2.254' },
      defaultRoute6: null,
      postfixVersion: '3.7.11',
      opendkimVersion: null,
    },
  },
  { name: 'mx2', status: 'unreachable', error: 'no route' },
]

const VIEW_OF_DNS: DnsView = { plan: PLAN, silent: [RESULTS[4]!], unseen: ['mx4: no answer'] }
const PUSH = { view: VIEW_OF_DNS, pushed: PUSHED, missing: NOT_SERVED }
const RUN = { diff: true, verbose: true }
const runPrinted = ({ open }: RunFormat, events: readonly Event[], screen: Screen): void =>
  events.forEach(open(RUN, screen))

/** A format that a registry gains is held to the law with the others. */
const SELF_TEST: readonly HostSelfTest[] = [
  {
    name: 'mx1',
    status: 'broken',
    system: 'debian 14 (forky)',
    seconds: 2.5,
    examples: [
      { task: 'file', example: 'A file with a text', status: 'kept', why: [] },
      { task: 'apt', example: 'Packages', status: 'asked', why: ['it would install or remove packages'] },
      { task: 'user', example: 'No user', status: 'skipped', why: ['exit status 9: useradd: user former exists'] },
      { task: 'group', example: 'A group', status: 'broken', why: ['after its changes it is not satisfied'] },
    ],
  },
  { name: 'mx2', status: 'unreachable', seconds: 0.1, examples: [], error: 'mx2: no route to host' },
]

const FROM_REGISTRIES: readonly (readonly Sample[])[] = await Promise.all([
  ofEach('run', RUN_FORMATS, ALL_EVENTS, runPrinted),
  ofEach('run without DNS', { text: RUN_FORMATS['text']! }, WITHOUT_DNS, runPrinted),
  ofEach('ping', { text: PING_FORMATS['text']! }, WITHOUT_DNS, runPrinted),
  ofEach('list of hosts', LIST_FORMATS, LISTING, ({ hosts }, listing, { out }) =>
    out.write(hosts(listedHosts(listing))),
  ),
  ofEach('list of tasks', LIST_FORMATS, LISTING, ({ tasks }, listing, { out }) =>
    out.write(tasks(listedTasks(listing))),
  ),
  ofEach('dns plan', DNS_PLAN_FORMATS, VIEW_OF_DNS, ({ tell }, view, screen) => tell(view, screen)),
  ofEach('dns push', DNS_PUSH_FORMATS, PUSH, ({ open }, { view, pushed, missing }, screen) => {
    const report = open(view, screen)
    report.pushed(pushed)
    report.waiting(missing)
    report.ended(missing, 4)
  }),
  ofEach('dns verify', DNS_VERIFY_FORMATS, PUSH, ({ open }, { view, missing }, screen) => {
    const report = open(view, screen)
    report.waiting(missing)
    report.ended(missing)
  }),
  ofEach('rotation', ROTATION_FORMATS, VIEW, ({ open }, view, screen) => {
    const report = open(screen)
    for (const doneStep of view.doneSteps) report.done(doneStep)
    report.waiting('ns2 lags')
    report.ended(view)
  }),
  ofEach('self-test', SELF_TEST_FORMATS, SELF_TEST, ({ open }, hosts, screen) => {
    const report = open(screen)
    for (const host of hosts) report.done(host)
    report.ended(hosts)
  }),
  ofEach('proof', PROOF_FORMATS, [PROOF, LOST], ({ write }, proofs, { out }) => out.write(write(proofs, 1, paint))),
  ofEach('audit', AUDIT_FORMATS, AUDIT, ({ write }, report, { out }) => {
    out.write(write(report, { columns: undefined, paint }))
  }),
  ofEach('audit, narrow', { text: AUDIT_FORMATS['text']! }, AUDIT, ({ write }, report, { out }) => {
    out.write(write(report, { columns: 60, paint }))
  }),
  ofEach('facts', FACTS_FORMATS, FACTS, ({ write }, hosts, { out }) => {
    out.write(write(hosts, { columns: undefined, paint }))
  }),
  ofEach('exec', EXEC_FORMATS, EXECUTION, ({ write }, execution, { out }) => {
    out.write(write(execution, { columns: undefined, paint }))
  }),
  ofEach('inventory', INVENTORY_FORMATS, INVENTORY, ({ list }, inventory, { out }) => {
    out.write(list(inventory, paint))
  }),
  ofEach('inventory, names', INVENTORY_FORMATS, INVENTORY, ({ names }, inventory, { out }) => {
    out.write(names(inventory))
  }),
  ofEach('host', INVENTORY_FORMATS, HOST, ({ host: one }, value, { out }) => out.write(one(value, paint))),
])

export const SAMPLES: readonly Sample[] = [
  ...FROM_REGISTRIES.flat(),
  sample('run, live', 'terminal', ALL_EVENTS, live),
  sample('live lines', 'terminal', FOOT, atFoot),
  // What the writers of these languages let through of names is theirs to refuse: here no control and no command is.
  sample('records by hand', 'document', { ...PUBLICATION, byHand: [RECORD] }, (publication) =>
    publicationLines(publication, paint).join('\n').replace(COLOUR, ''),
  ),
  sample('inventory, graph', 'terminal', INVENTORY, inventoryGraph),
  sample('bug', 'terminal', 'TypeError: no\n    at f (/a.ts:1:2)', bugText),
  sample('error', 'terminal', ['a.yaml:1: this', 'a.yaml:2: that'], problemText),
]
