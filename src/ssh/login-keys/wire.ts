// Reads SSH's data types (RFC 4251, section 5), strings and integers, one after the other.
import type { Untrusted } from '../../shell/untrusted.ts'

export interface WireReader {
  readonly left: number
  uint32(): number
  bytes(length: number): Buffer
  /** A string, as bytes. */
  string(): Buffer
  /** A string that holds text: no NUL but a last one (sshbuf_get_cstring). */
  text(): string
  /** An mpint that is not negative, without leading zeros. */
  mpint(): Buffer
}

/** OpenSSH's SSHBUF_MAX_BIGNUM. */
const LONGEST_MPINT_BYTES = 2048

/** Each method throws RangeError where the data is not as it says. */
export function wireReader(data: Untrusted<Buffer>): WireReader {
  let at = 0
  const take = (length: number): Buffer => {
    if (length > data.length - at) throw new RangeError('the data ends too early')
    at += length
    return data.subarray(at - length, at)
  }
  const uint32 = (): number => take(4).readUInt32BE(0)
  const string = (): Buffer => take(uint32())
  return {
    get left() {
      return data.length - at
    },
    uint32,
    bytes: take,
    string,
    text() {
      const bytes = string()
      const nul = bytes.indexOf(0)
      if (nul >= 0 && nul < bytes.length - 1) throw new RangeError('there is a NUL in a text')
      return bytes.subarray(0, nul < 0 ? bytes.length : nul).toString('latin1')
    },
    mpint() {
      const bytes = string()
      if ((bytes[0] ?? 0) & 0x80) throw new RangeError('a number is negative')
      const first = bytes.findIndex((byte) => byte !== 0)
      const number = first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first)
      if (number.length > LONGEST_MPINT_BYTES) throw new RangeError('a number is too large')
      return number
    },
  }
}

/** A string for the wire. */
export function wireString(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content as string, 'latin1')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** An mpint for the wire, of a number without leading zeros. */
export const wireMpint = (number: Buffer): Buffer =>
  wireString((number[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), number]) : number)
