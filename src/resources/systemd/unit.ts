// Asks systemd about a unit, and whether it has loaded the present versions of its files.
import { fact } from '../../core/task/fact.ts'
import { defineProbe, type Probe } from '../../core/probe/probe.ts'
import { sharedProbes } from '../../core/probe/shared-probes.ts'
import { POSTFIX_INSTANCES } from '../host/releases.ts'
import { UNIT_DIRECTORIES, unitFamily, unitItem } from './unit-family.ts'
import { foreseeUnit } from './unit-foresight.ts'
import type { UnitQuestion, UnitState } from './unit-state.ts'

export { isMasked, type UnitQuestion, type UnitState } from './unit-state.ts'

/**
 * systemd.unit(5): where the unit may be defined (an instance by its template), and the directories of its drop-ins.
 */
const definitionsOf = (unit: string): readonly string[] =>
  [...new Set([unit, unit.replace(/@.*(?=\.)/, '@')])].flatMap((name) =>
    UNIT_DIRECTORIES.flatMap((directory) => [`${directory}/${name}`, `${directory}/${name}.d`]),
  )

export function unitProbe(question: UnitQuestion): Probe<UnitState> {
  const { unit, restartOn, reloadOn, listens } = question
  const item = unitItem(question)
  const key = `unit ${item}`
  return shared(key, () => {
    const own = definitionsOf(unit)
    const behind = unit === 'postfix.service' ? POSTFIX_INSTANCES : []
    const definitions = [...own, ...behind.flatMap(definitionsOf)]
    return defineProbe<UnitState>({
      key,
      reads: [
        `unit:${unit}`,
        ...[...(restartOn ?? []), ...reloadOn, ...definitions, ...listens].map((path) => `path:${path}` as const),
      ],
      family: unitFamily,
      item,
      parse: ({ stdout }) => JSON.parse(stdout) as UnitState,
      facts: ({ there, active, enabled }) => [
        fact('unit', unit, there ? { kind: 'unit', active, enabled: enabled as 'enabled' } : { kind: 'absent' }),
      ],
      foresee: (state, known) => {
        // What does not run on this release does not count.
        const real = behind.filter((name) => state.real.includes(name))
        return foreseeUnit(question, [...own, ...real.flatMap(definitionsOf)], state, known)
      },
    })
  })
}

const shared = sharedProbes<UnitState>()
