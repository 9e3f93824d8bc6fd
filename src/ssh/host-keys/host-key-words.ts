// The error messages for a refused host key. None of them advises to check less.
import { quote } from '../../shell/quote.ts'
import { fingerprint, type PublicKey } from '../login-keys/public-key.ts'
import type { HostKeySource } from './host-key-source.ts'
import type { KnownKey } from './known-hosts.ts'

const OTHER_NAMES_SHOWN = 8

export const shown = (key: PublicKey): string => `${key.type} ${fingerprint(key)}`
export const where = ({ file, line }: KnownKey): string => `${file}:${line}`
const listed = (keys: readonly KnownKey[]): string => keys.map((each) => `${shown(each)} (${where(each)})`).join(', ')
/** How to print the key on the host itself. */
const onTheHost = (key: PublicKey): string => `there: ssh-keygen -l -f /etc/ssh/ssh_host_${fileOf(key)}_key.pub`

export function unknownKey(key: PublicKey, name: string, source: HostKeySource, others: readonly KnownKey[]): string {
  const elsewhere = others
    .slice(0, OTHER_NAMES_SHOWN)
    .map((each) => `\n  ${where(each)}: ${each.hosts.startsWith('|') ? '[hashed name]' : each.hosts}`)
  const more = others.length > OTHER_NAMES_SHOWN ? `\n  and ${others.length - OTHER_NAMES_SHOWN} more` : ''
  return [
    `the host key of ${name} is not known: ${shown(key)}`,
    ...(others.length > 0 ? [`the same key is known by other names:${elsewhere.join('')}${more}`] : []),
    `compare it with the one on the host (${onTheHost(key)}), then add it: ${addition(key, name, source)}`,
    'or let new keys be recorded, of hosts that have none yet: --accept-new',
  ].join('\n')
}

export function changedKey(key: PublicKey, name: string, source: HostKeySource, known: readonly KnownKey[]): string {
  return [
    `the host key of ${name} has CHANGED: ` +
      'someone may be listening in (a man in the middle), or the host was installed again',
    `it shows ${shown(key)}`,
    `known is ${listed(known)}`,
    `ask whoever runs the host, and compare (${onTheHost(key)}); only once the new key is verified:`,
    ...removals(name, known),
    `  ${addition(key, name, source)}`,
  ].join('\n')
}

export const revokedKey = (key: PublicKey, name: string, by: string): string =>
  [
    `the host key of ${name} is REVOKED (${by}): ${shown(key)}`,
    'someone may be using a stolen key to pass for the host: it needs a new one',
  ].join('\n')

export const otherAddressKey = (key: PublicKey, name: string, ip: string, known: readonly KnownKey[]): string =>
  [
    `the host key of ${name} differs from the one that is known for its address ${ip}: ` +
      'the name may lead to another host than it should (DNS spoofing), or the address was given to another',
    `it shows ${shown(key)}`,
    `known for ${ip} is ${listed(known)}`,
  ].join('\n')

export const onlyAuthority = (
  key: PublicKey | undefined,
  name: string,
  source: HostKeySource,
  authorities: readonly KnownKey[],
): string =>
  [
    `for ${name} there is only a certificate authority in known_hosts: ${listed(authorities)}; ` +
      "host certificates are checked by the system's ssh only",
    ...(key === undefined
      ? []
      : [
          `the host shows the plain key ${shown(key)}`,
          `compare it with the one on the host, then add it: ${addition(key, name, source)}`,
        ]),
  ].join('\n')

/** `ssh-keygen -R` removes whole lines, so not those that name other hosts, too. */
function removals(name: string, known: readonly KnownKey[]): readonly string[] {
  const alone = known.filter(({ hosts }) => !/[,*?!]/.test(hosts))
  const shared = known.filter((each) => !alone.includes(each))
  return [
    ...[...new Set(alone.map(({ file }) => file))].map((file) => `  ssh-keygen -f ${quote(file)} -R ${quote(name)}`),
    ...shared.map((each) => `  edit ${where(each)}, which names other hosts, too: ${each.hosts}`),
  ]
}

/** Through a proxy ssh-keyscan reaches no host, and it knows no aliases. */
function addition(
  key: PublicKey,
  name: string,
  { host, port, alias, userFiles, globalFiles, proxied }: HostKeySource,
): string {
  const file = quote(userFiles[0] ?? globalFiles[0] ?? '~/.ssh/known_hosts')
  if (proxied || alias !== undefined)
    return `echo ${quote(`${name} ${key.type} ${key.blob.toString('base64')}`)} >> ${file}`
  return `ssh-keyscan${port === 22 ? '' : ` -p ${port}`} -t ${fileOf(key)} ${quote(host)} >> ${file}`
}

/** As sshd's files and ssh-keyscan call the types. */
function fileOf({ type }: PublicKey): string {
  if (type.includes('ed25519')) return 'ed25519'
  if (type.includes('ecdsa')) return 'ecdsa'
  return type === 'ssh-dss' ? 'dsa' : 'rsa'
}
