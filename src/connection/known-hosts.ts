// Reads known_hosts files as sshd(8) describes them, and tells what they say of a host.
import { createHash, createHmac } from 'node:crypto'

export interface KnownKey {
  readonly type: string
  /** The key as the wire carries it, base64. */
  readonly key: string
  readonly revoked: boolean
  /** file:line */
  readonly where: string
}

/**
 * The keys that a file has for a host. Lines that cannot be read and `@cert-authority` lines know nobody.
 *
 * @param name - `mx1.example.org`, or `[mx1.example.org]:2222` for another port than 22.
 */
export function knownKeys(text: string, file: string, name: string): readonly KnownKey[] {
  return text.split('\n').flatMap((line, index): KnownKey[] => {
    const fields = line.trim().split(/\s+/)
    if (fields[0] === undefined || fields[0] === '' || fields[0].startsWith('#')) return []
    const marker = fields[0].startsWith('@') ? fields.shift() : undefined
    const [hosts, type, key] = fields
    if (hosts === undefined || type === undefined || key === undefined) return []
    if (marker !== undefined && marker !== '@revoked') return []
    return namesHost(hosts, name.toLowerCase()) ? [{ type, key, revoked: marker === '@revoked', where: `${file}:${index + 1}` }] : []
  })
}

/** Patterns after ssh_config(5): `*`, `?`, a leading `!` excludes; or one hashed name. */
function namesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) {
    const [salt, digest] = hosts.slice(3).split('|')
    if (salt === undefined || digest === undefined) return false
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === digest
  }
  let named = false
  for (const pattern of hosts.toLowerCase().split(',')) {
    const excludes = pattern.startsWith('!')
    if (!matches(excludes ? pattern.slice(1) : pattern, name)) continue
    if (excludes) return false
    named = true
  }
  return named
}

const matches = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replace(/[\\^$.|+()[\]{}]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name)

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** The type that a wire key states (RFC 4253, section 6.6). */
export const typeOfKey = (key: Buffer): string => key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')
