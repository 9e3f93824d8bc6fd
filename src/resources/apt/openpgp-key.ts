// OpenPGP public keys as text (RFC 9580): finds the fingerprints of the keys in an armored block.
import { createHash } from 'node:crypto'

const BLOCK = /^-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([^]*?)\r?\n-----END PGP PUBLIC KEY BLOCK-----\s*$/

const PUBLIC_KEY = 6

/** Tags of all that a public key block holds: key, signatures, trust, names, keys below it, pictures, padding. */
const PUBLIC = [2, PUBLIC_KEY, 12, 13, 14, 17, 21]

/**
 * The fingerprints of the primary keys (version 4), in upper case.
 *
 * @returns why the text is no such block, in words.
 */
export function primaryKeys(armored: string): readonly string[] | { readonly wrong: string } {
  const body = BLOCK.exec(armored.trimStart())?.[1]
  if (body === undefined) return { wrong: 'it is no armored block (-----BEGIN PGP PUBLIC KEY BLOCK-----)' }
  // Headers end at an empty line; the checksum begins with "=".
  const lines = body.split(/\r?\n/)
  const start = lines.findIndex((line) => line.trim() === '')
  const data = lines.slice(start + 1).filter((line) => !line.startsWith('='))
  if (data.some((line) => !/^[A-Za-z0-9+/]+={0,2}$/.test(line.trim()))) return { wrong: 'its base64 cannot be read' }
  return keysIn(Buffer.from(data.join(''), 'base64'))
}

function keysIn(bytes: Buffer): ReturnType<typeof primaryKeys> {
  const keys: string[] = []
  for (let at = 0; at < bytes.length;) {
    const packet = packetAt(bytes, at)
    if (packet === undefined) return { wrong: 'it is cut short, or no OpenPGP key' }
    const { tag, start, end } = packet
    if (!PUBLIC.includes(tag)) return { wrong: `it holds what is no public key (a packet of type ${tag})` }
    if (tag === PUBLIC_KEY) {
      const content = bytes.subarray(start, end)
      if (content[0] !== 4) return { wrong: `a key of version ${content[0] ?? 0} is in it: only version 4 is read` }
      keys.push(fingerprint(content))
    }
    at = end
  }
  return keys.length === 0 ? { wrong: 'there is no key in it' } : keys
}

interface Packet {
  readonly tag: number
  readonly start: number
  readonly end: number
}

/** RFC 9580, 4.2: both forms of headers; `undefined` for partial lengths, which keys do not have. */
function packetAt(bytes: Buffer, at: number): Packet | undefined {
  const head = bytes[at]!
  if ((head & 0x80) === 0) return undefined
  const isNew = (head & 0x40) !== 0
  const tag = isNew ? head & 0x3f : (head >> 2) & 0x0f
  const length = isNew ? newLength(bytes, at + 1) : oldLength(bytes, at + 1, head & 3)
  if (length === undefined) return undefined
  const start = at + 1 + length.size
  const end = start + length.value
  return end <= bytes.length ? { tag, start, end } : undefined
}

interface Length {
  readonly size: number
  readonly value: number
}

function newLength(bytes: Buffer, at: number): Length | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 192) return { size: 1, value: first }
  if (first < 224)
    return at + 1 < bytes.length ? { size: 2, value: ((first - 192) << 8) + bytes[at + 1]! + 192 } : undefined
  return first === 255 && at + 5 <= bytes.length ? { size: 5, value: bytes.readUInt32BE(at + 1) } : undefined
}

function oldLength(bytes: Buffer, at: number, kind: number): Length | undefined {
  const size = [1, 2, 4][kind]
  return size !== undefined && at + size <= bytes.length ? { size, value: bytes.readUIntBE(at, size) } : undefined
}

/** RFC 9580, 5.5.4.2 */
function fingerprint(key: Buffer): string {
  const head = Buffer.from([0x99, key.length >> 8, key.length & 0xff])
  return createHash('sha1').update(head).update(key).digest('hex').toUpperCase()
}
