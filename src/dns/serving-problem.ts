// Why an answer is not the record that is wanted.
import type { WantedRecord } from '../mail/dns-record.ts'
import type { ServerAnswer } from './ask-zone.ts'
import { look, type Looking } from './look.ts'
import { shownServer } from './name-server.ts'
import { isServed } from './wanted-change.ts'

export interface ServingProblem {
  /** `silent`: no answer that counts. */
  readonly kind: 'absent' | 'other' | 'silent'
  /** What is served instead, in words that follow the server's name. */
  readonly why: string
}

/** CNAMEs in a row. */
const ALIASES = 8

/** `undefined`: it is served. An alias is followed to the servers of the name that it leads to. @throws ZoneNotFound */
export async function servingProblem(
  record: WantedRecord,
  answer: ServerAnswer,
  looking: Looking,
  aliases = ALIASES,
): Promise<ServingProblem | undefined> {
  switch (answer.kind) {
    case 'failed':
      return { kind: 'silent', why: `gives no answer that counts: ${answer.why}` }
    case 'none':
      return { kind: 'absent', why: 'has no such record' }
    case 'found':
      return isServed(record, answer.rrset)
        ? undefined
        : { kind: 'other', why: `serves ${answer.rrset.rdata.map(({ text }) => text).join(' and ')}` }
    case 'alias': {
      if (aliases === 0) return { kind: 'other', why: `has a chain of more than ${ALIASES} aliases there, or a loop` }
      const { views } = await look({ name: answer.target, type: record.type }, looking)
      for (const view of views) {
        const problem = await servingProblem(record, view.answer, looking, aliases - 1)
        if (problem !== undefined) {
          return {
            kind: problem.kind,
            why: `has an alias for ${answer.target} there, of which ${shownServer(view.server)} ${problem.why}`,
          }
        }
      }
      return undefined
    }
  }
}
