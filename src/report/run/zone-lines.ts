// Writes the DNS records in a run's outputs as lines of a zone file.
import {
  commentLine,
  dataOf,
  dnsName,
  typeOf,
  writtenData,
  type DnsData,
  type DnsLine,
} from '../../mail/formats/dns-text.ts'
import { zoneLine } from '../../mail/formats/zone-line.ts'
import { MailrunError } from '../../core/mailrun-error.ts'

/** `value: null`: not known yet, as in a check before a key was made. */
export interface ShownRecord {
  readonly name: string
  readonly type: string
  readonly value: string | null
}

/** What cannot stand in a zone is reported in a comment: names and values may be a host's words. */
export const zoneLines = (records: readonly ShownRecord[]): readonly DnsLine[] => records.map(lineOf)

function lineOf({ name, type, value }: ShownRecord): DnsLine {
  try {
    const owner = dnsName(name.replace(/\.$/, ''))
    return value === null
      ? commentLine(`${owner} IN ${typeOf(type)} is not known yet`)
      : zoneLine({ owner, ttl: undefined, type: typeOf(type), data: dataFor(type, value) })
  } catch (error) {
    if (error instanceof MailrunError) return commentLine(`left out: ${error.message}`)
    throw error
  }
}

const dataFor = (type: string, value: string): DnsData =>
  type === 'TXT' || type === 'MX' ? dataOf({ type, value }) : writtenData(value)

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
