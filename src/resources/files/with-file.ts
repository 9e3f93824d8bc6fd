// The plan of a task whose state is a file and something else, and the plan that removes a file.
import type { Change } from '../../core/task/change.ts'
import { blocked, change, ok, type SettledPlan } from '../../core/task/plan.ts'
import type { PathState } from './path.ts'
import { removeFile } from './program/files.ts'

/**
 * The changes of the file's own plan, then the others.
 *
 * @param now - the file, as the plan was given it.
 * @param then - the whole state, given what the file will be.
 * @example
 * withFile(putContent(put, now.file), now.file, loads, (file) => ({ file, loaded: true }))
 */
export function withFile<State>(
  plan: SettledPlan<PathState>,
  now: PathState,
  others: readonly Change[],
  then: (file: PathState) => State,
): SettledPlan<State> {
  if (plan.kind === 'blocked') return plan
  const changes = plan.kind === 'change' ? plan.changes : []
  return change([...changes, ...others], then(plan.kind === 'change' ? plan.then : now))
}

/** No file, and no symbolic link; blocked where a directory is there. */
export function withoutFile(path: string, now: PathState): SettledPlan<PathState> {
  if (now.is.kind === 'absent') return ok
  if (now.is.kind === 'directory') return blocked(`${path} is a directory: remove it with directory`)
  return change([{ summary: 'remove', apply: removeFile(path) }], { ...now, is: { kind: 'absent' } })
}
