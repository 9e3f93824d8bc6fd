// What the task opendkim does about files, keys and a unit in each state,
// and which of its changes need a restart, covered or not.
import { createHash, generateKeyPairSync } from 'node:crypto'
import * as assert from 'uvu/assert'
import { opendkimLists } from '../../../src/signers/opendkim/activation/lists.ts'
import { settle } from '../../../src/engine/settle.ts'

import { needsRestart, settingsOf } from '../../../src/signers/opendkim/files/conf.ts'
import { hardeningFor, hardeningText } from '../../../src/signers/opendkim/files/hardening.ts'
import { keyTable, signingTable } from '../../../src/signers/opendkim/activation/tables.ts'
import type { OutsideAnswer, AnswerTo } from '../../../src/core/probe/outside-question.ts'
import { isKnown, UNKNOWN } from '../../../src/core/unknown.ts'
import type { OpendkimState } from '../../../src/signers/opendkim/setup/opendkim.ts'
import type { PathState } from '../../../src/resources/files/path.ts'
import type { OpendkimSources } from '../../../src/signers/opendkim/configuration/index.ts'
import { postfixSources, type PostfixServices } from '../../../src/resources/postfix/postfix-services.ts'
import type { Signing } from '../../../src/signers/keys/signing.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { opendkim, type OpendkimArgs } from '../../../tasks/opendkim.ts'
import { suite } from '../../suite.ts'

const test = suite('opendkim')

const SOCKET = 'local:/var/spool/postfix/opendkim/opendkim.sock'
const CONF = `KeyTable file:/etc/dkimkeys/KeyTable
SigningTable refile:/etc/dkimkeys/SigningTable
Socket ${SOCKET}
UserID opendkim
`
const ARGS: OpendkimArgs = {
  domains: ['a.example', 'b.example'],
  selector: 'mx1',
  trustedHosts: [],
  socket: SOCKET,
  src: 'conf',
  vars: {},
}
const publicKey = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .publicKey.export({ type: 'spki', format: 'der' })
  .toString('base64')

const SIGNING = ['a.example', 'b.example'].map((domain): Signing => ({
  domain,
  selector: 'mx1',
  inUse: true,
  path: `/etc/dkimkeys/${domain}/mx1.private`,
  key: { kind: 'key', owner: 'opendkim', group: 'opendkim', mode: '0600', publicKey },
  directories: ['/', '/etc']
    .map((path) => ({ path, owner: 'root', group: 'root', mode: '0755' }))
    .concat(
      ['/etc/dkimkeys', `/etc/dkimkeys/${domain}`].map((path) => ({
        path,
        owner: 'opendkim',
        group: 'opendkim',
        mode: '0700',
      })),
    ),
  groups: [],
}))
/** The key that is to sign for a.example from now on. */
const TWO: Signing = {
  ...SIGNING[0]!,
  selector: 'two',
  inUse: false,
  path: '/etc/dkimkeys/a.example/two.private',
}
const file = (content: string): PathState => ({
  is: {
    kind: 'file',
    owner: 'root',
    group: 'root',
    mode: '0644',
    sha256: sha256(content),
    content: new Uint8Array(Buffer.from(content)),
    mtime: '1',
  },
  parent: 'directory',
  missing: [],
})
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex')

const parameters = (lists: Readonly<Record<string, string>>) => ({
  installed: true,
  runs: true,
  broken: undefined,
  values: new Map(Object.entries(lists)),
  defaults: new Map<string, string>(),
})
/** Debian's, and submission with these options. */
const services = (submission: string): PostfixServices => ({
  master: `smtp inet n - y - - smtpd
pickup unix n - y 60 1 pickup
cleanup unix n - y - 0 cleanup
${submission === '' ? '' : `submission inet n - y - - smtpd ${submission}\n`}`,
  host: {
    own: ['mx1.example'],
    hosts: new Map([['localhost', ['127.0.0.1', '::1']]]),
    addresses: new Set(['127.0.0.1']),
  },
  instances: [],
})
/** The drop-in that goes with a configuration. */
function dropIn(conf: string): string {
  const hardening = hardeningFor(
    settingsOf(conf),
    SIGNING.map(({ path }) => path),
  )
  if ('unfit' in hardening) return assert.unreachable(hardening.unfit) as never
  return hardeningText(hardening)
}
const ABSENT: PathState = { is: { kind: 'absent' }, parent: 'directory', missing: [] }
/** What the daemon reads. */
const setupOf = (conf: string, keys: string, signing: string): OpendkimState['setup'] => ({
  installed: true,
  runs: true,
  ours: true,
  sources: {
    words: [],
    files: new Map(
      [
        ['/etc/opendkim.conf', conf],
        ['/etc/dkimkeys/KeyTable', keys],
        ['/etc/dkimkeys/SigningTable', signing],
      ].map(([path, text]) => [path!, { kind: 'text', text: text! }]),
    ),
  },
  gone: [],
})
const DONE: OpendkimState = {
  signing: SIGNING,
  setup: setupOf(CONF, keyTable(SIGNING), signingTable(SIGNING, undefined, [])),
  files: [
    file(keyTable(SIGNING)),
    file(signingTable(SIGNING, undefined, [])),
    file('127.0.0.1\n::1\nlocalhost\n'),
    file(CONF),
    file(dropIn(CONF)),
  ],
  unit: {
    id: 'opendkim.service',
    there: true,
    active: true,
    stopped: false,
    enabled: 'enabled',
    fragment: '/lib/systemd/system/opendkim.service',
    linked: false,
    reloads: true,
    needDaemonReload: false,
    restart: [],
    reload: [],
    unproven: [],
    missing: [],
    real: ['opendkim.service'],
  },
  parameters: parameters({ smtpd_milters: 'unix:opendkim/opendkim.sock', non_smtpd_milters: '$smtpd_milters' }),
  services: services(''),
  pending: { main: [], master: [] },
  main: file(''),
  activation: { unfinished: false, unhardened: undefined, joined: false },
  keys: [],
}
/** With a line more in its tables. */
function ALSO_SIGNS(line: string, key: string, gone: readonly string[] = []): OpendkimState {
  const [keys, signing] = [`${keyTable(SIGNING)}${key}\n`, `${signingTable(SIGNING, undefined, [])}${line}\n`]
  return {
    ...DONE,
    setup: { ...setupOf(CONF, keys, signing), gone, ours: false },
    files: DONE.files.map((each, at) => (at === 0 && key !== '' ? file(keys) : at === 1 ? file(signing) : each)),
  }
}
const with_ = (index: number, content: string): OpendkimState => ({
  ...DONE,
  ...(index === 3 ? { setup: setupOf(content, keyTable(SIGNING), signingTable(SIGNING, undefined, [])) } : {}),
  files: DONE.files.map((each, at) => (at === index ? file(content) : each)),
})
/** Where its key signs, and lies straight in /etc. */
function lyingElsewhere(domain: string): OpendkimState {
  const path = `/etc/${domain}_mx1.pem`
  return inTheTables(
    SIGNING.map((each) =>
      each.domain === domain ? { ...each, path, directories: each.directories.slice(0, 2) } : each,
    ),
  )
}
/** Where another key signs for its domain. */
const inTheTablesOf = (key: Signing): OpendkimState =>
  inTheTables(SIGNING.map((each) => (each.domain === key.domain ? { ...key, inUse: true } : each)))
function inTheTables(signing: readonly Signing[]): OpendkimState {
  const [keys, signs] = [keyTable(signing), signingTable(signing, undefined, [])]
  return {
    ...DONE,
    signing,
    setup: setupOf(CONF, keys, signs),
    files: DONE.files.map((each, at) => (at === 0 ? file(keys) : at === 1 ? file(signs) : each)),
  }
}
const MORE = '/etc/opendkim/more.conf'
/** A configuration that includes another one. */
function including(more: string): OpendkimState {
  const state = with_(3, `${CONF}Include ${MORE}\n`)
  const { words, files } = state.setup.sources as Exclude<typeof state.setup.sources, symbol>
  return {
    ...state,
    setup: { ...state.setup, sources: { words, files: new Map([...files, [MORE, { kind: 'text', text: more }]]) } },
  }
}
/** As 0.1.0 left it; its directory, too, is to be made. */
const UNHARDENED: OpendkimState = {
  ...DONE,
  files: [...DONE.files.slice(0, 4), { ...ABSENT, parent: 'absent' }],
}
const takenBack = (text: string): OpendkimState => ({
  ...UNHARDENED,
  activation: { ...DONE.activation, unhardened: { digest: sha256(text), why: 'a.example: it is not signed' } },
})
const IN_GROUP: OpendkimState = {
  ...DONE,
  signing: SIGNING.map((each) => ({ ...each, groups: ['opendkim-keys'] })),
}
/** By tables that nobody reads, clients may be sent to any milter. */
const mapped = (state: OpendkimState): OpendkimState => ({
  ...state,
  parameters: parameters({ smtpd_milter_maps: 'hash:/etc/postfix/milters' }),
})
const COVERED = '; a second instance signs meanwhile'
const elsewhere = (state: OpendkimState): OpendkimState => ({
  ...state,
  parameters: parameters({ smtpd_milters: 'inet:127.0.0.1:11332' }),
})
const ELSEWHERE = CONF.replace(SOCKET, 'inet:8891@localhost')
const other: OpendkimState = {
  ...with_(3, ELSEWHERE),
  setup: setupOf(ELSEWHERE, keyTable(SIGNING), signingTable(SIGNING, undefined, [])),
}

/** Its unit has these words. */
const withWords = (...words: readonly string[]): OpendkimState => ({
  ...DONE,
  setup: {
    ...DONE.setup,
    sources: { ...(DONE.setup.sources as OpendkimSources), words },
  },
})
const CASES: readonly (readonly [
  string,
  Partial<OpendkimArgs>,
  OpendkimState,
  readonly string[] | { readonly blocked: string },
])[] = [
  ['all as it is to be', {}, DONE, []],
  [
    'a daemon that was started before it was in the group of the keys',
    {},
    IN_GROUP,
    [
      ...['KeyTable', 'SigningTable', 'TrustedHosts'].map(
        (name) => `${name}: group root → opendkim-keys, mode 0644 → 0640`,
      ),
      `restart: it joins the group opendkim-keys${COVERED}`,
    ],
  ],
  [
    'a daemon that is in the group, and tables of root alone',
    {},
    { ...IN_GROUP, activation: { ...DONE.activation, joined: true } },
    [
      ...['KeyTable', 'SigningTable', 'TrustedHosts'].map(
        (name) => `${name}: group root → opendkim-keys, mode 0644 → 0640`,
      ),
      'reload',
    ],
  ],
  [
    'tables that another account can read',
    {},
    {
      ...IN_GROUP,
      activation: { ...DONE.activation, joined: true },
      signing: IN_GROUP.signing.map((each) => ({
        ...each,
        directories: each.directories.map((above) => ({ ...above, mode: '0755' })),
      })),
    },
    [],
  ],
  ['a daemon that cannot be restarted under cover, with keys that it reads as they are', {}, mapped(IN_GROUP), []],
  [
    'a daemon that cannot be restarted under cover, with keys of root',
    {},
    {
      ...mapped(IN_GROUP),
      signing: IN_GROUP.signing.map((each) => ({
        ...each,
        key: { kind: 'key', owner: 'root', group: 'opendkim-keys', mode: '0640', publicKey },
      })),
    },
    { blocked: 'OpenDKIM must be restarted, and Postfix cannot ask another meanwhile' },
  ],
  [
    'another line in a table',
    {},
    with_(1, `${signingTable(SIGNING, undefined, [])}*@c.example x\n`),
    ['SigningTable: content', 'reload'],
  ],
  ['another host that is trusted', { trustedHosts: ['192.0.2.1'] }, DONE, ['TrustedHosts: content', 'reload']],
  [
    'a setting that a reload reads',
    {},
    with_(3, `${CONF}Canonicalization simple/simple\n`),
    ['opendkim.conf: content', 'reload'],
  ],
  [
    'a setting that only a start reads',
    {},
    with_(3, `${CONF}UMask 002\n`),
    ['opendkim.conf: content', `restart: UMask is read at a start only${COVERED}`],
  ],
  [
    'one that an included file has',
    {},
    including('umask 002\r\n'),
    ['opendkim.conf: content', `restart: UMask is read at a start only${COVERED}`],
  ],
  [
    'an included file that has none of these',
    {},
    including('Canonicalization simple\n'),
    ['opendkim.conf: content', 'reload'],
  ],
  [
    'a socket that Postfix asks moves',
    {},
    { ...other, parameters: parameters({ smtpd_milters: 'inet:localhost:8891' }) },
    [
      'opendkim.conf: content',
      `restart: Socket is read at a start only${COVERED}; Postfix asks it there (smtpd_milters)`,
    ],
  ],
  [
    'a socket that no Postfix asks moves',
    {},
    elsewhere(other),
    ['opendkim.conf: content', 'restart: Socket is read at a start only'],
  ],
  [
    'restarted plainly, as was asked for',
    { restart: 'plain' },
    with_(3, `${CONF}UMask 002\n`),
    ['opendkim.conf: content', 'restart: UMask is read at a start only'],
  ],
  [
    'master.cf asks it, too',
    {},
    { ...with_(3, `${CONF}UMask 002\n`), services: services('-o smtpd_milters=unix:opendkim/opendkim.sock') },
    ['opendkim.conf: content', `restart: UMask is read at a start only${COVERED}`],
  ],
  [
    'a socket that master.cf asks by a parameter moves',
    {},
    {
      ...other,
      parameters: parameters({ own: 'inet:localhost:8891', smtpd_milters: '$own' }),
      services: services('-o smtpd_milters=inet:127.0.0.1:8891'),
    },
    [
      'opendkim.conf: content',
      `restart: Socket is read at a start only${COVERED}; Postfix asks it there (own, submission/inet smtpd_milters)`,
    ],
  ],
  [
    'a socket moves that Postfix asks while OpenDKIM is down',
    {},
    {
      ...other,
      unit: { ...DONE.unit, active: false, stopped: true },
      parameters: parameters({ smtpd_milters: 'inet:localhost:8891' }),
    },
    ['opendkim.conf: content', 'start; Postfix asks it there (smtpd_milters)'],
  ],
  [
    'the socket of a unit that names it',
    {},
    withWords('-p', 'inet:8891@localhost'),
    { blocked: 'OpenDKIM is started with -p inet:8891@localhost, which goes before what opendkim.conf says' },
  ],
  ['the socket that is wanted, by the unit, too', {}, withWords('-p', SOCKET), []],
  [
    'a socket that other hosts can ask',
    {},
    { ...DONE, setup: setupOf(CONF.replace(SOCKET, 'inet:8891'), '', '') },
    { blocked: 'OpenDKIM listens at inet:8891, where other hosts can ask it' },
  ],
  [
    'a socket moves, and who asks cannot be known',
    {},
    mapped(other),
    { blocked: 'smtpd_milter_maps chooses milters by the client' },
  ],
  ['who asks cannot be known, and a reload does', {}, mapped(with_(1, '')), ['SigningTable: content', 'reload']],
  [
    'its socket is gone',
    {},
    { ...DONE, unit: { ...DONE.unit, missing: ['/var/spool/postfix/opendkim/opendkim.sock'] } },
    ['restart: /var/spool/postfix/opendkim/opendkim.sock is not there'],
  ],
  [
    'a mode alone',
    {},
    {
      ...DONE,
      files: DONE.files.map((each, at) =>
        at === 0 ? { ...each, is: { ...each.is, mode: '0600' } as typeof each.is } : each,
      ),
    },
    ['KeyTable: mode 0600 → 0644'],
  ],
  [
    'it does not run',
    {},
    { ...with_(1, ''), unit: { ...DONE.unit, active: false, stopped: true } },
    ['SigningTable: content', 'start'],
  ],
  [
    'it is masked',
    {},
    { ...DONE, unit: { ...DONE.unit, active: false, stopped: true, enabled: 'masked' } },
    ['unmask', 'enable', 'start'],
  ],
  [
    'a run that was killed',
    {},
    { ...DONE, activation: { ...DONE.activation, unfinished: true } },
    [
      'KeyTable: again',
      'SigningTable: again',
      'TrustedHosts: again',
      'opendkim.conf: again',
      'opendkim.service.d/00-mailrun.conf: again',
      `restart: a run that did not come to its end is undone${COVERED}`,
    ],
  ],
  [
    'another key signs from now on',
    { active: { 'a.example': 'two' } },
    { ...DONE, keys: [TWO] },
    ['KeyTable: content', 'SigningTable: content', 'reload'],
  ],
  [
    'another key signs from now on, and the one in use lies elsewhere',
    { active: { 'a.example': 'two' } },
    { ...lyingElsewhere('a.example'), keys: [TWO] },
    ['KeyTable: content', 'SigningTable: content', 'reload'],
  ],
  [
    'the former key again, which lies elsewhere',
    { active: { 'a.example': { selector: 'mx1', path: '/etc/a.example_mx1.pem' } } },
    { ...inTheTablesOf(TWO), keys: [lyingElsewhere('a.example').signing[0]!] },
    ['KeyTable: content', 'SigningTable: content', 'reload'],
  ],
  [
    'the former key again, which lies elsewhere: tables are for the group of the keys all the same',
    { active: { 'a.example': { selector: 'mx1', path: '/etc/a.example_mx1.pem' } } },
    {
      ...inTheTablesOf(TWO),
      signing: inTheTablesOf(TWO).signing.map((each) => ({ ...each, groups: ['opendkim-keys'] })),
      keys: [{ ...lyingElsewhere('a.example').signing[0]!, groups: ['opendkim-keys'] }],
      activation: { ...DONE.activation, joined: true },
    },
    [
      ...['KeyTable: content, ', 'SigningTable: content, ', 'TrustedHosts: '].map(
        (what) => `${what}group root → opendkim-keys, mode 0644 → 0640`,
      ),
      'reload',
    ],
  ],
  [
    'another key, which OpenDKIM cannot get at',
    { active: { 'a.example': 'two' } },
    { ...DONE, keys: [{ ...TWO, directories: TWO.directories.slice(0, -1) }] },
    { blocked: '/etc/dkimkeys/a.example/two.private: /etc/dkimkeys/a.example is not there' },
  ],
  [
    'another key, which has a passphrase',
    { active: { 'a.example': 'two' } },
    { ...DONE, keys: [{ ...TWO, key: { kind: 'invalid' } }] },
    { blocked: 'two.private is there and holds no private key that can be used without a passphrase' },
  ],
  [
    'another key, which is not there',
    { active: { 'a.example': 'two' } },
    { ...DONE, keys: [{ ...TWO, key: { kind: 'absent' } }] },
    { blocked: '/etc/dkimkeys/a.example/two.private, which is to sign from now on, is no file' },
  ],
  [
    'no key',
    {},
    { ...DONE, signing: SIGNING.map((each) => ({ ...each, key: { kind: 'absent' } })) },
    { blocked: 'there is no key /etc/dkimkeys/a.example/mx1.private' },
  ],
  ["the host's own name", { hostName: 'mx1.a.example' }, DONE, ['SigningTable: content', 'reload']],
  [
    'tables alone',
    { src: undefined, vars: undefined, socket: undefined, trustedHosts: undefined } as never,
    with_(1, ''),
    ['SigningTable: content', 'reload'],
  ],
  [
    'its unit is not hardened yet',
    {},
    UNHARDENED,
    ['opendkim.service.d/00-mailrun.conf: create', `restart: its unit is hardened${COVERED}`],
  ],
  [
    'its unit is hardened differently, and a setting changes that a reload reads',
    {},
    { ...DONE, files: [...with_(3, `${CONF}Canonicalization simple/simple\n`).files.slice(0, 4), file('x')] },
    [
      'opendkim.conf: content',
      'opendkim.service.d/00-mailrun.conf: content',
      `restart: its unit is hardened differently${COVERED}`,
    ],
  ],
  [
    'its unit is to be as it was',
    { hardening: false },
    DONE,
    ['opendkim.service.d/00-mailrun.conf: remove', `restart: its unit is no longer hardened${COVERED}`],
  ],
  ['its unit is as it is to be, without hardening', { hardening: false }, UNHARDENED, []],
  ['it did not sign with its unit hardened', {}, takenBack(dropIn(CONF)), []],
  [
    'it did not sign with its unit hardened in another way',
    {},
    takenBack('another'),
    ['opendkim.service.d/00-mailrun.conf: create', `restart: its unit is hardened${COVERED}`],
  ],
  ['who asks cannot be known, and nothing but the hardening needs a restart', {}, mapped(UNHARDENED), []],
  [
    'tables alone, and a unit that is not hardened',
    { src: undefined, vars: undefined, socket: undefined, trustedHosts: undefined } as never,
    UNHARDENED,
    [],
  ],
  [
    'a domain that is not named',
    {},
    ALSO_SIGNS('*@c.example c', 'c c.example:mail:/etc/c.private'),
    { blocked: '*@c.example: d=c.example s=mail (/etc/dkimkeys/SigningTable:4); it would leave unsigned' },
  ],
  [
    'a domain that is not named, and may be dropped',
    { dropSigning: ['c.example'] },
    ALSO_SIGNS('*@c.example c', 'c c.example:mail:/etc/c.private'),
    ['KeyTable: content', 'SigningTable: content', 'reload'],
  ],
  [
    'a domain that is not named, whose key is gone',
    {},
    ALSO_SIGNS('*@c.example c', 'c c.example:mail:/etc/c.private', ['/etc/c.private']),
    ['KeyTable: content', 'SigningTable: content', 'reload'],
  ],
  ['all below a domain, by its key', {}, ALSO_SIGNS('*@*.a.example mx1._domainkey.a.example', ''), []],
  [
    'all below a domain, by its key, which another is to take the place of',
    { active: { 'a.example': 'two' } },
    { ...ALSO_SIGNS('*@*.a.example mx1._domainkey.a.example', ''), keys: [TWO] },
    ['KeyTable: content', 'SigningTable: content', 'reload'],
  ],
]
for (const [what, args, now, expect] of CASES)
  test(what, () => checkCase(opendkim, { args: { ...ARGS, ...args }, now, sources: { conf: CONF }, expect }))

test('of tables that mailrun wrote, what is not named leaves them, and is reported by name', () => {
  const { setup, ...rest } = ALSO_SIGNS('*@c.example c', 'c c.example:mail:/etc/c.private')
  const plan = planOf(opendkim(ARGS), { ...rest, setup: { ...setup, ours: true } }, { conf: CONF })
  assert.match(
    plan.kind === 'change' ? (plan.warning ?? '') : plan.kind,
    /^mail that mailrun's tables have signed is not signed any more.*\n\*@c\.example: d=c\.example s=mail \(/,
  )
})

test('why a unit is not hardened is reported in every run', () => {
  const answerTo = (now: OpendkimState, conf: string): string => {
    const plan = planOf(opendkim(ARGS), now, { conf })
    return plan.kind === 'ok' ? (plan.warning ?? 'nothing') : JSON.stringify(plan)
  }
  assert.is(answerTo(DONE, CONF), 'nothing')
  assert.match(
    answerTo(takenBack(dropIn(CONF)), CONF),
    /^the unit of OpenDKIM is not hardened, for it did not sign that way: a\.example: it is not signed \(remove \/var/,
  )
  const asRoot = CONF.replace(/UserID.*\n/, '')
  const now = { ...UNHARDENED, files: [...DONE.files.slice(0, 3), file(asRoot), ABSENT] }
  assert.match(answerTo(now, asRoot), /^the unit of OpenDKIM is not hardened: UserID names no user of its own/)
  assert.match(
    answerTo(mapped(UNHARDENED), CONF),
    /^the hardening of OpenDKIM's unit and its groups stay as they are, for a change needs a restart/,
  )
})

test('a template that goes with other tables or another socket is refused', () => {
  for (const [conf, why] of [
    [CONF.replace('refile:', 'file:'), /must say "SigningTable refile:\/etc\/dkimkeys\/SigningTable", and says "file:/],
    [CONF.replace(/Socket.*\n/, ''), /must say "Socket local:.*", and says nothing of it/],
  ] as const) {
    const plan = planOf(opendkim(ARGS), DONE, { conf })
    assert.match(plan.kind === 'blocked' ? plan.why : plan.kind, why)
  }
})

test('arguments that OpenDKIM or a shell would misread are refused', () => {
  for (const [args, why] of [
    [{ domains: ['A.example'] }, /lower case/],
    [{ socket: 'local:/a b' }, /socket must be/],
    [{ trustedHosts: ['$(x)'] }, /trustedHosts must be/],
    [{ active: { 'c.example': 'x' } }, /not among domains/],
    [{ active: { 'a.example': 'A b' } }, /must give a selector/],
  ] as const)
    assert.throws(() => opendkim({ ...ARGS, ...args }), why)
})

test('settings are distinguished whatever their case, and comments are none', () => {
  const needs = (was: string, is: string): readonly string[] => needsRestart(settingsOf(was), settingsOf(is))
  assert.equal(needs('Socket a\nMode s\n', 'SOCKET  a # x\nMode sv\n#UMask 7\n'), [])
  assert.equal(needs('Socket a\n', 'Socket b\nUMask 7\n'), ['Socket', 'UMask'])
})

const listsOf = (
  now: string,
  wanted: string,
  milter: string,
  lists: Readonly<Record<string, string>>,
  submission = '',
): ReturnType<typeof opendkimLists> =>
  opendkimLists({ now: [now], wanted }, milter, postfixSources(parameters(lists), services(submission)))

test('Postfix is pointed at the second instance and back, other milters and braces stay', () => {
  const lists = {
    smtpd_milters: 'inet:127.0.0.1:11332, { inet:localhost:8891, default_action=accept }',
    non_smtpd_milters: '$smtpd_milters',
  }
  const own = '-o { smtpd_milters = inet:localhost:8891 inet:127.0.0.1:11332 }'
  assert.equal(listsOf('inet:8891@localhost', SOCKET, 'unix:opendkim/opendkim.sock', lists, own), {
    during: {
      main: [['smtpd_milters', 'inet:127.0.0.1:11332, { unix:mailrun-cover/opendkim.sock, default_action=accept }']],
      master: [['submission/inet', 'smtpd_milters', 'unix:mailrun-cover/opendkim.sock,inet:127.0.0.1:11332']],
    },
    after: {
      main: [['smtpd_milters', 'inet:127.0.0.1:11332, { unix:opendkim/opendkim.sock, default_action=accept }']],
      master: [['submission/inet', 'smtpd_milters', 'unix:opendkim/opendkim.sock,inet:127.0.0.1:11332']],
    },
    moves: true,
  })
})

test('where the socket stays, all is as it was in the end', () => {
  const lists = listsOf('inet:8891@localhost', 'inet:8891@127.0.0.1', 'inet:127.0.0.1:8891', {
    smtpd_milters: 'inet:localhost:8891',
  })
  assert.equal(lists, {
    during: { main: [['smtpd_milters', 'unix:mailrun-cover/opendkim.sock']], master: [] },
    after: { main: [], master: [] },
    moves: false,
  })
})

test('what a run that was killed has left leads to OpenDKIM again', () => {
  const left = { smtpd_milters: 'unix:mailrun-cover/opendkim.sock', non_smtpd_milters: 'inet:localhost:8891' }
  const again = listsOf('inet:8891@localhost', SOCKET, 'unix:opendkim/opendkim.sock', left)
  assert.equal(again, {
    during: { main: [['non_smtpd_milters', 'unix:mailrun-cover/opendkim.sock']], master: [] },
    after: {
      main: [
        ['smtpd_milters', 'unix:opendkim/opendkim.sock'],
        ['non_smtpd_milters', 'unix:opendkim/opendkim.sock'],
      ],
      master: [],
    },
    moves: true,
  })
})

test('a path that forgets the chroot means this OpenDKIM all the same', () => {
  const lists = listsOf('local:/run/opendkim/opendkim.sock', SOCKET, 'unix:opendkim/opendkim.sock', {
    smtpd_milters: 'unix:/run/opendkim/opendkim.sock',
  })
  assert.equal(lists !== undefined && 'after' in lists ? lists.after.main : lists, [
    ['smtpd_milters', 'unix:opendkim/opendkim.sock'],
  ])
})

/** As on a host where nothing signs yet; `unknown`: its key is about to be made. */
const fresh = (...unknown: readonly string[]): OpendkimState => ({
  ...DONE,
  setup: {
    installed: true,
    runs: true,
    ours: false,
    sources: { words: [], files: new Map([['/etc/opendkim.conf', { kind: 'absent' }]]) },
    gone: [],
  },
  files: [0, 1, 2, 3, 4].map(() => ({ is: { kind: 'absent' }, parent: 'directory', missing: [] })),
  unit: { ...DONE.unit, active: false, stopped: true },
  signing: SIGNING.map((each) => ({
    ...each,
    inUse: false,
    key: unknown.includes(each.domain)
      ? { kind: 'key', owner: 'opendkim', group: 'opendkim', mode: '0600', publicKey: UNKNOWN }
      : each.key,
  })),
})
function inUse(state: OpendkimState, ...domains: readonly string[]): OpendkimState {
  const signing = state.signing.map((each) => ({ ...each, inUse: domains.includes(each.domain) }))
  const lines = signing.filter((each) => each.inUse)
  return { ...state, signing, setup: setupOf(CONF, keyTable(lines), signingTable(lines, undefined, [])) }
}
const LACKS = { kind: 'not-served', where: ['ns2.a.example (192.0.2.2) has no such record'] } satisfies OutsideAnswer
const servedBut =
  (...domains: readonly string[]): AnswerTo =>
  ({ record: { name, value } }) =>
    domains.some((each) => name.endsWith(`.${each}`)) || !isKnown(value) ? LACKS : { kind: 'served' }
const ASKING: OpendkimArgs = { ...ARGS, dns: { resolvers: ['192.0.2.53'] } }

function planned(now: OpendkimState, answerTo: AnswerTo) {
  const plan = settle(planOf(opendkim(ASKING), now, { conf: CONF }), answerTo)
  if (plan.kind !== 'change') return assert.unreachable(JSON.stringify(plan)) as never
  return {
    texts: plan.changes.map(({ diff }) => diff?.after),
    script: plan.changes.at(-1)!.apply.text,
    held: plan.held,
    awaits: plan.awaits,
    warning: plan.warning,
    inUse: plan.then.signing.map((each) => each.inUse),
  }
}

test('the record of each key is asked for, as it is to be published', () => {
  const plan = planOf(opendkim(ASKING), fresh('b.example'), { conf: CONF })
  assert.is(plan.kind, 'ask')
  if (plan.kind !== 'ask') return
  assert.equal(
    plan.questions.map(({ record: { name, value, purpose }, dns }) => [name, value, purpose, dns]),
    [
      ['mx1._domainkey.a.example', `v=DKIM1; h=sha256; k=rsa; p=${publicKey}`, 'dkim', ASKING.dns],
      ['mx1._domainkey.b.example', UNKNOWN, 'dkim', ASKING.dns],
    ],
  )
})

for (const [what, now, answerTo] of [
  ['not served by one name server', fresh(), servedBut('b.example')],
  ['not made yet', fresh('b.example'), servedBut()],
] as const) {
  test(
    `a new key that is ${what} gets no line, and must not sign; ` +
      `the other domain has its own, and what is missing where is said`,
    () => {
      const { texts, script, held, awaits, warning, inUse: used } = planned(now, answerTo)
      assert.equal(texts.slice(0, 2), [
        '# Written by mailrun.\nmx1._domainkey.a.example a.example:mx1:/etc/dkimkeys/a.example/mx1.private\n',
        '# Written by mailrun.\n*@a.example mx1._domainkey.a.example\n',
      ])
      assert.match(script, "want='a.example mx1\nb.example - it is not signed'")
      assert.match(held ?? '', /^mail of b\.example is not signed before .*"mailrun dns push".*$/)
      assert.equal(awaits, [{ name: 'mx1._domainkey.b.example', why: 'ns2.a.example (192.0.2.2) has no such record' }])
      assert.equal([warning, used], [undefined, [true, false]])
    },
  )
}

test('a key in use goes on signing whatever name servers say, with a warning', () => {
  const { texts, held, warning } = planned(inUse(fresh(), 'a.example'), servedBut('a.example'))
  assert.match(texts[1] ?? '', '*@a.example')
  assert.match(texts[1] ?? '', '*@b.example')
  assert.is(held, undefined)
  assert.match(
    warning ?? '',
    /^mail of a\.example is signed with a key that not every name server serves.*\nmx1\._domainkey\.a\.example: ns2/,
  )
})

test('where nothing is said of DNS, keys alone that are not in use are asked for; none is where all are', () => {
  const plan = planOf(opendkim(ARGS), inUse(fresh(), 'a.example'), { conf: CONF })
  assert.equal(plan.kind === 'ask' ? plan.questions.map(({ record: { name }, dns }) => [name, dns]) : plan, [
    ['mx1._domainkey.b.example', undefined],
  ])
  assert.is(planOf(opendkim(ARGS), DONE, { conf: CONF }).kind, 'ok')
  const held = settle(plan, () => LACKS)
  if (held.kind !== 'change') return assert.unreachable(held.kind)
  assert.equal(held.awaits, [{ name: 'mx1._domainkey.b.example', why: LACKS.where.join('') }])
  const signing = held.changes.map(({ diff }) => diff?.after ?? '').find((text) => text.includes('*@'))
  assert.match(signing ?? '', '*@a.example')
  assert.not.match(signing ?? '', '*@b.example')
})

test('where dns is false nobody is asked: new keys sign at once, with a warning about just them', () => {
  const args: OpendkimArgs = { ...ARGS, dns: false }
  const plan = planOf(opendkim(args), inUse(fresh(), 'a.example'), { conf: CONF })
  if (plan.kind !== 'change') return assert.unreachable(plan.kind)
  assert.match(plan.changes.map(({ diff }) => diff?.after).join('\n'), '*@b.example')
  assert.match(
    plan.caution ?? '',
    /^mail of b\.example is signed from now on with a key that nobody looked for .*: publish it /,
  )
  assert.is(planOf(opendkim(args), DONE, { conf: CONF }).kind, 'ok')
  assert.throws(() => opendkim({ ...ARGS, dns: true as false }), /dns must be an object or false/)
})

test('whatever is answered, the plan keeps the laws: then it is satisfied with what it holds back', () => {
  for (const answerTo of [servedBut(), servedBut('a.example'), servedBut('a.example', 'b.example')])
    checkCase(opendkim, {
      args: ASKING,
      now: fresh(),
      answerTo,
      sources: { conf: CONF },
      expect: [
        'KeyTable: create',
        'SigningTable: create',
        'TrustedHosts: create',
        'opendkim.conf: create',
        'opendkim.service.d/00-mailrun.conf: create',
        'start',
      ],
    })
  checkCase(opendkim, {
    args: ASKING,
    now: DONE,
    answerTo: servedBut('a.example'),
    sources: { conf: CONF },
    expect: [],
  })
})

test('to switch a key is to begin with no other, and needs no leave of name servers', () => {
  const plan = planOf(
    opendkim({ ...ARGS, active: { 'a.example': 'two' } }),
    { ...inUse(DONE, 'a.example'), keys: [TWO] },
    { conf: CONF },
  )
  assert.equal(plan.kind === 'change' ? plan.changes.map(({ diff }) => diff?.after).slice(0, 2) : plan, [
    '# Written by mailrun.\ntwo._domainkey.a.example a.example:two:/etc/dkimkeys/a.example/two.private\n',
    '# Written by mailrun.\n*@a.example two._domainkey.a.example\n',
  ])
  assert.throws(() => opendkim({ ...ARGS, active: { 'a.example': 'two' }, dns: {} }), /dns does not go with active/)
})

test.run()
