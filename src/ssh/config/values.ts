// What has been said so far for one destination: the first value of each keyword, and the lists that grow.
import type { Forward } from './keywords/forward.ts'
import type { Hop } from './keywords/jump.ts'

/** A value as bytes, and `file:line` (or what the caller calls a command-line option). */
export interface Said {
  readonly value: string
  readonly where: string
}

/** OpenSSH tells identities apart by who named them, too: `-i`, the user's configuration or an option, the system's. */
export type Origin = 'flag' | 'user' | 'system'

export interface Values {
  readonly first: Map<string, Said>
  readonly lists: Map<string, Said[]>
  readonly keys: Map<'identityfile' | 'certificatefile', (Said & { readonly origin: Origin })[]>
  readonly forwards: { readonly forward: Forward; readonly remote: boolean; readonly where: string }[]
  /** `none` hides a ProxyCommand as hops do. */
  jump:
    | {
        readonly hops: readonly Hop[]
        /** As written, without the last. */
        readonly before: string | undefined
        readonly where: string
      }
    | undefined
}

export const noValues = (): Values => ({
  first: new Map(),
  lists: new Map(),
  keys: new Map(),
  forwards: [],
  jump: undefined,
})

export interface Place {
  readonly where: string
  readonly origin: Origin
  /** An option of the command line, not a line of a file. */
  readonly isOption: boolean
}

/** @throws Refusal for what only shows in company: too many of a kind. */
export type Effect = (values: Values, place: Place) => void

export const setFirst = (values: Values, keyword: string, value: string, { where }: Place): void => {
  if (!values.first.has(keyword)) values.first.set(keyword, { value, where })
}

export function listOf(values: Values, keyword: string): Said[] {
  const found = values.lists.get(keyword)
  if (found !== undefined) return found
  const list: Said[] = []
  values.lists.set(keyword, list)
  return list
}
