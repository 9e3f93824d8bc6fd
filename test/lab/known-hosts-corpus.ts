// known_hosts files and names by which OpenSSH and mailrun are compared.
import { hashedName } from '../../src/connection/known-hosts.ts'

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

export function corpus({ ed25519, ecdsa, rsa, wrong, wrongRsa }: CorpusKeys): readonly CorpusFile[] {
  const name = 'mx1.example.org'
  const every = `mx1.example.org,10.0.0.5,2001:db8::1,::ffff:10.0.0.5,relay`
  const [, base64 = ''] = ed25519.split(' ')
  const file = (title: string, user: string, global = ''): CorpusFile => ({ title, user, global })
  return [
    file('nothing', ''),
    file('a list', `${every} ${ed25519}\n`),
    file('a list with capitals', `${every.toUpperCase()} ${ed25519}\n`),
    file('with ports', `[mx1.example.org]:2222,[2001:db8::1]:2222,[10.0.0.5]:2222 ${ed25519}\n`),
    file('port 22 in brackets', `[mx1.example.org]:22,[10.0.0.5]:22 ${ed25519}\n`),
    file('other spellings of addresses', `2001:DB8::1,2001:db8:0:0:0:0:0:1 ${ed25519}\n10.5,::ffff:a00:5 ${ed25519}\n`),
    file('a changed key', `${every} ${wrong}\n`),
    file('a changed key for the port only', `[mx1.example.org]:2222 ${wrong}\n${every} ${ed25519}\n`),
    file(
      'a changed key for the name, the right one for the port',
      `[mx1.example.org]:2222,[2001:db8::1]:2222 ${ed25519}\n${every} ${wrong}\n`,
    ),
    file(
      'hashed',
      [name, '10.0.0.5', '2001:db8::1', '[mx1.example.org]:2222', 'relay']
        .map((each) => `${hashedName(each)} ${ed25519}\n`)
        .join(''),
    ),
    file(
      'hashed capitals are nobody',
      `${hashedName('MX1.Example.ORG')} ${ed25519}\n${hashedName('Relay')} ${ed25519}\n`,
    ),
    file('hashed and changed', `${hashedName(name)} ${wrong}\n`),
    file(
      'a hash in another spelling',
      `${hashedName(name).replace(/\|([^|]*)$/, '|A$1')} ${ed25519}\n${hashedName(name)}, ${ed25519}\n|1|x|y ${ed25519}\n`,
    ),
    file('wildcards', `*.example.org,10.0.0.?,2001:* ${ed25519}\n`),
    file('a wildcard for all', `* ${ed25519}\n`),
    file('excluded names', `*,!mx1.example.org,!10.0.0.* ${ed25519}\n`),
    file('excluded with a port', `*,![mx1.example.org]:* ${ed25519}\n`),
    file('excluded on one line, named on the next', `*.example.org,!mx1* ${ed25519}\nmx1.example.org ${ed25519}\n`),
    file('only excluded', `!mx1.example.org ${ed25519}\n!!mx1.example.org ${ed25519}\n`),
    file('brackets are no wildcards', `[lm]x1.example.org,mx[0-9].example.org ${ed25519}\n`),
    file('revoked', `@revoked ${every},[mx1.example.org]:2222 ${ed25519}\n`),
    file('revoked after known', `${every} ${ed25519}\n@revoked * ${ed25519}\n`),
    file('revoked in the global file', `${every} ${ed25519}\n`, `@revoked mx1.example.org ${ed25519}\n`),
    file('another key revoked', `${every} ${ed25519}\n@revoked * ${wrong}\n`),
    file('revoked for the name only', `[mx1.example.org]:2222 ${ed25519}\n@revoked mx1.example.org ${ed25519}\n`),
    file('the best key revoked, another known', `${every} ${ed25519}\n${every} ${rsa}\n@revoked * ${ed25519}\n`),
    file('a certificate authority', `@cert-authority * ${wrong}\n`),
    file('the key as a certificate authority', `@cert-authority ${every} ${ed25519}\n`),
    file('a certificate authority and a key', `@cert-authority * ${wrong}\n${every} ${ed25519}\n`),
    file(
      'an unknown marker',
      `@other ${every} ${ed25519}\n@REVOKED ${every} ${ed25519}\n@revoked @revoked ${every} ${ed25519}\n`,
    ),
    file('only RSA known', `${every} ${rsa}\n`),
    file('only ECDSA known', `${every} ${ecdsa}\n`),
    file('ECDSA and RSA known', `${every} ${rsa}\n${every} ${ecdsa}\n`),
    file('a wrong RSA key beside the right Ed25519 key', `${every} ${wrongRsa}\n${every} ${ed25519}\n`),
    file('a wrong Ed25519 key beside the right RSA key', `${every} ${wrong}\n${every} ${rsa}\n`),
    file('only a wrong RSA key', `${every} ${wrongRsa}\n`),
    file('RSA under the name of its algorithm', `${every} ${rsa.replace('ssh-rsa ', 'rsa-sha2-512 ')}\n`),
    file('the user has a wrong one, the global file the right one', `${every} ${wrong}\n`, `${every} ${ed25519}\n`),
    file('the global file only', '', `${every} ${ed25519}\n`),
    file('the same line twice', `${every} ${ed25519}\n${every} ${ed25519}\n`),
    file('the same name with two keys of a type', `${every} ${wrong}\n${every} ${ed25519}\n`),
    file(
      'comments, blanks, tabs',
      `# ${every} ${wrong}\n\n   \n \t${every}\t \t${ed25519.replace(' ', '\t')}\t# comment\n#${every} ${wrong}\n`,
    ),
    file('Windows line ends', `${every} ${ed25519}\r\n# end\r\n`),
    file('no end of the last line', `${every} ${ed25519}`),
    file('a NUL', `other ${ed25519}\0\n${every} ${ed25519}\0${every}\n`),
    file(
      'truncated keys',
      `${every} ${ed25519.slice(0, -4)}\n${every} ${ed25519.slice(0, -1)}\n${every} ssh-ed25519\n${every}\n`,
    ),
    file('too long a key', `${every} ${ed25519}AAAA\n`),
    file('a truncated key before the right one', `${every} ${wrong.slice(0, -8)}\n${every} ${ed25519}\n`),
    file('another type than the key has', `${every} ssh-rsa ${base64}\n${every} SSH-ED25519 ${base64}\n`),
    file('white space that base64 passes over', `${every} ssh-ed25519 ${base64.slice(0, 20)}\v\f${base64.slice(20)}\n`),
    file('an old SSH 1 key', `${every} 1024 35 1234567890\n${every} ${ed25519}\n`),
    file(
      'a very long line',
      `${Array.from({ length: 4000 }, (_, index) => `host${index}.example.org`).join(',')},${every} ${ed25519}\n`,
    ),
    file('too long a pattern spoils the line', `${every},${'x'.repeat(1023)} ${ed25519}\n`),
    file('a pattern that is just not too long', `${every},${'x'.repeat(1022)} ${ed25519}\n`),
    file('commas and nothing', `,,${every},, ${ed25519}\n`),
    file('a space in the list', `mx1.example.org, 10.0.0.5 ${ed25519}\n`),
  ]
}
