// All DNS backends together: their entries in the var `dns`, and which backend the settings of a zone select.
import type * as v from 'valibot'
import type { Backend, BackendVars } from './backend.ts'
import * as list from './list.ts'

type Listed = (typeof list)[keyof typeof list]

const pushesNothing = ({ guard }: Backend): number => (guard === 'nothing-pushed' ? 1 : 0)

/** In the order of docs and messages: by the names of the list, those that push nothing last. */
export const BACKENDS: readonly Listed[] = Object.values(list).sort((a, b) => pushesNothing(a) - pushesNothing(b))

type Both<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never

/** How `dns.via` names them. */
export const VIAS: readonly Listed['via'][] = BACKENDS.map(({ via }) => via)

/** Every backend's entries. An entry that several have is the same schema. */
export const BACKEND_VARS = Object.assign({}, ...BACKENDS.map(({ vars }) => vars)) as Both<Listed['vars']> & BackendVars

export interface Choice {
  readonly via?: Listed['via'] | undefined
}
/** What the inventory says of them for one zone. */
export type BackendSettings = Choice & v.InferOutput<v.ObjectSchema<Both<Listed['vars']>, undefined>>

/** The one that the settings mean, the first of {@link BACKENDS} where entries imply several; `undefined`: none. */
export function backendOf(settings: BackendSettings): Backend | undefined {
  const all: readonly Backend[] = BACKENDS
  const { via } = settings
  return via === undefined
    ? all.find(({ impliedBy = [] }) => impliedBy.some((name) => saysOf(settings, name)))
    : all.find((each) => each.via === via)
}

/** The backend's own entries among the settings, each with its value or `undefined`, in their order. */
export const ownSettings = (backend: Backend, settings: BackendSettings): Record<string, unknown> => {
  const said = new Map<string, unknown>(Object.entries(settings))
  return Object.fromEntries(Object.keys(backend.vars).map((name) => [name, said.get(name)]))
}

/**
 * Settings of a zone before those of all zones. Entries that imply the same backend are one another's alternatives:
 * where the zone has one, it takes none of them from all zones.
 */
export function zoneFirst<Settings extends BackendSettings>(own: BackendSettings, ofAll: Settings): Settings {
  const all: readonly Backend[] = BACKENDS
  const replaced = all.flatMap(({ impliedBy = [] }) => (impliedBy.some((name) => saysOf(own, name)) ? impliedBy : []))
  return { ...ofAll, ...Object.fromEntries(replaced.map((name) => [name, undefined])), ...own }
}

const saysOf = (settings: BackendSettings, name: string): boolean =>
  Object.entries(settings).some(([each, value]) => each === name && value !== undefined)
