// To whom keys and their directories are to belong, and what the tasks dkimGroup, dkimKey and dkimOwners do about it in
// each state.
import { generateKeyPairSync } from 'node:crypto'
import * as assert from 'uvu/assert'
import { keyMoves, type OtherAccounts, type Owned } from '../../../src/signers/opendkim/keys/key-owners.ts'
import type { KeyOwners, PathOwner } from '../../../src/signers/opendkim/keys/key-owners-probe.ts'
import { UNKNOWN } from '../../../src/core/unknown.ts'
import type { Signing } from '../../../src/signers/keys/signing.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { dkimGroup } from '../../../tasks/dkim-group.ts'
import { dkimKey } from '../../../tasks/dkim-key.ts'
import { dkimOwners, type DkimOwnersState } from '../../../tasks/dkim-owners.ts'
import { suite } from '../../suite.ts'

const test = suite('owners of keys')

const KEY = '/etc/dkimkeys/a.example/mx1.private'
const publicKey = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .publicKey.export({ type: 'spki', format: 'der' })
  .toString('base64')
const owned = (path: string, words: string): Owned => {
  const [owner = '', group = '', mode = ''] = words.split(' ')
  return { path, owner, group, mode }
}
const ROOTS = [owned('/', 'root root 0755'), owned('/etc', 'root root 0755')]
const place = (directory: string, domain: string, key: string) => ({
  above: [...ROOTS, owned('/etc/dkimkeys', directory), owned('/etc/dkimkeys/a.example', domain)],
  key: owned(KEY, key),
})
const NOBODY: OtherAccounts = {
  members: { opendkim: [], filter: ['rspamd'], 'opendkim-keys': [] },
  acl: [],
  overrides: [],
}
const DAEMONS = ['opendkim opendkim 0700', 'opendkim opendkim 0700', 'opendkim opendkim 0600'] as const
const OURS = ['root opendkim-keys 0750', 'root opendkim-keys 0750', 'root opendkim-keys 0640'] as const

const inWords = ({ moves, stays }: ReturnType<typeof keyMoves>): readonly string[] => [
  ...moves.map(({ from, to }) => `${from.path} ${to.owner}:${to.group} ${to.mode}`),
  ...stays.map(({ path, why }) => `${path} stays: ${why}`),
]
const ALL = [
  '/etc/dkimkeys root:opendkim-keys 0750',
  '/etc/dkimkeys/a.example root:opendkim-keys 0750',
  `${KEY} root:opendkim-keys 0640`,
]
const override = (words: string): OtherAccounts => ({ ...NOBODY, overrides: [owned('/etc/dkimkeys', words)] })

const PLACES: readonly (readonly [string, ReturnType<typeof place>, OtherAccounts, readonly string[]])[] = [
  ["the daemon's own", place(...DAEMONS), NOBODY, ALL],
  ["root's already", place(...OURS), NOBODY, []],
  ['in the middle', place(OURS[0], 'opendkim opendkim-keys 0750', 'opendkim opendkim-keys 0600'), NOBODY, ALL.slice(1)],
  [
    'a group that holds another account, behind a directory that it cannot pass',
    place(DAEMONS[0], DAEMONS[1], 'opendkim filter 0640'),
    NOBODY,
    ALL,
  ],
  [
    'a group that holds another account, and can pass',
    place('opendkim opendkim 0755', 'opendkim filter 0750', 'opendkim filter 0640'),
    NOBODY,
    ['/etc/dkimkeys root:opendkim 0755', '/etc/dkimkeys/a.example stays: rspamd can get at what is in it'],
  ],
  [
    'a key that another account can read, in directories that all can pass',
    place('opendkim opendkim 0755', 'opendkim opendkim 0755', 'opendkim filter 0640'),
    NOBODY,
    [
      '/etc/dkimkeys root:opendkim 0755',
      '/etc/dkimkeys/a.example root:opendkim 0755',
      `${KEY} stays: rspamd can read it`,
    ],
  ],
  [
    'a group of which nothing is known',
    place('opendkim opendkim 0755', 'opendkim opendkim 0755', 'opendkim ldap 0640'),
    NOBODY,
    [
      '/etc/dkimkeys root:opendkim 0755',
      '/etc/dkimkeys/a.example root:opendkim 0755',
      `${KEY} stays: the group ldap can read it`,
    ],
  ],
  [
    'an access control list of the key, in directories that all can pass',
    place('opendkim opendkim 0755', 'root root 0755', 'opendkim opendkim 0640'),
    { ...NOBODY, acl: [KEY] },
    ['/etc/dkimkeys root:opendkim 0755', `${KEY} stays: an access control list can read it`],
  ],
  [
    'an access control list of a directory',
    place(DAEMONS[0], 'opendkim opendkim 0750', DAEMONS[2]),
    { ...NOBODY, acl: ['/etc/dkimkeys/a.example'] },
    [ALL[0]!, '/etc/dkimkeys/a.example stays: an access control list can get at what is in it'],
  ],
  [
    'a directory of another account',
    place('alice alice 0755', DAEMONS[1], DAEMONS[2]),
    NOBODY,
    ['/etc/dkimkeys stays: it belongs to alice'],
  ],
  [
    'a key of another account',
    place(OURS[0], OURS[1], 'rspamd opendkim 0640'),
    NOBODY,
    [`${KEY} stays: it belongs to rspamd`],
  ],
  [
    "an administrator's override",
    place(...DAEMONS),
    override('opendkim opendkim 0700'),
    ['/etc/dkimkeys stays: dpkg-statoverride keeps it opendkim:opendkim 0700'],
  ],
  ["mailrun's own override", place(...DAEMONS), override('root opendkim-keys 0750'), ALL],
]
for (const [what, where, accounts, wanted] of PLACES)
  test(`what becomes of ${what}`, () => assert.equal(inWords(keyMoves([where], accounts)), wanted))

test('a key below a directory of the daemon that is not below /etc stays', () => {
  const { moves, stays } = keyMoves(
    [
      {
        above: [
          owned('/', 'root root 0755'),
          owned('/srv', 'root root 0755'),
          owned('/srv/k', 'opendkim opendkim 0700'),
        ],
        key: owned('/srv/k/x.private', DAEMONS[2]),
      },
    ],
    NOBODY,
  )
  assert.equal([moves, stays.map(({ path }) => path)], [[], ['/srv/k']])
})

const OWNERS: KeyOwners = {
  user: true,
  group: ['opendkim'],
  paths: [],
  overrides: [],
  members: {},
  acl: [],
  outside: [],
}
const signing = (words: string, groups: readonly string[] = ['opendkim-keys'], inUse = true): Signing => ({
  domain: 'a.example',
  selector: 'mx1',
  inUse,
  path: KEY,
  key: words === '' ? { kind: 'absent' } : { kind: 'key', ...owned(KEY, words), publicKey },
  directories: place(DAEMONS[0], DAEMONS[1], words).above,
  groups,
})
const GROUPS: readonly (readonly [string, Partial<KeyOwners>, readonly string[] | { readonly blocked: string }])[] = [
  ['no group', { group: undefined }, ['create', 'opendkim joins']],
  ['a group with nobody in it', { group: [] }, ['opendkim joins']],
  ['the group', {}, []],
  ['no user', { user: false, group: undefined }, { blocked: 'there is no user opendkim' }],
  ['another account in it', { group: ['opendkim', 'postfix'] }, { blocked: 'has postfix in it' }],
]
for (const [what, now, expect] of GROUPS)
  test(`dkimGroup: ${what}`, () => checkCase(dkimGroup, { args: {}, now: { ...OWNERS, ...now }, expect }))

const KEYS: readonly (readonly [string, Signing, readonly string[] | { readonly blocked: string }])[] = [
  ['none', signing(''), ['generate, 2048 bits']],
  ['none, and no group', signing('', []), ['generate, 2048 bits']],
  ["root's", signing(OURS[2]), []],
  ["the daemon's", signing(DAEMONS[2]), []],
  ['of the group opendkim', signing('root opendkim 0640'), []],
  [
    'that everybody can read, in use',
    signing('root root 0644'),
    ['owner root → opendkim, group root → opendkim', 'mode 0644 → 0600'],
  ],
  [
    'that OpenDKIM cannot read, not in use',
    signing('root root 0600', ['opendkim-keys'], false),
    ['group root → opendkim-keys', 'mode 0600 → 0640'],
  ],
  ['of another account', signing('rspamd rspamd 0600'), { blocked: 'is rspamd:rspamd 0600, which OpenDKIM cannot' }],
]
for (const [what, now, expect] of KEYS)
  test(`dkimKey: a key, ${what}`, () =>
    checkCase(dkimKey, { args: { domain: 'a.example', selector: 'mx1' }, now: [now], expect }))

test('dkimKey: without the group a new key is the daemon’s, and that is reported', () => {
  const made = planOf(dkimKey({ domain: 'a.example', selector: 'mx1' }), [signing('', [])], {})
  assert.ok(made.kind === 'change')
  assert.match(made.note ?? '', 'dkimGroup before this task')
  assert.equal(made.then[0]!.key, {
    kind: 'key',
    owner: 'opendkim',
    group: 'opendkim',
    mode: '0600',
    publicKey: UNKNOWN,
  })
})

const ARGS = { domains: ['a.example'], selector: 'mx1' }
const state = (owners: Partial<KeyOwners>): DkimOwnersState => ({
  signing: [signing(DAEMONS[2])],
  owners: {
    ...OWNERS,
    paths: place(...DAEMONS).above.map((each): PathOwner => ({ ...each, kind: 'directory' })),
    ...owners,
  },
})
const KEPT = '/etc/dkimkeys: kept root:opendkim-keys 0750 on upgrades of the package (dpkg-statoverride)'
const MOVED = [
  '/etc/dkimkeys: opendkim:opendkim 0700 → root:opendkim-keys 0750',
  '/etc/dkimkeys/a.example: opendkim:opendkim 0700 → root:opendkim-keys 0750',
  `${KEY}: opendkim:opendkim 0600 → root:opendkim-keys 0640`,
]
test('dkimOwners: what the daemon owned becomes root’s, from the top', () =>
  checkCase(dkimOwners, { args: ARGS, now: state({}), expect: [KEPT, ...MOVED] }))
const OUTSIDE = '/etc/opendkim/a.example.private'
const ELSEWHERE: DkimOwnersState = {
  ...state({}),
  signing: [
    {
      ...signing(''),
      path: OUTSIDE,
      key: { kind: 'key', ...owned(OUTSIDE, OURS[2]), publicKey },
      directories: ROOTS,
    },
  ],
}
test('dkimOwners: the directory becomes root’s where all keys in use lie elsewhere', () =>
  checkCase(dkimOwners, { args: ARGS, now: ELSEWHERE, expect: [KEPT, MOVED[0]!] }))
test('dkimOwners: no group', () =>
  checkCase(dkimOwners, { args: ARGS, now: state({ group: [] }), expect: { blocked: 'put dkimGroup before' } }))
test('dkimOwners: a process that is not in the group has all stay, and is named', () => {
  const now = state({ outside: [{ pid: '77', unit: 'opendkim-second.service' }] })
  const plan = planOf(dkimOwners(ARGS), now, {})
  assert.is(plan.kind, 'ok')
  assert.match('warning' in plan ? plan.warning : '', /opendkim-second\.service \(process 77\) runs as opendkim/)
})
test('dkimOwners: an override of the administrator is named, and nothing is done', () => {
  const now = state({ overrides: [owned('/etc/dkimkeys', 'opendkim opendkim 0700')] })
  const plan = planOf(dkimOwners(ARGS), now, {})
  assert.is(plan.kind, 'ok')
  assert.match('note' in plan ? plan.note : '', /^\/etc\/dkimkeys stays as it is: dpkg-statoverride keeps it/)
})

test.run()
