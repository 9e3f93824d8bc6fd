// The algorithms that OpenSSH 9.2 knows, its defaults, and lists of them with + - ^ and wildcards (kex.c, sshkey.c).
import { matchesPattern, matchPatternList } from '../../../text/openssh-pattern.ts'
import { Refusal } from '../files/refusal.ts'

export type AlgorithmKind = 'cipher' | 'mac' | 'kex' | 'key' | 'signature'

const CIPHERS = [
  '3des-cbc',
  'aes128-cbc',
  'aes192-cbc',
  'aes256-cbc',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
]
const MAC_NAMES = ['hmac-sha1', 'hmac-sha1-96', 'hmac-sha2-256', 'hmac-sha2-512', 'hmac-md5', 'hmac-md5-96']
const MACS = [
  ...MAC_NAMES,
  'umac-64@openssh.com',
  'umac-128@openssh.com',
  ...MAC_NAMES.map((name) => `${name}-etm@openssh.com`),
  'umac-64-etm@openssh.com',
  'umac-128-etm@openssh.com',
]
const KEX = [
  'diffie-hellman-group1-sha1',
  'diffie-hellman-group14-sha1',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group-exchange-sha1',
  'diffie-hellman-group-exchange-sha256',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'sntrup761x25519-sha512',
  'sntrup761x25519-sha512@openssh.com',
]
const GSS_KEX = [
  'gss-gex-sha1-',
  'gss-group1-sha1-',
  'gss-group14-sha1-',
  'gss-group14-sha256-',
  'gss-group16-sha512-',
  'gss-nistp256-sha256-',
  'gss-curve25519-sha256-',
]
const SIGNATURES = [
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'webauthn-sk-ecdsa-sha2-nistp256@openssh.com',
  'ssh-dss',
  'ssh-rsa',
  'rsa-sha2-256',
  'rsa-sha2-512',
]
const withCertificate = (name: string): readonly string[] =>
  name.startsWith('webauthn') ? [name] : [name, `${name.replace('@openssh.com', '')}-cert-v01@openssh.com`]
const KEYS = SIGNATURES.flatMap(withCertificate)
/** sshkey_type_from_name() takes these too, in any case. */
const SHORT_KEYS = ['dsa', 'ecdsa', 'ecdsa-sk', 'ed25519', 'ed25519-sk', 'rsa', 'null']

const ALL: Readonly<Record<AlgorithmKind, readonly string[]>> = {
  cipher: CIPHERS,
  mac: MACS,
  kex: KEX,
  key: KEYS,
  signature: SIGNATURES,
}

const MODERN_SIGNATURES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'rsa-sha2-512',
  'rsa-sha2-256',
]
const DEFAULTS: Readonly<Record<AlgorithmKind, readonly string[]>> = {
  cipher: [
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
  ],
  mac: [
    'umac-64-etm@openssh.com',
    'umac-128-etm@openssh.com',
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha1-etm@openssh.com',
    'umac-64@openssh.com',
    'umac-128@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha1',
  ],
  kex: [
    'sntrup761x25519-sha512',
    'sntrup761x25519-sha512@openssh.com',
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
  ],
  key: [...MODERN_SIGNATURES.map((name) => withCertificate(name)[1]!), ...MODERN_SIGNATURES],
  signature: MODERN_SIGNATURES,
}
export const GSS_KEX_DEFAULT =
  'gss-group14-sha256-,gss-group16-sha512-,gss-nistp256-sha256-,gss-curve25519-sha256-,gss-group14-sha1-,gss-gex-sha1-'

/** Up to the first empty one, as strsep(3) loops end. */
const names = (list: string): readonly string[] => {
  const parts = list.split(',')
  const end = parts.indexOf('')
  return end < 0 ? parts : parts.slice(0, end)
}

/** Whether OpenSSH takes the text after the keyword; what follows a `-` it does not look at. */
export function isAlgorithmList(kind: AlgorithmKind, text: string): boolean {
  if (text.startsWith('-')) return true
  const list = /^[+^]/.test(text) ? text.slice(1) : text
  return list !== '' && names(list).every((name) => isAlgorithm(kind, name))
}

export const isGssKexList = (text: string): boolean =>
  names(text).every((name) => name.startsWith('gss-') && isAlgorithm('kex', name))

function isAlgorithm(kind: AlgorithmKind, name: string): boolean {
  if (kind === 'kex') return KEX.includes(name) || GSS_KEX.some((each) => name.startsWith(each))
  if (kind !== 'key' && kind !== 'signature') return ALL[kind].includes(name)
  if (KEYS.includes(name) || SHORT_KEYS.includes(name.toLowerCase())) return true
  return [...KEYS, 'null'].some((each) => matchPatternList(each, name) !== 'none')
}

/** The names that a setting comes to. @throws Refusal for a `!` and an empty list. */
export function algorithms(kind: AlgorithmKind, text: string | undefined): readonly string[] {
  const defaults = DEFAULTS[kind]
  if (text === undefined) return defaults
  if (text.startsWith('-')) {
    return defaults.filter((name) => matchPatternList(name, text.slice(1)) !== 'match')
  }
  const given = /^[+^]/.test(text) ? text.slice(1) : text
  const wanted = text.startsWith('+')
    ? [...defaults, ...names(given)]
    : text.startsWith('^')
      ? [...given.split(','), ...defaults]
      : given.split(',')
  if (wanted.some((pattern) => pattern.startsWith('!')))
    throw new Refusal(`a list of algorithms takes no !, got ${JSON.stringify(text)}`)
  const found = new Set(wanted.flatMap((pattern) => ALL[kind].filter((name) => matchesPattern(name, pattern))))
  if (found.size === 0) throw new Refusal(`no algorithm is left of ${JSON.stringify(text)}`)
  return [...found]
}
