// What is to be said of a record that can be read: a fault, a risk, a note.

/**
 * `error`: it does not do what it is there for. `warning`: it works, and is risky or incomplete. `note`: good to know.
 */
export interface RecordFinding {
  /** Never changes its meaning; lists of accepted findings name it. */
  readonly id: string
  readonly severity: 'error' | 'warning' | 'note'
  readonly message: string
  /** What to do. */
  readonly remedy: string
}

export const finding = (
  id: string,
  severity: RecordFinding['severity'],
  message: string,
  remedy: string,
): RecordFinding => ({ id, severity, message, remedy })
