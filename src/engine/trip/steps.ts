// Makes steps of planned changes, and divides the steps into trips of a limited size.
import type { Change } from '../../core/task/change.ts'
import type { Task } from '../../core/task/task.ts'
import type { PlanOfChange } from '../foresee.ts'
import type { Step } from './trip-request.ts'

/** A step with what it belongs to. `completes`: it is the change itself, not a piece that goes before it. */
export interface PlannedStep extends Step {
  readonly task: Task
  readonly change: Change
  readonly completes: boolean
}

/** Seconds for a change that states none. */
const CHANGE_SECONDS = 60
/** dash reads a script whole before it begins: a few megabytes are nothing, 64 cost seconds. */
const TRIP_BYTES = 4 << 20

export const stepsOf = (task: Task, plan: PlanOfChange): readonly PlannedStep[] =>
  plan.changes.flatMap((change) => {
    const step = (text: string, completes: boolean): PlannedStep => ({
      task,
      change,
      completes,
      text,
      timeoutSeconds: change.timeoutSeconds ?? CHANGE_SECONDS,
    })
    return [...(change.before ?? []).map((piece) => step(piece.text, false)), step(change.apply.text, true)]
  })

/** At least one trip, be it empty; a change that wants a new connection begins another one. */
export function tripsOf(steps: readonly PlannedStep[]): readonly (readonly PlannedStep[])[] {
  const trips: PlannedStep[][] = [[]]
  let bytes = 0
  for (const step of steps) {
    bytes += step.text.length
    const last = trips.at(-1)!.at(-1)
    const reconnects = step.change.reconnect !== undefined && step.change !== last?.change
    if ((bytes > TRIP_BYTES || reconnects) && last !== undefined) {
      trips.push([])
      bytes = step.text.length
    }
    trips.at(-1)!.push(step)
  }
  return trips
}
