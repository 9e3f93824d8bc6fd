// DNS records as lines of a zone file (RFC 1035, section 5).

/** `value: null`: not known yet, as in a check before a key was made. */
export interface ShownRecord {
  readonly name: string
  readonly type: string
  readonly value: string | null
}

/** A TXT record's strings hold at most this many bytes (RFC 1035, section 3.3.14). */
const STRING_BYTES = 255

export const zoneLines = (records: readonly ShownRecord[]): readonly string[] =>
  records.map(({ name, type, value }) => {
    const owner = name.endsWith('.') ? name : `${name}.`
    if (value === null) return `; ${owner} IN ${type} is not known yet`
    return `${owner} IN ${type} ${type === 'TXT' ? characterStrings(value).join(' ') : value}`
  })

/** Cut by bytes; backslash and quote are escaped, what is not printable ASCII is written `\DDD`. */
export function characterStrings(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  const strings: string[] = []
  for (let from = 0; from < bytes.length || from === 0; from += STRING_BYTES) {
    const text = [...bytes.subarray(from, from + STRING_BYTES)].map(presentation).join('')
    strings.push(`"${text}"`)
  }
  return strings
}

function presentation(byte: number): string {
  if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`
}

/** The records in a host's `outputs.dns`; what does not look like one is left out. */
export function recordsIn(dns: unknown): readonly ShownRecord[] {
  if (!Array.isArray(dns)) return []
  return dns.flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null) return []
    const { name, type, value } = each as { name?: unknown; type?: unknown; value?: unknown }
    const known = typeof value === 'string' || value === null
    return typeof name === 'string' && typeof type === 'string' && known ? [{ name, type, value }] : []
  })
}
