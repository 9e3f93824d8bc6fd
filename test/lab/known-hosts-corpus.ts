// known_hosts files and names by which OpenSSH and mailrun are compared.
import { hashedName } from '../../src/ssh/host-keys/known-hosts.ts'

export interface CorpusKeys {
  /** What the server shows, as known_hosts has it (type and base64). */
  readonly ed25519: string
  readonly ecdsa: string
  readonly rsa: string
  /** What it does not show. */
  readonly wrong: string
  readonly wrongRsa: string
}

export interface CorpusFile {
  readonly title: string
  readonly user: string
  readonly global: string
}

export interface CorpusTarget {
  readonly host: string
  readonly port: number
  readonly alias?: string
}

export const TARGETS: readonly CorpusTarget[] = [
  { host: 'mx1.example.org', port: 22 },
  { host: 'mx1.example.org', port: 2222 },
  { host: 'MX1.Example.ORG', port: 22 },
  { host: 'other.example.net', port: 22 },
  { host: '10.0.0.5', port: 22 },
  { host: '10.5', port: 2222 },
  { host: '2001:DB8:0:0::1', port: 22 },
  { host: '2001:db8::1', port: 2222 },
  { host: '::ffff:a00:5', port: 22 },
  { host: 'elsewhere', port: 2222, alias: 'Relay' },
]

const NAME = 'mx1.example.org'
const EVERY = `mx1.example.org,10.0.0.5,2001:db8::1,::ffff:10.0.0.5,relay`
const file = (title: string, user: string, global = ''): CorpusFile => ({ title, user, global })

/** Names, ports and addresses in plain text. */
const plainNames = ({ ed25519, wrong }: CorpusKeys): readonly CorpusFile[] => [
  file('nothing', ''),
  file('a list', `${EVERY} ${ed25519}\n`),
  file('a list with capitals', `${EVERY.toUpperCase()} ${ed25519}\n`),
  file('with ports', `[mx1.example.org]:2222,[2001:db8::1]:2222,[10.0.0.5]:2222 ${ed25519}\n`),
  file('port 22 in brackets', `[mx1.example.org]:22,[10.0.0.5]:22 ${ed25519}\n`),
  file('other spellings of addresses', `2001:DB8::1,2001:db8:0:0:0:0:0:1 ${ed25519}\n10.5,::ffff:a00:5 ${ed25519}\n`),
  file('a changed key', `${EVERY} ${wrong}\n`),
  file('a changed key for the port only', `[mx1.example.org]:2222 ${wrong}\n${EVERY} ${ed25519}\n`),
  file(
    'a changed key for the name, the right one for the port',
    `[mx1.example.org]:2222,[2001:db8::1]:2222 ${ed25519}\n${EVERY} ${wrong}\n`,
  ),
]

const hashedNames = ({ ed25519, wrong }: CorpusKeys): readonly CorpusFile[] => [
  file(
    'hashed',
    [NAME, '10.0.0.5', '2001:db8::1', '[mx1.example.org]:2222', 'relay']
      .map((each) => `${hashedName(each)} ${ed25519}\n`)
      .join(''),
  ),
  file(
    'hashed capitals are nobody',
    `${hashedName('MX1.Example.ORG')} ${ed25519}\n${hashedName('Relay')} ${ed25519}\n`,
  ),
  file('hashed and changed', `${hashedName(NAME)} ${wrong}\n`),
  file(
    'a hash in another spelling',
    `${hashedName(NAME).replace(/\|([^|]*)$/, '|A$1')} ${ed25519}\n` +
      `${hashedName(NAME)}, ${ed25519}\n` +
      `|1|x|y ${ed25519}\n`,
  ),
]

/** Wildcards and exclusions. */
const patterns = ({ ed25519 }: CorpusKeys): readonly CorpusFile[] => [
  file('wildcards', `*.example.org,10.0.0.?,2001:* ${ed25519}\n`),
  file('a wildcard for all', `* ${ed25519}\n`),
  file('excluded names', `*,!mx1.example.org,!10.0.0.* ${ed25519}\n`),
  file('excluded with a port', `*,![mx1.example.org]:* ${ed25519}\n`),
  file('excluded on one line, named on the next', `*.example.org,!mx1* ${ed25519}\nmx1.example.org ${ed25519}\n`),
  file('only excluded', `!mx1.example.org ${ed25519}\n!!mx1.example.org ${ed25519}\n`),
  file('brackets are no wildcards', `[lm]x1.example.org,mx[0-9].example.org ${ed25519}\n`),
]

const revocations = ({ ed25519, rsa, wrong }: CorpusKeys): readonly CorpusFile[] => [
  file('revoked', `@revoked ${EVERY},[mx1.example.org]:2222 ${ed25519}\n`),
  file('revoked after known', `${EVERY} ${ed25519}\n@revoked * ${ed25519}\n`),
  file('revoked in the global file', `${EVERY} ${ed25519}\n`, `@revoked mx1.example.org ${ed25519}\n`),
  file('another key revoked', `${EVERY} ${ed25519}\n@revoked * ${wrong}\n`),
  file('revoked for the name only', `[mx1.example.org]:2222 ${ed25519}\n@revoked mx1.example.org ${ed25519}\n`),
  file('the best key revoked, another known', `${EVERY} ${ed25519}\n${EVERY} ${rsa}\n@revoked * ${ed25519}\n`),
]

/** Certificate authorities, and markers that are none. */
const otherMarkers = ({ ed25519, wrong }: CorpusKeys): readonly CorpusFile[] => [
  file('a certificate authority', `@cert-authority * ${wrong}\n`),
  file('the key as a certificate authority', `@cert-authority ${EVERY} ${ed25519}\n`),
  file('a certificate authority and a key', `@cert-authority * ${wrong}\n${EVERY} ${ed25519}\n`),
  file(
    'an unknown marker',
    `@other ${EVERY} ${ed25519}\n@REVOKED ${EVERY} ${ed25519}\n@revoked @revoked ${EVERY} ${ed25519}\n`,
  ),
]

/** More than one type of key, right or wrong. */
const keyTypes = ({ ed25519, ecdsa, rsa, wrong, wrongRsa }: CorpusKeys): readonly CorpusFile[] => [
  file('only RSA known', `${EVERY} ${rsa}\n`),
  file('only ECDSA known', `${EVERY} ${ecdsa}\n`),
  file('ECDSA and RSA known', `${EVERY} ${rsa}\n${EVERY} ${ecdsa}\n`),
  file('a wrong RSA key beside the right Ed25519 key', `${EVERY} ${wrongRsa}\n${EVERY} ${ed25519}\n`),
  file('a wrong Ed25519 key beside the right RSA key', `${EVERY} ${wrong}\n${EVERY} ${rsa}\n`),
  file('only a wrong RSA key', `${EVERY} ${wrongRsa}\n`),
  file('RSA under the name of its algorithm', `${EVERY} ${rsa.replace('ssh-rsa ', 'rsa-sha2-512 ')}\n`),
]

/** More than one line or file for a name. */
const twoPlaces = ({ ed25519, wrong }: CorpusKeys): readonly CorpusFile[] => [
  file('the user has a wrong one, the global file the right one', `${EVERY} ${wrong}\n`, `${EVERY} ${ed25519}\n`),
  file('the global file only', '', `${EVERY} ${ed25519}\n`),
  file('the same line twice', `${EVERY} ${ed25519}\n${EVERY} ${ed25519}\n`),
  file('the same name with two keys of a type', `${EVERY} ${wrong}\n${EVERY} ${ed25519}\n`),
]

/** White space, comments and ends of lines. */
const lineForms = ({ ed25519, wrong }: CorpusKeys): readonly CorpusFile[] => [
  file(
    'comments, blanks, tabs',
    `# ${EVERY} ${wrong}\n\n   \n \t${EVERY}\t \t${ed25519.replace(' ', '\t')}\t# comment\n#${EVERY} ${wrong}\n`,
  ),
  file('Windows line ends', `${EVERY} ${ed25519}\r\n# end\r\n`),
  file('no end of the last line', `${EVERY} ${ed25519}`),
  file('a NUL', `other ${ed25519}\0\n${EVERY} ${ed25519}\0${EVERY}\n`),
]

function spoiltKeys({ ed25519, wrong }: CorpusKeys): readonly CorpusFile[] {
  const [, base64 = ''] = ed25519.split(' ')
  return [
    file(
      'truncated keys',
      `${EVERY} ${ed25519.slice(0, -4)}\n${EVERY} ${ed25519.slice(0, -1)}\n${EVERY} ssh-ed25519\n${EVERY}\n`,
    ),
    file('too long a key', `${EVERY} ${ed25519}AAAA\n`),
    file('a truncated key before the right one', `${EVERY} ${wrong.slice(0, -8)}\n${EVERY} ${ed25519}\n`),
    file('another type than the key has', `${EVERY} ssh-rsa ${base64}\n${EVERY} SSH-ED25519 ${base64}\n`),
    file('white space that base64 passes over', `${EVERY} ssh-ed25519 ${base64.slice(0, 20)}\v\f${base64.slice(20)}\n`),
    file('an old SSH 1 key', `${EVERY} 1024 35 1234567890\n${EVERY} ${ed25519}\n`),
  ]
}

/** Long lists, and lists with gaps. */
const listForms = ({ ed25519 }: CorpusKeys): readonly CorpusFile[] => [
  file(
    'a very long line',
    `${Array.from({ length: 4000 }, (_, index) => `host${index}.example.org`).join(',')},${EVERY} ${ed25519}\n`,
  ),
  file('too long a pattern spoils the line', `${EVERY},${'x'.repeat(1023)} ${ed25519}\n`),
  file('a pattern that is just not too long', `${EVERY},${'x'.repeat(1022)} ${ed25519}\n`),
  file('commas and nothing', `,,${EVERY},, ${ed25519}\n`),
  file('a space in the list', `mx1.example.org, 10.0.0.5 ${ed25519}\n`),
]

export const corpus = (keys: CorpusKeys): readonly CorpusFile[] =>
  [
    plainNames,
    hashedNames,
    patterns,
    revocations,
    otherMarkers,
    keyTypes,
    twoPlaces,
    lineForms,
    spoiltKeys,
    listForms,
  ].flatMap((files) => files(keys))
