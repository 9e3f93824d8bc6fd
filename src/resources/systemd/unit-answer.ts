// Reads the state of one unit from the answer about all units.
import type { Clock } from './unit-clock.ts'
import { definitionOf, loadedFiles } from './unit-loaded.ts'
import type { Stamp, States } from './unit-stamp.ts'
import { isMasked, type UnitProperties, type UnitQuestion, type UnitState } from './unit-state.ts'

export interface UnitsAnswer {
  /** By the names that were asked for. */
  readonly own: ReadonlyMap<string, UnitProperties>
  /** All that were shown, by Id: what stands behind a oneshot wrapper is among them. */
  readonly shown: ReadonlyMap<string, UnitProperties>
  /** By Id, for units whose UnitFileState does not tell whether they start at boot. */
  readonly atBoot: ReadonlyMap<string, boolean>
  /** Links in /etc/systemd/system. */
  readonly linked: ReadonlySet<string>
  /** Units of which there is a file. */
  readonly defined: ReadonlySet<string>
  readonly sockets: ReadonlySet<string>
  readonly stamps: ReadonlyMap<string, Stamp>
  readonly states: States
  readonly clock: Clock | undefined
}

export function unitState(question: UnitQuestion, reported: UnitsAnswer): UnitState {
  const { unit, restartOn, listens } = question
  const own = reported.own.get(unit)!
  const of = (name: string): string => own.get(name) ?? ''
  const behind =
    of('Type') === 'oneshot'
      ? of('ConsistsOf')
          .split(' ')
          .flatMap((name) => reported.shown.get(name) ?? [])
      : []
  const all = [own, ...behind]
  const real = behind.length > 0 ? behind : [own]
  const enabled = enabledOf(own, reported)
  const masked = isMasked(enabled)
  const active = all.every((each) => ['active', 'reloading'].includes(each.get('ActiveState') ?? ''))
  // The definition behind a mask is not shown.
  const definition = restartOn === undefined || masked ? [] : definitionOf(all)
  // Under another name of a masked unit systemd does not find the unit any more.
  const lost = masked && of('LoadState') === 'error'
  return {
    id: lost ? of('FragmentPath').replace(/^.*\//, '') : of('Id') || unit,
    there: masked
      ? reported.defined.has(unit)
      : !['not-found', 'error', 'bad-setting'].includes(of('LoadState')) && enabled !== 'bad',
    active,
    stopped: all.every(
      (each) => ['inactive', 'failed'].includes(each.get('ActiveState') ?? '') && (each.get('Job') ?? '') === '',
    ),
    enabled,
    fragment: of('FragmentPath'),
    linked: !masked && reported.linked.has(unit),
    reloads: of('CanReload') === 'yes',
    // Unmasking loads it again.
    needDaemonReload: !masked && all.some((each) => each.get('NeedDaemonReload') === 'yes'),
    ...(active
      ? loadedFiles(question, real, definition, reported.stamps, reported.states, reported.clock)
      : { restart: [], reload: [], unproven: [] }),
    missing: listens.filter((path) => !reported.sockets.has(path)),
    real: real.map((each) => each.get('Id') ?? unit),
  }
}

function enabledOf(own: UnitProperties, { atBoot }: UnitsAnswer): string {
  const starts = atBoot.get(own.get('Id') ?? '')
  if (starts !== undefined) return starts ? 'enabled' : 'disabled'
  const state = own.get('UnitFileState') ?? ''
  return own.get('LoadState') === 'masked' && !isMasked(state) ? 'masked' : state
}
