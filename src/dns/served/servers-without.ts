// Asks each name server of a record's zone once, and tells which do not serve it.
import type { WantedRecord } from '../../mail/records/dns-record.ts'
import { look, type Looking } from '../lookup/look.ts'
import type { NameServer } from '../lookup/name-server.ts'
import { servingProblems, type ServingProblem } from './serving-problem.ts'

export interface ServersWithout {
  readonly zone: string
  /** Those that do not serve the record, or give no answer that counts; none where all serve it. */
  readonly missing: readonly (ServingProblem & { readonly server: NameServer })[]
}

/** @throws ZoneNotFound where it cannot be known which zone the record is in */
export async function serversWithout(record: WantedRecord, looking: Looking): Promise<ServersWithout> {
  const { views, zone } = await look(record, looking)
  const answers = views.map(({ answer }) => answer)
  const problems = await servingProblems(record, answers, looking)
  return {
    zone: zone.zone,
    missing: views.flatMap(({ server }, index) => {
      const problem = problems[index]
      return problem === undefined ? [] : [{ server, ...problem }]
    }),
  }
}
