// The error for a record whose text cannot be parsed.
import { MailrunError } from '../../core/mailrun-error.ts'

/** Characters of a term that a message shows: it may be a stranger's, and long. */
const SHOWN = 300

/** `term` is the piece that is wrong, as written. */
export class RecordSyntaxError extends MailrunError {
  override readonly name: string = 'RecordSyntaxError'
  readonly term: string

  /** @param record - such as `SPF record` */
  constructor(record: string, term: string, problem: string) {
    super(`${record}: ${JSON.stringify(term.length <= SHOWN ? term : `${term.slice(0, SHOWN)}…`)} ${problem}`)
    this.term = term
  }
}
