// The notes of `--verbose` about connections: which hosts use the system's ssh, and which settings of ssh_config have
// no effect.
import type { OpensshTarget } from './openssh/openssh-arguments.ts'
import type { SshTarget } from './ssh-target.ts'

/** How a host is reached. */
export interface Route {
  readonly bySystem: boolean
  readonly target: SshTarget
  readonly openssh: OpensshTarget
}

const PAGE = 'docs/connections.md'

/** One line for each reason, with the hosts it holds for. */
export function waysNotes(ways: ReadonlyMap<string, Route>): readonly string[] {
  const bySystem = new Map<string, string[]>()
  const passedOver = new Map<string, string[]>()
  const add = (to: Map<string, string[]>, why: readonly string[], name: string): void => {
    const key = [...new Set(why)].join(', ')
    const names = to.get(key)
    if (names !== undefined) names.push(name)
    else if (key !== '') to.set(key, [name])
  }
  for (const [name, way] of ways) {
    if (way.bySystem) add(bySystem, way.target.unsupported, name)
    else
      add(
        passedOver,
        [way.target, ...way.target.jumps].flatMap((each) => each.passedOver),
        name,
      )
  }
  return [
    ...[...bySystem].map(([why, names]) => `${hosts(names)}: by the system's ssh, for ${why}`),
    ...[...passedOver].map(([why, names]) => `${hosts(names)}: passed over of ssh_config (${PAGE}): ${why}`),
  ]
}

const hosts = ([first = '', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} and ${others.length} more`
