// Predicts the state of a unit from a fact about the unit, its definition, its files or its sockets.
import { factAbout, type Fact, type PathFact, type UnitFact } from '../../core/task/fact.ts'
import { isKnown, UNKNOWN } from '../../core/unknown.ts'
import { covers } from './unit-stamp.ts'
import type { UnitQuestion, UnitState } from './unit-state.ts'

/** @param definitions - where it may be defined: unit files, and directories of drop-ins, whose names end with `.d`. */
export function foreseeUnit(
  question: UnitQuestion,
  definitions: readonly string[],
  state: UnitState,
  known: Fact,
): UnitState | undefined {
  const own = factAbout(known, 'unit', question.unit)
  if (own) return brought(question, state, own.value)
  if (!known.resource.startsWith('path:')) return state
  const path = known.resource.slice('path:'.length)
  const value = known.value as PathFact
  const definition = definitions.find((each) => covers(each, path))
  const next = definition === undefined ? state : redefined(question, state, path, value, definition.endsWith('.d'))
  return next && withoutSockets(question, withFile(question, next, path, value), path, value)
}

/** A unit that another task starts or a package brings has no stamp. */
function brought(
  { unit, restartOn, reloadOn }: UnitQuestion,
  state: UnitState,
  value: UnitFact,
): UnitState | undefined {
  const nothing = { restart: [], reload: [], unproven: [] }
  if (value.kind === 'absent') return { ...state, ...nothing, there: false, active: false, stopped: true }
  const { active, enabled } = value
  if (!isKnown(active) || !isKnown(enabled)) return undefined
  const unproven = active ? [...(restartOn ?? []), ...reloadOn] : []
  return {
    ...state,
    ...nothing,
    ...(state.there ? {} : anew(unit)),
    there: true,
    active,
    stopped: !active,
    enabled,
    unproven,
  }
}

const anew = (unit: string) => ({ id: unit, fragment: UNKNOWN, linked: false, reloads: UNKNOWN, real: [unit] }) as const

/**
 * A definition or a drop-in that will be there or change; `undefined` for one that goes: another may stand behind it.
 */
function redefined(
  { unit, restartOn }: UnitQuestion,
  state: UnitState,
  path: string,
  value: PathFact,
  dropIn: boolean,
): UnitState | undefined {
  if (value.kind === 'absent') return undefined
  if (dropIn && !path.endsWith('.conf')) return state
  const keepsContent = value.kind === 'file' && isKnown(value.mtime)
  if (value.kind === 'directory' || (keepsContent && !state.unproven.includes(path))) return state
  const restart =
    restartOn !== undefined && state.active && !state.restart.includes(path) ? [...state.restart, path] : state.restart
  // Of an unproven one whose owner or mode changes only the time is new.
  if (keepsContent) return { ...state, restart }
  if (state.there) return { ...state, reloads: UNKNOWN, needDaemonReload: true, restart }
  if (dropIn) return state
  return {
    ...state,
    ...anew(unit),
    there: true,
    active: false,
    stopped: true,
    enabled: 'disabled',
    fragment: path,
    needDaemonReload: true,
    restart: [],
    reload: [],
    unproven: [],
  }
}

function withFile({ restartOn, reloadOn }: UnitQuestion, state: UnitState, path: string, value: PathFact): UnitState {
  const asked = (files: readonly string[] | undefined): readonly string[] =>
    (files ?? []).filter((each) => covers(each, path) || (value.kind === 'absent' && covers(path, each)))
  const changed = (files: readonly string[]): readonly string[] =>
    files.filter((each) => changes(value, state.unproven.includes(each)))
  if (!state.active) return state
  const restart = changed(asked(restartOn))
  const reload = changed(asked(reloadOn)).filter((each) => !restartOn?.includes(each))
  return {
    ...state,
    restart: [...new Set([...state.restart, ...restart])],
    reload: [...new Set([...state.reload, ...reload])],
  }
}

/** Without a stamp a changed owner or mode looks like a changed content, and a file that is gone cannot be known. */
function changes(value: PathFact, unproven: boolean): boolean {
  if (value.kind === 'directory') return false
  if (value.kind === 'absent') return !unproven
  return value.kind !== 'file' || !isKnown(value.mtime) || unproven
}

/** A socket goes with the directory that it is in; one that is made again has none, as was reported already. */
function withoutSockets({ listens }: UnitQuestion, state: UnitState, path: string, value: PathFact): UnitState {
  const kept = value.kind === 'directory' || value.kind === 'other'
  const gone = kept ? [] : listens.filter((each) => covers(path, each) && !state.missing.includes(each))
  return gone.length === 0 ? state : { ...state, missing: [...state.missing, ...gone] }
}
