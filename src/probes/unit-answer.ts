// Reads the state of one unit out of what was told of all.
import { definitionOf, loadedFiles, type UnitProperties } from './unit-loaded.ts'
import type { Stamp, States } from './unit-stamp.ts'
import type { UnitQuestion, UnitState } from './unit-state.ts'

export interface UnitsTold {
  /** By the names that were asked for. */
  readonly own: ReadonlyMap<string, UnitProperties>
  /** What stands behind oneshot wrappers, by Id. */
  readonly behind: ReadonlyMap<string, UnitProperties>
  readonly stamps: ReadonlyMap<string, Stamp>
  readonly states: States
}

export function unitState(question: UnitQuestion, told: UnitsTold): UnitState {
  const { unit, restartOn } = question
  const own = told.own.get(unit)!
  const behind = own.get('Type') === 'oneshot' ? (own.get('ConsistsOf') ?? '').split(' ').flatMap((name) => told.behind.get(name) ?? []) : []
  const all = [own, ...behind]
  const real = behind.length > 0 ? behind : [own]
  const enabled = own.get('LoadState') === 'masked' ? 'masked' : (own.get('UnitFileState') ?? '')
  const active = all.every((each) => ['active', 'reloading'].includes(each.get('ActiveState') ?? ''))
  // The definition behind a mask is not shown.
  const definition = restartOn === undefined || enabled === 'masked' ? [] : definitionOf(all)
  return {
    there: !['not-found', 'error', 'bad-setting'].includes(own.get('LoadState') ?? 'error'),
    active,
    enabled,
    needDaemonReload: all.some((each) => each.get('NeedDaemonReload') === 'yes'),
    ...(active ? loadedFiles(question, real, definition, told.stamps, told.states) : { restart: [], reload: [], unproven: [] }),
    real: real.map((each) => each.get('Id') ?? unit),
  }
}
