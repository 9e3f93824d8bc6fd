// The notes of `--verbose` about connections: which hosts use the system's ssh, and which settings of ssh_config have
// no effect.
import { MailrunError } from '../core/mailrun-error.ts'
import { UNCHECKED, type Master } from './openssh/master.ts'
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
  const noMaster = new Map<string, string[]>()
  const passedOver = new Map<string, string[]>()
  const add = (to: Map<string, string[]>, why: readonly string[], name: string): void => {
    const key = [...new Set(why)].join(', ')
    const names = to.get(key)
    if (names !== undefined) names.push(name)
    else if (key !== '') to.set(key, [name])
  }
  for (const [name, way] of ways) {
    if (way.target.master.kind === 'ignored') add(noMaster, [way.target.master.why], name)
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
    ...[...noMaster].map(([why, names]) => `${hosts(names)}: not through a master connection: ${why}`),
    ...[...passedOver].map(([why, names]) => `${hosts(names)}: passed over of ssh_config (${PAGE}): ${why}`),
  ]
}

/**
 * Warnings: for hosts that would go through a master connection, why they do not.
 *
 * @throws MailrunError where a jump host would, whose ssh takes no other ControlPath
 */
export function masterWarnings(ways: ReadonlyMap<string, Route>): readonly string[] {
  const ignored = new Map<string, string[]>()
  for (const [name, { bySystem, target }] of ways) {
    for (const { hostName, master } of bySystem ? target.jumps : []) {
      if (isUnsafe(master))
        throw new MailrunError(
          `${name}: its jump host ${hostName} has a ControlPath that cannot be used: ${master.why}`,
        )
    }
    const { master } = target
    if (!isUnsafe(master) || !(bySystem || master.isThere)) continue
    const names = ignored.get(master.why) ?? []
    names.push(name)
    ignored.set(master.why, names)
  }
  return [...ignored].map(([why, names]) => `${hosts(names)}: no master connection is used: ${why}`)
}

const isUnsafe = (master: Master): master is Master & { readonly kind: 'ignored' } =>
  master.kind === 'ignored' && master !== UNCHECKED

const hosts = ([first = '', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} and ${others.length} more`
