// Reads the file of RevokedHostKeys (ssh_config(5)): a list of keys, or a key revocation list (PROTOCOL.krl of
// OpenSSH).
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parsePublicKey, type PublicKey } from '../login-keys/public-key.ts'
import { wireReader } from '../login-keys/wire.ts'
import { messageOf } from '../../text/message-of.ts'

const MAGIC = Buffer.from('SSHKRL\n\0', 'latin1')
const FORMAT_VERSION = 1
const SKIPPED_HEADER_BYTES = 24
const SECTION = { certificates: 1, keys: 2, sha1: 3, sha256: 5 } as const

/** `revoked`, `not revoked`, or why that cannot be known: OpenSSH then refuses every host, and so does whoever asks. */
export type Revocation =
  | { readonly kind: 'revoked' | 'not revoked' }
  | { readonly kind: 'unreadable'; readonly why: string }

export function revocation(key: PublicKey, file: string): Revocation {
  try {
    const data = readFileSync(file)
    const revoked = data.subarray(0, MAGIC.length).equals(MAGIC)
      ? inRevocationList(key, data.subarray(MAGIC.length))
      : inPlainList(key, data.toString('latin1'))
    return { kind: revoked ? 'revoked' : 'not revoked' }
  } catch (error) {
    return { kind: 'unreadable', why: messageOf(error) }
  }
}

/** Certificates are passed over: no host shows one here. @throws RangeError where the list is not what it should be */
function inRevocationList({ blob }: PublicKey, data: Buffer): boolean {
  const list = wireReader(data)
  if (list.uint32() !== FORMAT_VERSION) throw new RangeError('it is a key revocation list of an unknown version')
  list.bytes(SKIPPED_HEADER_BYTES)
  list.string()
  list.string()
  const wanted = new Map<number, Buffer>([
    [SECTION.keys, blob],
    [SECTION.sha1, createHash('sha1').update(blob).digest()],
    [SECTION.sha256, createHash('sha256').update(blob).digest()],
  ])
  let revoked = false
  while (list.left > 0) {
    const type = list.bytes(1)[0]!
    const section = wireReader(list.string())
    const each = wanted.get(type)
    if (each === undefined && type !== SECTION.certificates)
      throw new RangeError(`the key revocation list has a section that is not supported (type ${type})`)
    while (each !== undefined && section.left > 0) revoked = section.string().equals(each) || revoked
  }
  return revoked
}

/** Type, key and comment on each line. @throws RangeError with the number of a line that is not that */
function inPlainList({ blob }: PublicKey, text: string): boolean {
  const keys = text.split('\n').flatMap((line, index) => {
    const [type = '', base64 = ''] = line.replace(/^[ \t]+/, '').split(/[ \t]+/)
    if (type === '' || type.startsWith('#')) return []
    const key = parsePublicKey(type, base64)
    if (key === undefined) throw new RangeError(`line ${index + 1} is no public key`)
    return [key]
  })
  return keys.some((each) => each.blob.equals(blob))
}
