// A thing that is wrong in one place, before the same of several places is told as one.
import type { Purpose } from '../mail/dns-record.ts'
import type { AuditFinding, AuditSubject } from '../model/audit.ts'
import type { CheckName, Severity } from '../model/findings/finding-kind.ts'
import type { FindingId } from '../model/findings/finding-kinds.ts'

export interface Fault {
  readonly id: FindingId
  readonly subject: AuditSubject
  /** Names no host, so that the same of several hosts is the same. */
  readonly message: string
  readonly expected?: string | undefined
  readonly found?: string | undefined
  /** Left out: that of the kind of finding. */
  readonly remedy?: string | undefined
  /** Left out: that of the kind of finding. */
  readonly severity?: Severity | undefined
  /** Left out: that of the kind of finding. */
  readonly check?: CheckName | undefined
  /** Of a record that is wanted: what it is there for. */
  readonly purpose?: Purpose
  /** Of a proof: it is this host's, whose name is put in by who gathers. */
  readonly own?: true
}

/** A list of the fault where it is one, else an empty list. */
export const faultIf = (isFault: boolean, fault: Fault): readonly Fault[] => (isFault ? [fault] : [])

/** A fault with all that its kind says. */
export type Judged = Omit<AuditFinding, 'subjects'> & { readonly subject: AuditSubject }
