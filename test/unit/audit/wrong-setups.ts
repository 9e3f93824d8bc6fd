// Setups of hosts that are wrong in one way each, and what an audit must find of them.
import { generateKeyPairSync } from 'node:crypto'
import type { OpendkimMailSetup, OpendkimTable } from '../../../src/signers/opendkim/setup/mail-setup-answer.ts'
import { NO_SETUP } from '../../../src/signers/opendkim/setup/mail-setup.ts'
import { DROP_IN } from '../../../src/signers/opendkim/setup/opendkim.ts'
import { GOOD, KEY_PATH, settings, SETTINGS, table, withMain } from './evidence.ts'

export const conf = (edit: (text: string) => string): OpendkimMailSetup => ({
  ...GOOD,
  settings: settings(edit(SETTINGS)),
})
export const tables = (name: OpendkimTable['name'], change: Partial<OpendkimTable>): OpendkimMailSetup => ({
  ...GOOD,
  tables: GOOD.tables.map((each) => (each.name === name ? { ...each, ...change } : each)),
})
export const rows = (...texts: readonly string[]) => texts.map((text, index) => ({ line: index + 1, text }))
export const parameters = (change: Readonly<Record<string, string>>): OpendkimMailSetup => withMain(GOOD, change)
export const unit = (change: Readonly<Record<string, string>>): OpendkimMailSetup => ({
  ...GOOD,
  unit: { ...GOOD.unit, ...change },
})
export const keyIs = (change: object, key: Partial<OpendkimMailSetup['keys'][number]> = {}): OpendkimMailSetup => ({
  ...GOOD,
  paths: { ...GOOD.paths, [KEY_PATH]: { ...GOOD.paths[KEY_PATH]!, ...change } },
  keys: [{ ...GOOD.keys[0]!, ...key }],
})
const publicKey = (bits: number): string =>
  generateKeyPairSync('rsa', { modulusLength: bits })
    .publicKey.export({ type: 'spki', format: 'der' })
    .toString('base64')
const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
export const service = (name: string, overrides: Readonly<Record<string, string>>): OpendkimMailSetup => {
  const options = Object.entries(overrides).map(([option, value]) => ` -o { ${option} = ${value} }`)
  const line = `${name.replace('/', ' ')} n - y - - smtpd${options.join('')}\n`
  return { ...GOOD, postfix: { ...GOOD.postfix!, master: GOOD.postfix!.master + line } }
}

/** What is changed, and all that must be found. */
export const WRONG: readonly (readonly [
  what: string,
  setup: OpendkimMailSetup,
  ids: readonly string[],
  place?: string,
])[] = [
  ['nothing is installed', { ...NO_SETUP, parameters: GOOD.parameters }, ['no-signer']],
  ['another mail server', { ...NO_SETUP, packages: { 'exim4-daemon-light': '4.96' } }, ['no-postfix']],
  ['another signer', { ...GOOD, packages: { ...GOOD.packages, rspamd: '3.4' } }, ['other-signer']],
  ['down', unit({ ActiveState: 'failed' }), ['opendkim-down']],
  ['disabled', unit({ UnitFileState: 'disabled' }), ['opendkim-disabled']],
  [
    'refused',
    { ...GOOD, refused: 'opendkim: /etc/opendkim.conf: configuration error at line 3: unrecognized parameter' },
    ['opendkim-refused'],
    '/etc/opendkim.conf:3',
  ],
  [
    'an option in a drop-in',
    {
      ...unit({ DropInPaths: `${DROP_IN} /etc/systemd/system/opendkim.service.d/override.conf` }),
      arguments: ['-p', 'local:/run/x.sock'],
    },
    ['conf-overridden', 'milter-elsewhere'],
    '/etc/systemd/system/opendkim.service.d/override.conf',
  ],
  [
    'a socket in /etc/default',
    {
      ...GOOD,
      defaults: [{ path: '/etc/default/opendkim', line: 21, name: 'SOCKET', value: '"inet:12345@localhost"' }],
    },
    ['conf-default-ignored'],
    '/etc/default/opendkim:21',
  ],
  [
    'options in /etc/default',
    { ...GOOD, defaults: [{ path: '/etc/default/opendkim', line: 9, name: 'DAEMON_OPTS', value: '"-W"' }] },
    ['conf-default-ignored'],
    '/etc/default/opendkim:9',
  ],
  ['no PidFile', conf((text) => text.replace(/\nPidFile.*/, '')), ['pid-file-missing']],
  ['as root', { ...keyIs({ mode: '0600' }), user: 'root' }, ['opendkim-root'], '/etc/opendkim.conf:10'],
  ['Mode v', conf((text) => text.replace('Mode sv', 'Mode v')), ['opendkim-mode'], '/etc/opendkim.conf:1'],
  ['rsa-sha1', conf((text) => text.replace('rsa-sha256', 'rsa-sha1')), ['sha1-signatures'], '/etc/opendkim.conf:3'],
  ['ed25519', conf((text) => text.replace('rsa-sha256', 'ed25519-sha256')), ['ed25519-signatures']],
  ['the header by the byte', conf((text) => text.replace(/\nCanonicalization.*/, '')), ['simple-header']],
  ['From once', conf((text) => text.replace(/\nOversignHeaders.*/, '')), ['from-not-oversigned']],
  [
    'a trust anchor',
    conf((text) => `${text}\nTrustAnchorFile /usr/share/dns/root.key`),
    ['trust-anchor'],
    '/etc/opendkim.conf:11',
  ],
  ['unsafe keys allowed', conf((text) => `${text}\nRequireSafeKeys no`), ['safe-keys-off']],
  ['a setting twice', conf((text) => `${text}\nMode sv`), ['parameter-twice'], '/etc/opendkim.conf:11'],
  [
    'hosts as patterns',
    tables('internalhosts', { kind: 'refile', rows: rows('127.0.0.1') }),
    ['refile-hosts'],
    '/etc/opendkim.conf:7',
  ],
  [
    'hosts as patterns that are some',
    tables('internalhosts', { kind: 'refile', rows: rows('127.0.0.1', '10.*') }),
    ['refile-hosts', 'refile-hosts-pattern'],
    '/etc/opendkim.conf:7',
  ],
  [
    'the world',
    tables('internalhosts', { rows: rows('127.0.0.1', '0.0.0.0/0') }),
    ['trusted-wide'],
    '/etc/dkimkeys/TrustedHosts:2',
  ],
  ['the world of IPv6', tables('internalhosts', { rows: rows('::/0') }), ['trusted-wide']],
  [
    'a socket for every program',
    withMain(
      conf((text) => text.replace(/Socket .*/, 'Socket inet:8891@localhost')),
      { smtpd_milters: 'inet:127.0.0.1:8891' },
    ),
    ['socket-any-user'],
    '/etc/opendkim.conf:8',
  ],
  [
    'a socket that all may write',
    {
      ...GOOD,
      paths: {
        ...GOOD.paths,
        '/var': { type: 'd', owner: 'root', group: 'root', mode: '0755' },
        '/var/spool': { type: 'd', owner: 'root', group: 'root', mode: '0755' },
        '/var/spool/postfix': { type: 'd', owner: 'root', group: 'root', mode: '0755' },
        '/var/spool/postfix/opendkim': { type: 'd', owner: 'opendkim', group: 'postfix', mode: '0755' },
        '/var/spool/postfix/opendkim/opendkim.sock': { type: 's', owner: 'opendkim', group: 'postfix', mode: '0777' },
      },
    },
    ['socket-any-user'],
  ],
  [
    'a socket for the network',
    withMain(
      conf((text) => text.replace(/Socket .*/, 'Socket inet:8891')),
      { smtpd_milters: 'inet:127.0.0.1:8891' },
    ),
    ['socket-open'],
  ],
  [
    'postfix in the group',
    { ...GOOD, members: { ...GOOD.members, opendkim: ['opendkim', 'postfix'] } },
    ['postfix-in-group'],
  ],
  [
    'a table that is gone',
    tables('signingtable', { state: 'absent', rows: [] }),
    ['key-table-unused', 'table-missing'],
    '/etc/opendkim.conf:6',
  ],
  [
    'a table that the daemon cannot read',
    tables('internalhosts', { state: 'unreadable' }),
    ['table-unreadable'],
    '/etc/dkimkeys/TrustedHosts',
  ],
  [
    'tables elsewhere',
    { ...GOOD, tables: [table('keytable', 'ldap', ''), table('signingtable', 'ldap', '')] },
    ['table-not-read'],
  ],
  ['a long table', tables('signingtable', { cut: true }), ['table-not-read']],
  [
    'a name of no key',
    tables('signingtable', { rows: rows('*@example.org gone') }),
    ['key-table-unused', 'signing-dangling'],
    '/etc/dkimkeys/KeyTable:1',
  ],
  [
    'patterns without refile',
    tables('signingtable', { kind: 'file' }),
    ['signing-plain-wildcard'],
    '/etc/dkimkeys/SigningTable:1',
  ],
  [
    'a domain alone',
    tables('signingtable', { rows: rows('example.org mx1._domainkey.example.org') }),
    ['signing-bare-domain'],
  ],
  [
    'patterns for the domain of the sender, by a key of that name',
    {
      ...conf((text) => text),
      tables: [
        table('keytable', 'file', '/etc/dkimkeys/KeyTable', `example.org example.org:mx1:${KEY_PATH}`),
        table('signingtable', 'file', '/etc/dkimkeys/SigningTable', '* %'),
        ...GOOD.tables.filter(({ name }) => name === 'internalhosts'),
      ],
    },
    [],
  ],
  [
    'a signer, and a comment',
    tables('signingtable', { rows: rows('*@example.org mx1._domainkey.example.org:@example.org # office') }),
    [],
  ],
  ['everybody', tables('signingtable', { rows: rows('*@* mx1._domainkey.example.org') }), ['signing-catch-all']],
  [
    'everybody, without patterns',
    tables('signingtable', { kind: 'file', rows: rows('* mx1._domainkey.example.org') }),
    ['signing-catch-all'],
  ],
  [
    'a line behind one that takes all of it',
    {
      ...tables('signingtable', { rows: rows('*@example.org mx1._domainkey.example.org', 'root@example.org other') }),
      tables: [
        ...tables('keytable', {
          rows: rows(`mx1._domainkey.example.org example.org:mx1:${KEY_PATH}`, `other example.org:other:${KEY_PATH}`),
        }).tables.filter(({ name }) => name !== 'signingtable'),
        table(
          'signingtable',
          'refile',
          '/etc/dkimkeys/SigningTable',
          '*@example.org mx1._domainkey.example.org',
          'root@example.org other',
        ),
      ],
    },
    ['signing-shadowed'],
    '/etc/dkimkeys/SigningTable:2',
  ],
  [
    'a line with a fourth field',
    tables('keytable', { rows: rows(`mx1._domainkey.example.org example.org:mx1:${KEY_PATH}:x`) }),
    ['key-table-line'],
  ],
  ['a key that is gone', keyIs({}, { state: 'absent', publicKey: '' }), ['key-missing'], '/etc/dkimkeys/KeyTable:1'],
  ['no key', keyIs({}, { publicKey: '' }), ['key-invalid'], KEY_PATH],
  ['a directory', keyIs({}, { state: 'other', publicKey: '' }), ['key-invalid']],
  ['root alone', keyIs({ owner: 'root', group: 'root' }, { state: 'unreadable' }), ['key-unreadable']],
  ['everybody may read', keyIs({ mode: '0644' }), ['key-unsafe']],
  ["the daemon's own", keyIs({ owner: 'opendkim', group: 'opendkim', mode: '0600' }), ['key-daemon-owned'], KEY_PATH],
  [
    'a directory of the daemon into which a group comes',
    {
      ...GOOD,
      members: { ...GOOD.members, filter: ['opendkim', 'rspamd'] },
      paths: { ...GOOD.paths, '/etc/dkimkeys': { type: 'd', owner: 'opendkim', group: 'filter', mode: '0750' } },
    },
    ['key-not-roots'],
    '/etc/dkimkeys',
  ],
  ['a group may read', keyIs({ mode: '0640', group: 'mail' }), []],
  [
    'a directory that a group may write',
    {
      ...GOOD,
      paths: { ...GOOD.paths, '/etc/dkimkeys': { type: 'd', owner: 'root', group: 'opendkim-keys', mode: '0770' } },
    },
    ['key-unsafe'],
  ],
  ['Ed25519', keyIs({}, { publicKey: ed25519 }), ['key-type']],
  ['nonsense of a hostile host', keyIs({}, { publicKey: 'AAAA' }), ['key-type']],
  ['1024 bits', keyIs({}, { publicKey: publicKey(1024) }), ['dkim-short-key']],
  ['512 bits', keyIs({}, { publicKey: publicKey(512) }), ['dkim-weak-key']],
  [
    'the selector default',
    tables('keytable', { rows: rows(`mx1._domainkey.example.org example.org:default:${KEY_PATH}`) }),
    ['selector-default'],
    '/etc/dkimkeys/KeyTable:1',
  ],
  ['accept', parameters({ milter_default_action: 'accept' }), ['milter-accept'], '/etc/postfix/main.cf:42'],
  [
    'a milter elsewhere',
    parameters({ smtpd_milters: 'inet:localhost:8891', non_smtpd_milters: '' }),
    ['milter-elsewhere'],
    '/etc/postfix/main.cf:40',
  ],
  [
    'a service without',
    service('submission/inet', { smtpd_milters: '' }),
    ['milters-overridden'],
    '/etc/postfix/master.cf',
  ],
  [
    'a filter gives mail back',
    service('127.0.0.1:10025/inet', { receive_override_options: 'no_header_body_checks' }),
    ['reinjection-signed'],
  ],
  [
    'a parameter twice',
    { ...GOOD, parameterLines: { ...GOOD.parameterLines, smtpd_milters: [40, 50] } },
    ['parameter-twice'],
    '/etc/postfix/main.cf:50',
  ],
  ['localhost', parameters({ smtp_helo_name: 'localhost' }), ['helo-not-qualified']],
]
