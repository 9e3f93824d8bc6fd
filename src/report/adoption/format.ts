// The type of an output format of `mailrun adopt`.
import type { Adoption } from '../../mail/adoption.ts'
import type { MailrunError } from '../../core/mailrun-error.ts'
import type { RunResult } from '../../core/run-event.ts'
import type { About } from '../registry.ts'
import type { RunReport } from '../run/format.ts'
import type { Screen } from '../screen.ts'

/** The file of `--write`. */
export interface InventoryFile {
  readonly path: string
  /** Its text, which stays; `undefined`: it is a new one. */
  readonly before: string | undefined
}

/** Whose check is shown. */
export interface PlaybookChoice {
  readonly path: string
  /** Why this one; left out: it was named, or nothing speaks for another. */
  readonly why?: string | undefined
}

export interface Checked {
  /** Left out: there was nothing to check. */
  readonly checked?: RunResult
  /** Why the vars do not go together. */
  readonly wrong?: MailrunError
}

export interface Adopted extends Checked {
  readonly adoption: Adoption
  /** YAML. */
  readonly inventory: string
  readonly playbook: PlaybookChoice
}

export interface AdoptionReport {
  /** Before the check. @param file - left out: none was named. */
  readonly found: (adoption: Adoption, inventory: string, file: InventoryFile | undefined) => void
  /** The check begins, of a run with the vars that were found. @param diff - changes to files' texts, too. */
  readonly checks: (playbook: PlaybookChoice, diff: boolean) => RunReport
  readonly ended: (adopted: Adopted) => void
}

export interface AdoptionFormat extends About {
  readonly open: (screen: Screen) => AdoptionReport
}
