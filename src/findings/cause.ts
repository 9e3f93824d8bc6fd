// What several findings have in common: one remedy clears all of them. Reports for people show them as one.

export interface Cause {
  /** Stable, for programs. */
  readonly key: string
  /** What to do about all of them; a single one may say it more exactly. */
  readonly remedy: string
}
