// Decides what to do with a package that is to be installed: nothing, install, repair, upgrade, or refuse.
import { isKnown, UNKNOWN, type Known } from '../../core/unknown.ts'
import type { PackagesState } from './deb-package.ts'

export interface WantedPackage {
  readonly name: string
  /** Just this one; `undefined`: any, or the latest. */
  readonly version?: string
}

/** What is to be done about one package. `target`: the version to come, where it is known. */
export interface Due {
  readonly name: string
  readonly version: string | undefined
  readonly target: Known<string>
  readonly fresh: boolean
  readonly reinstall: boolean
  readonly held: boolean
  /** Only the lists, once fetched, tell whether there is a newer one. */
  readonly perhaps: boolean
  readonly summary: string
}

/**
 * @param stale - apt's lists are too old to tell what is the latest version.
 * @returns `undefined` where there is nothing to be done; a text where it is forbidden to.
 */
export function dueOf(
  { name, version }: WantedPackage,
  { latest, allowHeld, stale }: { readonly latest: boolean; readonly allowHeld: boolean; readonly stale: boolean },
  now: PackagesState,
): Due | string | undefined {
  const is = now.packages.get(name)!
  const newest = stale ? UNKNOWN : now.candidates.get(name)
  const target: Known<string> | undefined = version ?? (latest ? newest : undefined)
  const named = version === undefined ? name : `${name} ${version}`
  const due: Omit<Due, 'summary'> = {
    name,
    version,
    target: target ?? UNKNOWN,
    fresh: is.kind !== 'installed',
    reinstall: is.kind === 'broken' && is.state.endsWith('R'),
    held: false,
    perhaps: false,
  }
  if (is.kind === 'absent' || (is.kind === 'provided' && version !== undefined))
    return { ...due, summary: `install ${named}` }
  if (is.kind === 'broken') return { ...due, summary: `repair ${named}` }
  if (is.kind === 'provided' || target === undefined) return undefined
  if (is.version === target || !isKnown(is.version)) return undefined
  if (is.held && !allowHeld) return version === undefined ? undefined : isHeld(name)
  const held = is.held ?? false
  return isKnown(target)
    ? { ...due, held, summary: `upgrade ${name} ${is.version} → ${target}` }
    : { ...due, held, perhaps: true, summary: `upgrade ${name} where they know a newer version` }
}

export const isHeld = (name: string): string =>
  `${name} is held: release it (apt-mark unhold ${name}), or say allowHeld: true`
