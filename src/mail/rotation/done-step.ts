// A step that `mailrun rotate` did, or tried to do, with a key.
export interface DoneStep {
  readonly host: string
  readonly domain: string
  readonly selector: string
  /** `published in DNS`, `signs now` … */
  readonly what: string
  /** Why the step did not succeed. */
  readonly failed?: string
}

export type ReportStep = (doneStep: DoneStep) => void
