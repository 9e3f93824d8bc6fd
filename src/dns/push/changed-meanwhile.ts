// Checks that a set of records is still as it was read, for backends that cannot compare by themselves.
import { dnsLine } from '../../mail/formats/dns-text.ts'
import { OUTDATED, type UpdateOutcome, type Zone } from '../backends/backend.ts'
import type { WrittenChange } from '../backends/written-change.ts'
import { askServer } from '../lookup/ask-server.ts'
import { askZone, type ServerAnswer } from '../lookup/ask-zone.ts'
import { shownServer } from '../lookup/name-server.ts'

/** Asks the primary. `undefined`: the set is as it was read. */
export async function changedMeanwhile(
  change: WrittenChange,
  { zone, primary }: Zone,
): Promise<UpdateOutcome | undefined> {
  if (primary === undefined) return { kind: 'failed', why: `${zone}: no primary is known to be asked: set dns.primary` }
  const answer = await askZone(askServer, primary, change.owner.slice(0, -1), change.type)
  if (answer.kind === 'failed')
    return { kind: 'failed', why: `${shownServer(primary)} does not tell what is there now: ${answer.why}` }
  return isAsRead(change, answer) ? undefined : OUTDATED('it is not what it was')
}

function isAsRead({ type, before }: WrittenChange, answer: ServerAnswer): boolean {
  if (answer.kind !== 'found') return answer.kind === 'none' && before === undefined
  const there = answer.rrset.rdata.map(({ text }) => dnsLine`${answer.rrset.ttl} ${type} ${text}`)
  const read = (before?.data ?? []).map((text) => dnsLine`${before!.ttl} ${type} ${text}`)
  return there.sort().join('\n') === read.sort().join('\n')
}
