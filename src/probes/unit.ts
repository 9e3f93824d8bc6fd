// Asks systemd about a unit, and whether it has loaded its files as they are now.
import { fact, factAbout, type Fact, type PathFact } from '../model/fact.ts'
import { defineProbe, type Probe } from '../model/probe.ts'
import { isKnown } from '../model/unknown.ts'
import { unitFamily, unitItem, type UnitQuestion, type UnitState } from './unit-family.ts'

export type { UnitState } from './unit-family.ts'

const UNIT_DIRECTORIES = ['/etc/systemd/system', '/run/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system']

/** systemd.unit(5): where the unit may be defined (an instance by its template), and the directories of its drop-ins. */
const definitionsOf = (unit: string): readonly string[] =>
  [...new Set([unit, unit.replace(/@.*(?=\.)/, '@')])].flatMap((name) => UNIT_DIRECTORIES.flatMap((directory) => [`${directory}/${name}`, `${directory}/${name}.d`]))

export function unitProbe({ unit, files }: UnitQuestion): Probe<UnitState> {
  return defineProbe<UnitState>({
    key: `unit ${JSON.stringify([unit, files])}`,
    reads: [`unit:${unit}`, ...[...files, ...definitionsOf(unit)].map((path) => `path:${path}` as const)],
    family: unitFamily,
    item: unitItem({ unit, files }),
    parse: ({ stdout }) => JSON.parse(stdout) as UnitState,
    facts: ({ there, active, enabled }) => [fact('unit', unit, there ? { kind: 'unit', active, enabled: enabled as 'enabled' } : { kind: 'absent' })],
    foresee: (state, known) => foresee(unit, files, state, known),
  })
}

function foresee(unit: string, files: readonly string[], state: UnitState, known: Fact): UnitState | undefined {
  const own = factAbout(known, 'unit', unit)
  if (own) {
    if (own.value.kind === 'absent') return { ...state, there: false, active: false, stale: [] }
    const { active, enabled } = own.value
    return isKnown(active) && isKnown(enabled) ? { ...state, there: true, active, enabled, stale: [] } : undefined
  }
  const path = known.resource.startsWith('path:') ? known.resource.slice('path:'.length) : ''
  const value = known.value as PathFact
  const definition = definitionsOf(unit).find((each) => path === each || path.startsWith(`${each}/`))
  const next = definition === undefined ? state : redefined(unit, state, value, definition.endsWith('.d'))
  if (next === undefined || !files.includes(path) || next.stale.includes(path)) return next
  // With its time known, only owner or mode change.
  return value.kind === 'file' && isKnown(value.mtime) ? next : { ...next, stale: [...next.stale, path] }
}

/** A definition or a drop-in that will be there or change; `undefined` for one that goes: another may stand behind it. */
function redefined(unit: string, state: UnitState, value: PathFact, dropIn: boolean): UnitState | undefined {
  if (value.kind === 'absent') return undefined
  if (value.kind === 'directory' || (value.kind === 'file' && isKnown(value.mtime))) return state
  if (state.there) return { ...state, needDaemonReload: true }
  return dropIn ? state : { ...state, there: true, active: false, enabled: 'disabled', needDaemonReload: true, stale: [], real: [unit] }
}
