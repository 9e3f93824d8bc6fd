// The plan that gives a unit the wanted state: unmasked, enabled, running, with its files loaded. The task says how to
// start it.
import type { Change } from '../../core/task/change.ts'
import { blocked, change, type Plan } from '../../core/task/plan.ts'
import { UNKNOWN } from '../../core/unknown.ts'
import type { UnitQuestion, UnitState } from './unit.ts'
import { sh } from '../../shell/sh.ts'
import { enablementChanges } from './unit-enablement.ts'
import { problemWith, type WantedUnit } from './unit-problem.ts'
import { STOP_SECONDS, type UnitStart } from './unit-script.ts'

/**
 * Blocked if the unit cannot get the wanted state. `start` makes the one change that starts, restarts or reloads it.
 *
 * @example
 * const rest = { ...question, real: now.real, validate: undefined, prove: undefined }
 * planUnit({ state: 'running' }, question, now, (verb) => [{ summary: verb, apply: startScript({ ...rest, verb }) }])
 */
export function planUnit(
  wanted: WantedUnit,
  question: UnitQuestion,
  now: UnitState,
  start: (verb: UnitStart['verb'], because: readonly string[]) => readonly Change[],
): Plan<UnitState> {
  const { state, enabled, masked } = wanted
  const problem = problemWith(wanted, question, now)
  if (problem !== undefined) return blocked(problem)
  const wantsStop = state === 'stopped' || masked === true
  // A masked unit can be neither started nor enabled.
  const needsNoMask = state === 'running' || enabled === true
  const { unmask, settle, then } = enablementChanges(
    { enabled, masked: masked ?? (needsNoMask ? false : undefined) },
    now,
  )
  const reload =
    now.there && now.needDaemonReload ? [{ summary: 'daemon-reload', apply: sh`systemctl daemon-reload` }] : []
  const stop =
    wantsStop && !now.stopped
      ? [
          {
            summary: 'stop',
            apply: sh`systemctl stop -- ${[...new Set([question.unit, ...now.real])]}`,
            timeoutSeconds: STOP_SECONDS,
          },
        ]
      : []
  const verb = wantsStop || !now.there ? undefined : verbOf(wanted, question, now)
  const started = verb === undefined ? [] : start(verb, because(question, now, verb))
  // Disabling removes the link that is this unit. If the unit runs, it continues to run.
  const unlinked = now.linked && settle.some(({ summary }) => summary === 'disable')
  const reloaded = reload.length > 0 || unmask.length > 0
  const redefined = reloaded || then === 'masked' || unlinked
  const afterStart = verb === undefined ? {} : loaded(question, now, verb)
  return change([...unmask, ...reload, ...stop, ...settle, ...started], {
    ...now,
    ...(redefined ? { fragment: UNKNOWN, reloads: UNKNOWN } : {}),
    ...(unlinked ? { there: false, linked: false, enabled: '' } : { enabled: then }),
    needDaemonReload: false,
    ...(wantsStop ? STOPPED : afterStart),
  })
}

const NOTHING_CHANGED = { restart: [], reload: [], unproven: [] } as const
const STOPPED = { active: false, stopped: true, ...NOTHING_CHANGED } as const

const loaded = ({ reloadOn, restartOn }: UnitQuestion, now: UnitState, verb: UnitStart['verb']): Partial<UnitState> =>
  verb === 'reload'
    ? { reload: [], unproven: now.unproven.filter((path) => !reloadOn.includes(path) || restartOn?.includes(path)) }
    : { active: true, stopped: false, ...NOTHING_CHANGED, missing: [] }

const redefinedSince = ({ restartOn }: UnitQuestion, now: UnitState): boolean =>
  restartOn !== undefined && now.needDaemonReload

function verbOf({ state }: WantedUnit, question: UnitQuestion, now: UnitState): UnitStart['verb'] | undefined {
  if (!now.active && state !== 'running') return undefined
  if (!now.active) return now.stopped ? 'start' : 'anew'
  if (now.restart.length > 0 || now.missing.length > 0 || redefinedSince(question, now)) return 'restart'
  return now.reload.length > 0 ? 'reload' : undefined
}

function because(question: UnitQuestion, now: UnitState, verb: UnitStart['verb']): readonly string[] {
  const changed = verb === 'reload' ? now.reload : now.restart
  const redefined = changed.length === 0 && verb === 'restart' && redefinedSince(question, now)
  return [
    ...(changed.length > 0 ? [`${changed.join(', ')} changed`] : []),
    ...(redefined ? ['its unit file or a drop-in changed'] : []),
    ...(now.missing.length > 0 ? [`${now.missing.join(', ')} is not there`] : []),
  ]
}
