// A record as a line of a zone file (RFC 1035, section 5).
import { MailrunError } from '../../model/mailrun-error.ts'

/** A TXT record's strings hold at most this many bytes (RFC 1035, section 3.3.14). */
const STRING_BYTES = 255

/**
 * Cut by bytes, even within a character; backslash and quote are escaped, what is not printable ASCII is written
 * `\DDD`.
 *
 * @throws MailrunError for half a surrogate pair, which no bytes stand for
 */
export function characterStrings(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  if (bytes.toString() !== value) throw new MailrunError(`${JSON.stringify(value)} cannot be written in UTF-8`)
  const strings: string[] = []
  for (let from = 0; from < bytes.length || from === 0; from += STRING_BYTES)
    strings.push(quotedString(bytes.subarray(from, from + STRING_BYTES)))
  return strings
}

/** One string, as a zone file has it. */
export const quotedString = (bytes: Uint8Array): string => `"${[...bytes].map(presentation).join('')}"`

function presentation(byte: number): string {
  if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`
}

export interface ZoneLine {
  /** As it is to stand there: `mx1._domainkey`, `example.org.`, `@`. */
  readonly owner: string
  /** Seconds; `undefined`: the zone's. */
  readonly ttl: number | undefined
  readonly type: string
  /** TXT: strings joined; other types: as a zone file has it. */
  readonly value: string
}

export function zoneLine({ owner, ttl, type, value }: ZoneLine): string {
  const data = type === 'TXT' ? characterStrings(value).join(' ') : value
  return [owner, ...(ttl === undefined ? [] : [ttl]), 'IN', type, data].join(' ')
}
