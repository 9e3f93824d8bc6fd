// All DNS backends, and which one a zone's settings mean. A backend is a folder beside this file and a line in the list.
import type * as v from 'valibot'
import type { Backend, BackendVars } from './backend.ts'
import { bindOnHost } from './bind-on-host/bind-on-host.ts'
import { knot } from './knot/knot.ts'
import { manual } from './manual/manual.ts'
import { nsupdate } from './nsupdate/nsupdate.ts'

/** In the order of docs and messages. Where entries imply several, the later one is meant. */
export const BACKENDS = [
  nsupdate, //
  bindOnHost,
  knot,
  manual,
] as const

type Listed = (typeof BACKENDS)[number]
type Both<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never

/** How `dns.via` names them. */
export const VIAS = BACKENDS.map(({ via }) => via) as readonly Listed['via'][]

/** Every backend's entries. An entry that several have is the same schema. */
export const BACKEND_VARS = Object.assign({}, ...BACKENDS.map(({ vars }) => vars)) as Both<Listed['vars']> & BackendVars

export interface Choice {
  readonly via?: Listed['via'] | undefined
}
/** What the inventory says of them for one zone. */
export type BackendSettings = Choice & v.InferOutput<v.ObjectSchema<Both<Listed['vars']>, undefined>>

/** The one that the settings mean; `undefined`: none. */
export function backendOf(settings: BackendSettings): Backend | undefined {
  const all: readonly Backend[] = BACKENDS
  const { via } = settings
  return via === undefined
    ? all.findLast(({ impliedBy = [] }) => impliedBy.some((name) => saysOf(settings, name)))
    : all.find((each) => each.via === via)
}

/** The backend's own entries among the settings, each with its value or `undefined`, in their order. */
export const ownSettings = (backend: Backend, settings: BackendSettings): Record<string, unknown> => {
  const said = new Map<string, unknown>(Object.entries(settings))
  return Object.fromEntries(Object.keys(backend.vars).map((name) => [name, said.get(name)]))
}

/**
 * Settings of a zone before those of all zones. Entries that imply the same backend are one another's alternatives: where
 * the zone has one, the others of all zones are not its.
 */
export function zoneFirst<Settings extends BackendSettings>(own: BackendSettings, ofAll: Settings): Settings {
  const all: readonly Backend[] = BACKENDS
  const replaced = all.flatMap(({ impliedBy = [] }) => (impliedBy.some((name) => saysOf(own, name)) ? impliedBy : []))
  return { ...ofAll, ...Object.fromEntries(replaced.map((name) => [name, undefined])), ...own }
}

const saysOf = (settings: BackendSettings, name: string): boolean =>
  Object.entries(settings).some(([each, value]) => each === name && value !== undefined)
