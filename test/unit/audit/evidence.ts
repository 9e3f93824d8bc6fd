// Evidence for the audit's tests: a host on which all is well, and what is changed of it.
import type { DomainEvidence, Evidence, HostEvidence } from '../../../src/audit/evidence.ts'
import type { AuditReport } from '../../../src/audit/audit-report.ts'
import type { MailSetup } from '../../../src/mail/mail-setup.ts'
import type {
  OpendkimMailSetup,
  OpendkimTable,
  Setting,
} from '../../../src/signers/opendkim/setup/mail-setup-answer.ts'
import type { HostProof } from '../../../src/mail/proof/proof.ts'
import type { Baseline } from '../../../src/audit/baseline.ts'
import { opendkimReadings } from '../../../src/signers/opendkim/setup/readings.ts'
import type { FileText } from '../../../src/signers/opendkim/configuration/index.ts'
import { MASTER } from '../resources/postfix/host.ts'
import { auditReport } from '../../../src/audit/build-report.ts'

const RSA_2048 =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAk6i4i9JEgfyeEOBdMzqteRAfunVJdB/wTPhpf8xHcCW3NY0O6ZvW6MjI' +
  'Ppta7B6TNEazpu5kCoBG2QTkZtFv89fnlRpuMpW9OhqgklHAvbm6qiFRtBSciEED69h0Vo2qf5/Zayek/Olcjy79nU2lVKfgSUkU' +
  'JOlrJ14FipScu+P1ibYtFp/A+t6Qt+HIfGDBshh9OpUk0+FyZSDiKeKbaLGoiHvb3sieAMEdFBlt+YQoBNYukaR+KZ9aWgys/4iO' +
  '9ly1cfM/CF/Xv0cs+smHCRs3hfE+j2kkxHBe4MwkFRSWvppCfKXfWoqLgcfw8na6J6msFoVialQixybqJVt8IwIDAQAB'
export const KEY_PATH = '/etc/dkimkeys/example.org/mx1.private'
const CONF = '/etc/opendkim.conf'

/** `Name value` by lines, from line 1 on. */
export const settings = (text: string): readonly Setting[] =>
  text.split('\n').map((line, index) => ({
    path: CONF,
    line: index + 1,
    name: line.split(' ')[0]!,
    value: line.split(' ').slice(1).join(' '),
  }))

export const table = (
  name: OpendkimTable['name'],
  kind: string,
  path: string,
  ...rows: readonly string[]
): OpendkimTable => ({
  name,
  kind,
  path,
  state: 'there',
  rows: rows.map((text, index) => ({ line: index + 1, text })),
  cut: false,
})

const directory = (owner: string, group: string, mode: string) => ({ type: 'd', owner, group, mode })

export const SETTINGS = `Mode sv
Canonicalization relaxed/simple
SignatureAlgorithm rsa-sha256
OversignHeaders From
KeyTable file:/etc/dkimkeys/KeyTable
SigningTable refile:/etc/dkimkeys/SigningTable
InternalHosts /etc/dkimkeys/TrustedHosts
Socket local:/var/spool/postfix/opendkim/opendkim.sock
PidFile /run/opendkim/opendkim.pid
UserID opendkim`

/** The setup, with what follows from its words, settings and tables: they are laid into files, and read. */
export function asRead(setup: OpendkimMailSetup): OpendkimMailSetup {
  const text = (lines: readonly { readonly line: number; readonly text: string }[]): FileText => {
    const at = new Map(lines.map((each) => [each.line, each.text]))
    const last = Math.max(0, ...at.keys())
    return { kind: 'text', text: Array.from({ length: last }, (_, index) => `${at.get(index + 1) ?? ''}\n`).join('') }
  }
  const { path, present } = setup.configuration
  const named = new Map(setup.tables.map((each) => [each.name as string, each]))
  const valueFor = (name: string, value: string): string => {
    const is = named.get(name.toLowerCase())
    if (is === undefined) return value
    return `${is.kind}:${is.path === '' ? is.rows.map((row) => row.text).join(',') || 'x' : is.path}`
  }
  const lines = setup.settings.map(({ line, name, value }) => ({ line, text: `${name} ${valueFor(name, value)}` }))
  const files = setup.tables
    .filter((each) => each.path !== '')
    .map((each): readonly [string, FileText] => [
      each.path,
      each.state === 'absent' ? { kind: 'absent' } : each.cut ? { kind: 'cut' } : text(each.rows),
    ])
  const read = opendkimReadings(
    { words: setup.arguments, files: new Map([[path, present ? text(lines) : { kind: 'absent' }], ...files]) },
    new Map(setup.tables.map((each) => [each.path, each.state])),
  )
  return { ...setup, ...read }
}

/** As mailrun sets a host up. */
export const GOOD: OpendkimMailSetup = asRead({
  packages: { opendkim: '2.11.0~beta2-8', postfix: '3.7.11' },
  running: [],
  unit: {
    LoadState: 'loaded',
    ActiveState: 'active',
    UnitFileState: 'enabled',
    Type: 'forking',
    PIDFile: '/run/opendkim/opendkim.pid',
    DropInPaths: '',
    FragmentPath: '/lib/systemd/system/opendkim.service',
    User: '',
  },
  signing: [],
  arguments: [],
  configuration: { path: CONF, present: true },
  settings: settings(SETTINGS),
  defaults: [
    { path: '/etc/default/opendkim', line: 15, name: 'RUNDIR', value: '/run/opendkim' },
    { path: '/etc/default/opendkim', line: 20, name: 'SOCKET', value: 'local:$RUNDIR/opendkim.sock' },
  ],
  user: 'opendkim',
  groups: ['opendkim-keys'],
  tables: [
    table('keytable', 'file', '/etc/dkimkeys/KeyTable', `mx1._domainkey.example.org example.org:mx1:${KEY_PATH}`),
    table(
      'signingtable',
      'refile',
      '/etc/dkimkeys/SigningTable',
      '*@example.org mx1._domainkey.example.org',
      '*@mx1.example.org mx1._domainkey.example.org',
    ),
    table('internalhosts', 'file', '/etc/dkimkeys/TrustedHosts', '127.0.0.1', '::1', 'localhost', '10.0.0.0/8'),
  ],
  keys: [{ path: KEY_PATH, state: 'there', publicKey: RSA_2048 }],
  openssl: true,
  paths: {
    '/': directory('root', 'root', '0755'),
    '/etc': directory('root', 'root', '0755'),
    '/etc/dkimkeys': directory('root', 'opendkim-keys', '0750'),
    '/etc/dkimkeys/example.org': directory('root', 'opendkim-keys', '0750'),
    [KEY_PATH]: { type: 'f', owner: 'root', group: 'opendkim-keys', mode: '0640' },
    '/var/spool/postfix/opendkim': directory('opendkim', 'postfix', '2750'),
    '/var/spool/postfix/opendkim/opendkim.sock': { type: 's', owner: 'opendkim', group: 'postfix', mode: '0770' },
  },
  members: { opendkim: ['opendkim'], 'opendkim-keys': ['opendkim'], postfix: ['postfix'], root: ['root'] },
  parameters: {
    config_directory: '/etc/postfix',
    queue_directory: '/var/spool/postfix',
    smtpd_milters: 'unix:opendkim/opendkim.sock',
    non_smtpd_milters: 'unix:opendkim/opendkim.sock',
    milter_default_action: 'tempfail',
    internal_mail_filter_classes: 'bounce',
    inet_protocols: 'all',
    myhostname: 'mx1.example.org',
    myorigin: 'mx1.example.org',
    smtp_helo_name: 'mx1.example.org',
    content_filter: '',
    receive_override_options: '',
  },
  parameterLines: { smtpd_milters: [40], non_smtpd_milters: [41], milter_default_action: [42], myhostname: [30] },
  postfix: {
    directory: '/etc/postfix',
    main: {
      smtpd_milters: 'unix:opendkim/opendkim.sock',
      non_smtpd_milters: 'unix:opendkim/opendkim.sock',
      milter_default_action: 'tempfail',
      internal_mail_filter_classes: 'bounce',
    },
    master: MASTER,
    hosts: '127.0.0.1 localhost',
    addresses: '127.0.0.1\n',
    hostName: 'mx1.example.org',
  },
})

const pass = (id: string) => ({ status: 'pass', id, what: 'well' }) as const
export const PROOF: HostProof = {
  name: 'mx1',
  status: 'pass',
  helo: 'mx1.example.org',
  addresses: ['192.0.2.1', '2001:db8::1'],
  signing: [
    ...(['local', 'submission'] as const).map((role) => ({
      domain: 'example.org',
      role,
      verdict: pass('signed'),
      milters: ['unix:opendkim/opendkim.sock'],
      signatures: [
        {
          domain: 'example.org',
          selector: 'mx1',
          algorithm: 'rsa-sha256',
          bits: 2048,
          servers: [{ server: 'ns1', ...pass('verified') }],
        },
      ],
    })),
    {
      domain: 'example.org',
      role: 'outsider',
      verdict: pass('outsider-unsigned'),
      milters: ['unix:opendkim/opendkim.sock'],
      signatures: [],
    },
  ],
  spf: ['192.0.2.1', '2001:db8::1'].flatMap((address) => [
    { identity: 'mailfrom', domain: 'example.org', address, result: 'pass', verdict: pass('spf-pass') } as const,
    { identity: 'helo', domain: 'mx1.example.org', address, result: 'pass', verdict: pass('spf-pass') } as const,
  ]),
  dmarc: [
    {
      domain: 'example.org',
      at: 'example.org',
      policy: 'reject',
      aligned: { dkim: ['example.org'], spf: ['example.org'] },
      verdict: pass('dmarc-pass'),
    },
  ],
  reverse: ['192.0.2.1', '2001:db8::1'].map((address) => ({
    address,
    names: ['mx1.example.org'],
    verdict: pass('fcrdns'),
  })),
  delivery: [],
}

/** What is asked of OpenDKIM and Postfix. */
type HostChange = Partial<Omit<HostEvidence, 'setup'>> & { readonly setup?: OpendkimMailSetup | MailSetup | undefined }

export const host = (change: HostChange = {}): HostEvidence => ({
  name: 'mx1',
  status: 'audited',
  declared: ['example.org'],
  listed: ['192.0.2.1', '2001:db8::1'],
  helo: 'mx1.example.org',
  own: undefined,
  routed: ['192.0.2.1', '2001:db8::1'],
  setup: GOOD,
  proof: PROOF,
  ...change,
})

const served = (name: string, ...values: readonly string[]) => ({
  name,
  servers: ['ns1', 'ns2'].map((server) => ({ server, values })),
})
export const SPF = 'v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all'
export const DMARC = 'v=DMARC1; p=reject; rua=mailto:d@example.org'
export const KEY_RECORD = `v=DKIM1; h=sha256; k=rsa; p=${RSA_2048}`

export const domain = (change: Partial<DomainEvidence> = {}): DomainEvidence => ({
  domain: 'example.org',
  declared: true,
  sends: true,
  lookups: [],
  unconsenting: [],
  planned: [],
  notes: [],
  spf: served('example.org', SPF),
  dmarc: served('_dmarc.example.org', DMARC),
  adsp: served('_adsp._domainkey.example.org'),
  keys: [{ selector: 'mx1', ...served('mx1._domainkey.example.org', KEY_RECORD) }],
  ...change,
})
export { served }

export const evidence = (
  hosts: readonly HostEvidence[] = [host()],
  domains: readonly DomainEvidence[] = [domain()],
): Evidence => ({ hosts, domains })

export const report = (of: Evidence, baseline: Baseline = [], limited = false): AuditReport =>
  auditReport(of, { date: new Date('2026-06-01T12:00:00Z'), version: '0.1.0', seconds: 1.5, baseline, limited })

/** `id about`, sorted: of a setup, whatever else there is. */
export const idsOf = ({ findings }: Pick<AuditReport, 'findings'>): readonly string[] =>
  [...new Set(findings.map(({ id }) => id))].sort()

/** With other parameters of main.cf. */
export const withMain = (setup: OpendkimMailSetup, change: Readonly<Record<string, string>>): OpendkimMailSetup => ({
  ...setup,
  parameters: { ...setup.parameters, ...change },
  postfix: { ...setup.postfix!, main: { ...setup.postfix!.main, ...change } },
})

/** The same host, whose keys are not reported. */
export function withoutKeys(of: HostEvidence, change: Partial<HostEvidence> = {}): HostEvidence {
  const setup: OpendkimMailSetup = { ...(of.setup as OpendkimMailSetup), keys: [] }
  return { ...of, ...change, setup }
}
