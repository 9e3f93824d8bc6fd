// OpenSSH's public keys as text: `ssh-ed25519 AAAA… comment`, alone and in lines of authorized_keys.

import type { Untrusted } from '../../shell/untrusted.ts'

export interface SshKey {
  /** `ssh-ed25519` */
  readonly type: string
  /** In base64; it begins with the type, so that no two types share one. */
  readonly blob: string
  readonly comment: string | undefined
}

const TYPES = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const
const BLOB = /^[A-Za-z0-9+/]{16,16384}={0,2}$/

/** @returns `undefined` for what is no such key. */
export function sshKey(text: Untrusted): SshKey | undefined {
  const [type = '', blob = '', ...comment] = text.trim().split(/[ \t]+/)
  const isKey = (TYPES as readonly string[]).includes(type) && BLOB.test(blob) && startsWithType(type, blob)
  return isKey && !/[\n\r\0]/.test(text.trim())
    ? { type, blob, comment: comment.length === 0 ? undefined : comment.join(' ') }
    : undefined
}

/** RFC 4253, 6.6: the type's name is the first string of the blob. */
function startsWithType(type: Untrusted, blob: Untrusted): boolean {
  const bytes = Buffer.from(blob, 'base64')
  if (bytes.length <= 4 + type.length || bytes.readUInt32BE(0) !== type.length) return false
  return bytes.toString('latin1', 4, 4 + type.length) === type
}

/** What is wrong with a public key as an argument, or `undefined`. */
export const checkSshKey = (argument: string, text: string): string | undefined =>
  sshKey(text) === undefined
    ? `${argument} must be a public key as OpenSSH writes it, such as "ssh-ed25519 AAAA… name"`
    : undefined

/** The key of a line of authorized_keys, which may begin with options; `undefined`: it holds none. */
export function authorizedKeyIn(line: Untrusted): SshKey | undefined {
  const text = line.trim()
  if (text === '' || text.startsWith('#')) return undefined
  return sshKey(text) ?? sshKey(text.slice(endOfOptions(text)))
}

/** sshd(8): options end at the first blank that stands in no double quotes. */
function endOfOptions(text: Untrusted): number {
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]
    if (sign === '\\' && text[at + 1] === '"') at += 1
    else if (sign === '"') isQuoted = !isQuoted
    else if (!isQuoted && (sign === ' ' || sign === '\t')) return at
  }
  return text.length
}

/** For examples: 32 equal bytes as a key of Ed25519. */
export function exampleBlob(byte: number): string {
  const type = Buffer.from('ssh-ed25519')
  const length = (bytes: number): Buffer => Buffer.from([0, 0, 0, bytes])
  return Buffer.concat([length(type.length), type, length(32), Buffer.alloc(32, byte)]).toString('base64')
}
