// Finds the files that changed since a unit loaded them: from its stamps or, if these do not say, from the time of its
// start.
import { utf8 } from '../../core/probe/answer.ts'
import { startOf, type Clock } from './unit-clock.ts'
import { reloadStamp, startStamp, covers, type FileState, type Stamp, type States } from './unit-stamp.ts'
import type { UnitProperties, UnitQuestion } from './unit-state.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/** A file written this shortly before the start may have been read before. */
const SAFE_NANOSECONDS = 20_000_000n

export interface Loaded {
  readonly restart: readonly string[]
  readonly reload: readonly string[]
  readonly unproven: readonly string[]
}

/**
 * @param units - what really runs
 * @param definition - unit files and drop-ins, none where they do not count
 */
export function loadedFiles(
  question: UnitQuestion,
  units: readonly UnitProperties[],
  definition: readonly string[],
  stamps: ReadonlyMap<string, Stamp>,
  current: States,
  clock: Clock | undefined,
): Loaded {
  const { unit, restartOn, reloadOn } = question
  const invocations = units.map((each) => each.get('InvocationID') ?? '').join(' ')
  const valid = (path: string): Stamp | undefined =>
    stamps.get(path)?.invocations === invocations ? stamps.get(path) : undefined
  const start = valid(startStamp(unit))
  const reloads = reloadedOnly(question)
  const reload = valid(reloadStamp(unit, reloads))
  const started = units.map((each) => startOf(each, clock)).reduce((a, b) => (a < b ? a : b))
  const unproven: string[] = []
  const changed = (path: string, stamp: Stamp | undefined, reported: boolean): boolean => {
    const now = statesIn(path, current)
    if (stamp !== undefined && reported) return differ(statesIn(path, stamp.states), now)
    unproven.push(path)
    return [...now.values()].some(({ ctime }) => ctime + SAFE_NANOSECONDS > started)
  }
  const has = (stamp: Stamp | undefined, path: string): boolean => stamp?.asked.has(wire(path)) ?? false
  // A drop-in that is gone is in the stamp only; without one it cannot be known.
  const gone =
    definition.length === 0
      ? []
      : [...(start?.defined ?? [])].map(utf8).filter((path) => isDefinition(path) && !definition.includes(path))
  return {
    restart: [
      ...(restartOn ?? []).filter((path) => changed(path, start, has(start, path))),
      ...definition.filter(
        (path) => !restartOn?.includes(path) && changed(path, start, start?.defined.has(wire(path)) ?? false),
      ),
      ...gone,
    ],
    reload:
      reloadOn.length === 0
        ? []
        : reloads.filter((path) =>
            has(reload, path) ? changed(path, reload, true) : changed(path, start, has(start, path)),
          ),
    unproven,
  }
}

/** What a start reads, too, needs a start. */
export const reloadedOnly = ({
  restartOn,
  reloadOn,
}: Pick<UnitQuestion, 'restartOn' | 'reloadOn'>): readonly string[] =>
  reloadOn.filter((path) => !restartOn?.includes(path))

/**
 * The files of a unit's own definition. Not what systemd writes itself: generated again by each daemon-reload, or in
 * force at once.
 */
export const definitionOf = (units: readonly UnitProperties[]): readonly string[] =>
  [
    ...new Set(
      units.flatMap((each) =>
        ['FragmentPath', 'SourcePath', 'DropInPaths'].flatMap((name) => utf8(each.get(name) ?? '').split(' ')),
      ),
    ),
  ].filter(isDefinition)

const isDefinition = (path: Untrusted): boolean =>
  path.startsWith('/') && !/^\/run\/systemd\/(?:generator|transient)|\/system\.control\//.test(path)

function statesIn(path: string, states: States): ReadonlyMap<string, FileState> {
  const asked = wire(path)
  const one = states.get(asked)
  return one !== undefined ? new Map([[asked, one]]) : new Map([...states].filter(([each]) => covers(asked, each)))
}

const differ = (then: ReadonlyMap<string, FileState>, now: ReadonlyMap<string, FileState>): boolean =>
  then.size !== now.size ||
  [...now].some(([path, { digest, mtime }]) => then.get(path)?.digest !== digest || then.get(path)?.mtime !== mtime)

const wire = (path: string): string => Buffer.from(path).toString('latin1')
