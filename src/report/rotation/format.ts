// The type of an output format of `mailrun rotate`.
import type { DoneStep } from '../../mail/rotation/done-step.ts'
import type { NextSteps } from '../../mail/rotation/steps.ts'
import type { About } from '../registry.ts'
import type { Screen } from '../screen.ts'

export interface RotationView {
  readonly rotations: readonly NextSteps[]
  readonly faults: readonly {
    readonly host: string
    readonly domain: string | undefined
    readonly status: string
    readonly why: string
  }[]
  readonly doneSteps: readonly DoneStep[]
  readonly check: boolean
  /** Here. */
  readonly now: Date
}

export interface RotationReport {
  /** The moment it is done, or has failed. */
  readonly done: (doneStep: DoneStep) => void
  readonly waiting: (why: string) => void
  readonly ended: (view: RotationView) => void
}

export interface RotationFormat extends About {
  readonly open: (screen: Screen) => RotationReport
}
