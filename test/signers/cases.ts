// Configurations of OpenDKIM that people have, and who is signed by them: as its daemon was seen to do.

import type { Configuration } from './generate.ts'
import { PLACE } from './names.ts'

/** `d=`, `s=` and, where there is one, `i=`, of each signature of a message. */
export type Signed = readonly (readonly [domain: string, selector: string, identity?: string])[]

export interface Case {
  readonly name: string
  /** By name below /etc: `opendkim.conf`. */
  readonly files: Readonly<Record<string, string>>
  /** By sender. */
  readonly signed: Readonly<Record<string, Signed>>
}

const TABLES = 'KeyTable file:/etc/opendkim/KeyTable\nSigningTable refile:/etc/opendkim/SigningTable\n'
const PLAIN_TABLES = 'KeyTable file:/etc/opendkim/KeyTable\nSigningTable file:/etc/opendkim/SigningTable\n'
const HEAD = `Syslog yes
UMask 007
Socket local:/run/opendkim/opendkim.sock
PidFile /run/opendkim/opendkim.pid
UserID opendkim
`
const ONE_KEY = 'k1 example.org:mail:/etc/opendkim/keys/example.org/mail.private\n'
const TWO_KEYS = `${ONE_KEY}k2 example.net:mail:/etc/opendkim/keys/example.net/mail.private\n`
const ORG: Signed = [['example.org', 'mail']]
const NET: Signed = [['example.net', 'mail']]

const tables = (name: string, conf: string, signing: string, keys: string, signed: Case['signed']): Case => ({
  name,
  files: { 'opendkim.conf': HEAD + conf, 'opendkim/SigningTable': signing, 'opendkim/KeyTable': keys },
  signed,
})
const spelt = (name: string, line: string, keys: string, signed: Case['signed']): Case =>
  tables(`06-spelling-${name}`, TABLES, `${line}\n`, keys, signed)
const crlf = (text: string): string => text.replaceAll('\n', '\r\n')

const domains = (name: string, domain: string, signed: Case['signed']): Case => ({
  name,
  files: {
    'opendkim.conf': `${HEAD}Domain ${domain}\nKeyFile\t/etc/opendkim/keys/mail.private\nSelector mail\n`,
    'opendkim/domains': 'example.org\nexample.net\n',
  },
  signed,
})
const BOTH: Case['signed'] = { 'a@example.org': ORG, 'a@example.net': NET, 'a@mail.example.org': [] }

export const CASES: readonly Case[] = [
  {
    name: '03-include',
    files: {
      'opendkim.conf': `${HEAD}Include /etc/opendkim/custom.conf\n`,
      'opendkim/custom.conf': TABLES,
      'opendkim/SigningTable': '*@example.org k1\n*@example.net k2\n',
      'opendkim/KeyTable': TWO_KEYS,
    },
    signed: { 'a@example.org': ORG, 'a@example.net': NET, 'a@example.com': [] },
  },
  {
    name: '04-crlf',
    files: {
      'opendkim.conf': crlf(HEAD + TABLES),
      'opendkim/SigningTable': '*@example.org k1\r\n',
      'opendkim/KeyTable': crlf(ONE_KEY),
    },
    signed: { 'a@example.org': ORG },
  },
  tables('04-crlf-tables', TABLES, '*@example.org k1\r\n', crlf(ONE_KEY), { 'a@example.org': ORG }),
  tables(
    '06-spelling-allcaps',
    TABLES.replace(/^\w+/gm, (name) => name.toUpperCase()),
    '*@example.org k1\n',
    ONE_KEY,
    {
      'a@example.org': ORG,
    },
  ),
  spelt('glob', '*example.org k1', ONE_KEY, {
    'a@example.org': ORG,
    'a@mail.example.org': ORG,
    'a@anexample.org': ORG,
    'a@example.net': [],
  }),
  spelt('glued-comment', '*@example.org k1#office', ONE_KEY, { 'a@example.org': ORG }),
  spelt('path-pct', '*@example.org k1', ONE_KEY.replace('keys/example.org', 'keys/%'), { 'a@example.org': ORG }),
  spelt('single', 'info@example.org k1', ONE_KEY, { 'info@example.org': ORG, 'a@example.org': [] }),
  spelt('upper', '*@EXAMPLE.ORG K1', ONE_KEY.replace('k1 example', 'K1 Example'), {
    'a@example.org': [['Example.org', 'mail']],
  }),
  domains('07-domain-star', '*', { ...BOTH, 'a@mail.example.org': [['mail.example.org', 'mail']] }),
  domains('07-domain-path', '/etc/opendkim/domains', BOTH),
  domains('07-domain-csl', 'csl:example.org,example.net', BOTH),
  domains('07-domain-file', 'file:/etc/opendkim/domains', BOTH),
  domains('07-domain-refile', 'refile:/etc/opendkim/domains', BOTH),
  tables(
    '08-keyfile-and-tables',
    `${TABLES}Domain old.example\nKeyFile /etc/opendkim/keys/old.private\nSelector old\n`,
    '*@example.org k1\n',
    ONE_KEY,
    { 'a@example.org': ORG, 'a@old.example': [] },
  ),
  domains('09-subdomains', 'example.org\nSubDomains yes', {
    'a@example.org': ORG,
    'a@mail.example.org': [['example.org', 'mail', '@example.org']],
    'a@example.net': [],
  }),
  tables(
    '10-comment',
    TABLES,
    '*@example.org   k1   # office\n',
    ONE_KEY.replace('k1 ', '\tk1\t').replace('\n', '\t# since 2023: main key\n'),
    { 'a@example.org': ORG },
  ),
  tables('11-catchall-first', TABLES, '*@* k1\n*@example.net k2\n', TWO_KEYS, {
    'a@example.org': ORG,
    'a@example.net': ORG,
    'a@example.com': ORG,
  }),
  tables(
    '11-internalhosts-dash',
    `${TABLES}InternalHosts -\nMTA ORIGINATING\n`,
    '*@example.org k1\n*@example.net k2\n',
    TWO_KEYS,
    { 'a@example.org': ORG, 'a@example.net': NET },
  ),
  tables('11-pct-keytable', PLAIN_TABLES, '* k1\n', ONE_KEY.replace('k1 example.org:', 'k1 %:'), {
    'a@example.org': ORG,
    'a@example.net': NET,
  }),
  tables('11-percent-domain', TABLES, '*@example.org k1\n', ONE_KEY.replace('k1 example.org:', 'k1 %:'), {
    'a@example.org': ORG,
  }),
  tables('11-percent-value', PLAIN_TABLES, '* %\n', ONE_KEY.replace('k1 ', 'example.org '), { 'a@example.org': ORG }),
]

/** The case below another directory than /etc, for a daemon of its own that runs as root. */
export function caseConfiguration({ files }: Case): Configuration {
  const moved = (text: string): string =>
    text
      .replaceAll('/etc/', `${PLACE}/`)
      .replaceAll(/^(UserID\s+)opendkim/gm, '$1root')
      .replaceAll(/^Socket\s+.*?(\r?)$/gm, `Socket local:${PLACE}/socket$1`)
  const texts = Object.entries(files).map(([name, text]): [string, string] => [`${PLACE}/${name}`, moved(text)])
  const keys = ['example.org/mail', 'example.net/mail', 'mail', 'old'].map(
    (name) => `${PLACE}/opendkim/keys/${name}.private`,
  )
  return { words: ['-f', '-x', `${PLACE}/opendkim.conf`], files: Object.fromEntries(texts), keys }
}
