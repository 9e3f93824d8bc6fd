// The guard before all else: what is refused of a host that others set up, in which words, and what is let pass.
import * as assert from 'uvu/assert'
import type { Signing } from '../../../src/signers/keys/signing.ts'
import type { OpendkimSetup } from '../../../src/signers/opendkim/setup/signing.ts'
import { isKnown, UNKNOWN } from '../../../src/core/unknown.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { keepSigned, type KeepSignedArgs } from '../../../tasks/keep-signed.ts'
import { pattern } from '../../pattern.ts'
import { suite } from '../../suite.ts'

const test = suite('keepSigned')

const ARGS: KeepSignedArgs = { domains: ['a.example'], selector: 'mx1', trustedHosts: [] }
const CONF = 'Socket local:/run/opendkim/opendkim.sock\n'
const TABLES = `${CONF}KeyTable file:/etc/opendkim/KeyTable\nSigningTable refile:/etc/opendkim/SigningTable\n`
const KEYS = 'a a.example:mail:/etc/k.private\nb b.example:mail:/etc/k.private\n'

type Texts = Readonly<Record<string, string>>
const setup = (files: Texts, more: Partial<OpendkimSetup> = {}, words: readonly string[] = []): OpendkimSetup => ({
  installed: true,
  runs: true,
  ours: false,
  sources: { words, files: new Map(Object.entries(files).map(([path, text]) => [path, { kind: 'text', text }])) },
  gone: [],
  ...more,
})
const tables = (signing: string, conf = ''): Texts => ({
  '/etc/opendkim.conf': TABLES + conf,
  '/etc/opendkim/KeyTable': KEYS,
  '/etc/opendkim/SigningTable': signing,
})
const at = (path: string, mode: string) => ({ path, owner: 'root', group: 'root', mode })
const IN_USE: Signing = {
  domain: 'a.example',
  selector: 'mail',
  inUse: true,
  path: '/etc/k.private',
  key: { kind: 'key', owner: 'opendkim', group: 'opendkim', mode: '0600', publicKey: UNKNOWN },
  directories: [at('/', '0755'), at('/etc', '0755')],
  groups: [],
}
const NEW: Signing = {
  ...IN_USE,
  selector: 'mx1',
  inUse: false,
  path: '/etc/dkimkeys/a.example/mx1.private',
  key: { kind: 'absent' },
}
const FRESH: OpendkimSetup = {
  installed: false,
  runs: false,
  ours: false,
  sources: { words: [], files: new Map([['/etc/opendkim.conf', { kind: 'absent' }]]) },
  gone: [],
}

/** Why it is refused, else what is remarked. */
function answerTo(args: Partial<KeepSignedArgs>, state: OpendkimSetup, signing: Signing = IN_USE): string {
  const plan = planOf(keepSigned({ ...ARGS, ...args }), { setup: state, signing: [signing] }, {})
  if (plan.kind === 'blocked') return plan.why
  if (plan.kind !== 'ok') return assert.unreachable(plan.kind) as never
  return plan.warning ?? plan.note ?? 'ok'
}
const A = '*@a.example a\n'
const STOPPED = { runs: false } as const

const OK: readonly (readonly [string, Partial<KeepSignedArgs>, OpendkimSetup, Signing?])[] = [
  ['a fresh host', {}, FRESH, NEW],
  ["Debian's configuration", {}, setup({ '/etc/opendkim.conf': CONF }), NEW],
  ['the key in use', {}, setup(tables(A))],
  ['the same user and mode by option', {}, setup(tables(A), {}, ['-u', 'opendkim:postfix', '-b', 's'])],
  ['From before other fields', {}, setup(tables(A, 'SenderHeaders from,Sender\n'))],
  ['files that OpenDKIM does not start with, stopped', {}, setup({ '/etc/opendkim.conf': `${CONF}x\n` }, STOPPED), NEW],
  [
    "mailrun's own tables, which are gone",
    {},
    withoutTables('/etc/dkimkeys/KeyTable', '/etc/dkimkeys/SigningTable'),
    NEW,
  ],
  ['subdomains', {}, setup(tables(`${A}*@*.a.example a\n`))],
  ['another domain, which may be dropped', { dropSigning: ['b.example'] }, setup(tables(`${A}*@b.example b\n`))],
  ['another domain, whose key is gone', {}, setup(tables('*@b.example b\n'), { gone: ['/etc/k.private'] }), NEW],
  ['a server of the local network that is trusted', { trustedHosts: ['10.0.0.0/8'] }, setup(tables(A, NETWORK()))],
  ['a server that need not be', { dropSigning: ['client:10.1.0.0/16'] }, setup(tables(A, NETWORK()))],
  [
    'the host itself, which need not be signed',
    { unsignedName: 'm.a.example' },
    setup(tables(`${A}*@m.a.example a\n`)),
  ],
  ['the host itself, which is not signed', { unsignedName: 'm.a.example' }, setup(tables(A))],
  ['the host itself as a client', { hostName: 'm.a.example' }, setup(tables(A, 'InternalHosts m.a.example,m\n'))],
  ['mail that mailrun signs for networks', {}, setup(tables(A, NETWORK()), { ours: true })],
]
/** Where the daemon runs all the same. */
function withoutTables(keys: string, signing: string): OpendkimSetup {
  const conf = `${CONF}KeyTable file:${keys}\nSigningTable refile:${signing}\n`
  const { sources } = setup({ '/etc/opendkim.conf': conf })
  const files = isKnown(sources) ? [...sources.files] : []
  return {
    ...setup({}),
    sources: {
      words: [],
      files: new Map([...files, [keys, { kind: 'absent' }] as const, [signing, { kind: 'absent' }] as const]),
    },
  }
}
/** InternalHosts of people: this host, a network, and what OpenDKIM never finds. */
function NETWORK(): string {
  return 'InternalHosts csl:127.0.0.1,localhost,::1,10.1.0.0/16,192.168.0.1/24,!10.1.0.1,*.a.example\n'
}
for (const [what, args, state, signing] of OK) test(what, () => assert.is(answerTo(args, state, signing), 'ok'))

const REFUSED: readonly (readonly [string, Partial<KeepSignedArgs>, OpendkimSetup, RegExp, Signing?])[] = [
  [
    'another domain',
    {},
    setup(tables(`${A}*@b.example b\n`)),
    pattern(
      /\n\*@b\.example: d=b\.example s=mail \(.*:2\); it would leave unsigned\n/,
      /add b\.example to domains, or say .*: drop_signing: \['b\.example'\]$/,
    ),
  ],
  [
    'an entry that is mistyped',
    { dropSigning: ['b.exmaple'] },
    setup(tables(`${A}*@b.example b\n`)),
    /of drop_signing nothing that is signed is meant by b\.exmaple$/,
  ],
  ['everybody', {}, setup(tables('* a\n')), /name in domains .*drop_signing: \['\*'\]$/],
  [
    'a table that is not read',
    {},
    setup({ ...tables(A), '/etc/opendkim.conf': TABLES.replace(/refile:\S+/, 'ldap://db.example/x') }),
    /^not all of OpenDKIM's configuration can be read.*\n\/etc\/opendkim\.conf:3: /,
  ],
  [
    'a daemon that runs by what its files no longer say',
    {},
    setup({ ...tables(A), '/etc/opendkim.conf': `${TABLES}Sokcet x\n` }),
    /^OpenDKIM runs, and .*\n\/etc\/opendkim\.conf:4: it knows no setting "Sokcet": .*\nthen restart it/,
  ],
  [
    'a daemon that runs, of which others took the tables away',
    {},
    withoutTables('/etc/opendkim/KeyTable', '/etc/opendkim/SigningTable'),
    /^OpenDKIM runs, and would not start with/,
    NEW,
  ],
  ['another user by option', {}, setup(tables(A), {}, ['-u', 'vmail']), /^OpenDKIM is started with -u \(UserID\),/],
  ['no signing by option', {}, setup(tables(A), {}, ['-b', 'v']), /^OpenDKIM is started with -b \(Mode\),/],
  [
    'a header field before From',
    {},
    setup(tables(A, 'SenderHeaders Sender,From\n')),
    /\n\/etc\/opendkim\.conf:4: Sender says whose mail it is, before From does: let SenderHeaders begin with From$/,
  ],
  [
    'a key in the table itself',
    {},
    setup({ ...tables(A), '/etc/opendkim/KeyTable': 'a a.example:mail:(key)....\n' }),
    /\na\.example: its key stands in the table itself \(\/etc\/opendkim\/KeyTable:1\): put it into a file[^\n]*$/,
    NEW,
  ],
  [
    'a signer of its own',
    {},
    setup(tables('*@a.example a:news@a.example\n')),
    /\na\.example: mailrun writes no i=: take news@a\.example out \(\/etc\/opendkim\/SigningTable:1\)$/,
  ],
  [
    'a key in a directory of somebody else',
    {},
    setup(tables(A)),
    /\/etc is vmail:root 0755: give it to root/,
    { ...IN_USE, directories: [at('/', '0755'), { ...at('/etc', '0755'), owner: 'vmail' }] },
  ],
  [
    'a key behind a link',
    {},
    setup(tables(A)),
    /\/etc is a symbolic link: have the KeyTable name the key by the path that it leads to/,
    { ...IN_USE, directories: [at('/', '0755'), { ...at('/etc', '0777'), link: true }] },
  ],
  [
    'a colon in a path',
    {},
    setup({ ...tables(A), '/etc/opendkim/KeyTable': 'a a.example:mail:/etc/a:b\n' }),
    /has a colon or a percent sign/,
    { ...IN_USE, path: '/etc/a:b' },
  ],
  ['another configuration', {}, setup({ '/x': CONF }, {}, ['-x', '/x']), /^OpenDKIM is started with -x \/x,/],
  [
    'a network',
    {},
    setup(tables(A, NETWORK())),
    pattern(
      /\n10\.1\.0\.0\/16 \(.*\)\nsay trusted_hosts: \['10\.1\.0\.0\/16'\], or /,
      /.* drop_signing: \['client:10\.1\.0\.0\/16'\]$/,
    ),
  ],
  [
    'names of a refile, and clients by what Postfix says of them',
    {},
    setup({
      ...tables(A, 'InternalHosts refile:/etc/opendkim/hosts\nMTA ORIGINATING\n'),
      '/etc/opendkim/hosts': '*.a.example\n',
    }),
    /\n\.a\.example .*\nMTA .*\nsay trusted_hosts: \['\.a\.example'\], or .*'client:\.a\.example', 'client:MTA'\]$/,
  ],
  [
    'a key that nobody can read',
    {},
    setup(tables(A)),
    /\/etc is root:root 0700/,
    { ...IN_USE, directories: [at('/', '0755'), at('/etc', '0700')] },
  ],
  [
    'another key of the domain',
    { dns: false },
    setup(tables('*@a.example a\n')),
    /another key of a\.example would sign it/,
    NEW,
  ],
  [
    'another key of the domain, which waits for name servers',
    {},
    setup(tables('*@a.example a\n')),
    /\*@a\.example: .*; it would leave unsigned/,
    NEW,
  ],
  ['tables of others, to switch keys', { switching: true }, setup(tables(A)), /run playbooks\/dkim\.ts first/],
]
for (const [what, args, state, why, signing] of REFUSED)
  test(`${what}: refused`, () => assert.match(answerTo(args, state, signing), why))

test('an entry by which nothing is dropped is reported, before the run and quietly after it', () => {
  const args = { dropSigning: ['b.example'] }
  assert.match(answerTo(args, setup(tables(A))), /^of drop_signing, nothing that is signed is meant by b\.example$/)
  const plan = planOf(
    keepSigned({ ...ARGS, ...args }),
    { setup: setup(tables(A), { ours: true }), signing: [IN_USE] },
    {},
  )
  assert.equal(plan.kind === 'ok' && [plan.warning, typeof plan.note], [undefined, 'string'])
})

test('a domain that is signed, and patterns that are none, are refused as entries', () => {
  for (const [entry, why] of [
    ['a.example', /names a\.example, which is among domains/],
    ['a b', /must be domains and patterns of senders, got "a b"/],
  ] as const)
    assert.throws(() => keepSigned({ ...ARGS, dropSigning: [entry] }), why)
})

test.run()
