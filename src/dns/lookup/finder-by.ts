// Finds zones with the var `dns` that applies to each name.
import type { NameServerVars } from '../../core/probe/outside-question.ts'
import type { AskServer } from './ask-server.ts'
import { zoneFinder, type FindZone } from './find-zone.ts'

/** The var `dns` that holds for a name; what is the same is one value. */
export type VarsOf<Vars = NameServerVars> = (name: string) => Vars

export const varsOf = <Vars extends object>(vars: Vars | VarsOf<Vars>): VarsOf<Vars> =>
  typeof vars === 'function' ? vars : () => vars

/** Of each value one, made when it is first asked for. */
export function oneEach<Key extends object, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const known = new Map<Key, Made>()
  return (key) => {
    const made = known.get(key) ?? make(key)
    known.set(key, made)
    return made
  }
}

/** What was found once is not asked again. */
export function finderBy(ask: AskServer, of: VarsOf): FindZone {
  const finderFor = oneEach((vars: NameServerVars) => zoneFinder(ask, vars))
  return (name, within) => finderFor(of(name))(name, within)
}
