// A fact: a statement about one resource of a host, such as "/etc/motd has this content", known or predicted. The task
// that plans a change states facts; the tasks that read the result use them.
import type { Resource } from './resource.ts'
import type { Known } from '../unknown.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/**
 * A path as `lstat` tells it; modes are four octal digits (`0644`), owners are names (or the number where there is no
 * name).
 */
export type PathFact =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'file'
      readonly owner: Known<string>
      readonly group: Known<string>
      readonly mode: Known<string>
      /** SHA-256 of the content, in hex. */
      readonly sha256: Known<string>
      /** The content itself where it is known (up to 1 MiB). */
      readonly content?: Untrusted<Uint8Array>
      /** Of a main.cf that will be another one: the parameters that change, all others stay. */
      readonly sets?: ReadonlyMap<string, string>
      /**
       * Time of last modification, nanoseconds since the epoch in decimal, to the second: known where the content is
       * not written again.
       */
      readonly mtime: Known<string>
    }
  | {
      readonly kind: 'directory'
      readonly owner: Known<string>
      readonly group: Known<string>
      readonly mode: Known<string>
    }
  | { readonly kind: 'symlink'; readonly target: Known<string> }
  | { readonly kind: 'other' }

/** A line of passwd(5), with the supplementary groups. */
export type UserFact =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'user'
      readonly uid: Known<number>
      readonly group: Known<string>
      readonly groups: Known<readonly string[]>
      readonly home: Known<string>
      readonly shell: Known<string>
      readonly comment: Known<string>
      /** `!` or `*` in shadow(5). */
      readonly locked: Known<boolean>
    }

/** A line of group(5). */
export type GroupFact = { readonly kind: 'absent' } | { readonly kind: 'group'; readonly gid: Known<number> }

/**
 * A package as `dpkg-query` tells it; `broken` is any state between absent and installed; `provided`: absent, but an
 * installed one provides it.
 */
export type PackageFact =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'installed'
      readonly version: Known<string>
      /** By apt-mark(8). */
      readonly held?: boolean
    }
  | { readonly kind: 'provided'; readonly by: string }
  | { readonly kind: 'broken'; readonly state: string }

/** A systemd unit: whether its file is there, whether it runs, whether it starts at boot. */
export type UnitFact =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'unit'
      readonly active: Known<boolean>
      readonly enabled: Known<'enabled' | 'disabled' | 'static' | 'masked'>
    }

/** Which value a kind of resource has. Open: a module of one's own adds its kinds by declaration merging. */
export interface FactValues {
  path: PathFact
  user: UserFact
  group: GroupFact
  package: PackageFact
  unit: UnitFact
  /** The value of a parameter in main.cf, `undefined` where main.cf does not set it. */
  'postfix-parameter': Known<string | undefined>
  hostname: Known<string>
}

export type FactKind = keyof FactValues

export interface Fact {
  readonly resource: Resource
  readonly value: unknown
}

/** States a fact. @example fact('user', 'vmail', { kind: 'user', … }) */
export const fact = <K extends FactKind>(kind: K, name: string, value: FactValues[K]): Fact => ({
  resource: `${kind}:${name}`,
  value,
})

/** The value where the fact is about just that resource. */
export function factAbout<K extends FactKind>(
  given: Fact,
  kind: K,
  name: Untrusted,
): { readonly value: FactValues[K] } | undefined {
  return given.resource === `${kind}:${name}` ? { value: given.value as FactValues[K] } : undefined
}
