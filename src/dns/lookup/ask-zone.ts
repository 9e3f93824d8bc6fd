// Asks a name server of a zone about a name. The result is the set of records, that there is none, or why this cannot
// be known.
import { MailrunError } from '../../core/mailrun-error.ts'
import type { AskServer } from './ask-server.ts'
import type { NameServer } from './name-server.ts'
import { recordsAt, type NoRecords } from './records-at.ts'
import { rdataIn, type Rrset } from './rrset.ts'

export type ServerAnswer =
  | { readonly kind: 'found'; readonly rrset: Rrset }
  /** The server answers with authority that there are none. */
  | { readonly kind: 'none' }
  | NoRecords

/** @param name - in lower case */
export async function askZone(
  ask: AskServer,
  server: NameServer,
  name: string,
  type: 'TXT' | 'MX',
): Promise<ServerAnswer> {
  const there = await recordsAt(ask, server, name, type)
  if (there.kind !== 'records') return there
  try {
    const rdata = there.records.flatMap(rdataIn)
    return rdata.length === 0 ? { kind: 'none' } : { kind: 'found', rrset: { ttl: there.records[0]?.ttl ?? 0, rdata } }
  } catch (error) {
    if (error instanceof MailrunError) return { kind: 'failed', why: `its records cannot be read: ${error.message}` }
    throw error
  }
}
