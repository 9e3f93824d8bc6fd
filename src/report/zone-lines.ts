// The DNS records in a run's outputs as lines of a zone file.
import { zoneLine } from '../mail/render/zone-line.ts'

/** `value: null`: not known yet, as in a check before a key was made. */
export interface ShownRecord {
  readonly name: string
  readonly type: string
  readonly value: string | null
}

export const zoneLines = (records: readonly ShownRecord[]): readonly string[] =>
  records.map(({ name, type, value }) => {
    const owner = name.endsWith('.') ? name : `${name}.`
    return value === null ? `; ${owner} IN ${type} is not known yet` : zoneLine({ owner, ttl: undefined, type, value })
  })

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
