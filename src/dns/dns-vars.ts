// The var `dns` of an inventory: which name servers a zone has, and which backend writes records into it.
import * as v from 'valibot'
import { domain } from '../mail/fleet/schemas.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import type { NameServerVars } from '../core/probe/outside-question.ts'
import type { Untrusted } from '../shell/untrusted.ts'
import type { Backend, Updater } from './backends/backend.ts'
import { BACKEND_VARS, backendOf, ownSettings, VIAS, zoneFirst, type BackendSettings } from './backends/backends.ts'
import { parseServer } from './lookup/name-server.ts'

const isServer = (text: string): boolean => {
  try {
    parseServer(text)
    return true
  } catch {
    return false
  }
}
const got = (input: unknown): string => JSON.stringify(input)
const server = v.pipe(
  v.string('a name server is wanted: a name or an address'),
  v.check(
    isServer,
    ({ input }) => `a name server is wanted: a name or an address, with a port where it is not 53; got ${got(input)}`,
  ),
)
const servers = v.pipe(
  v.array(server, 'a list of name servers is wanted'),
  v.minLength(1, 'at least one name server is wanted'),
)

/** `a, b and c` */
const listed = (names: readonly string[], last: string): string =>
  `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`

const zone = {
  /** All that serve it, secondaries with no record of their own included. Left out: those that DNS names. */
  servers: v.optional(servers),
  /** That takes updates, one that DNS does not name included. Left out: the one that the SOA record names. */
  primary: v.optional(server),
  /** The backend, by name. Left out: the one that its own entries imply. */
  via: v.optional(v.picklist(VIAS, `${listed(VIAS, 'or')} is wanted`)),
  ...BACKEND_VARS,
} as const
const ENTRIES = listed(Object.keys(zone), 'and')

/** As an entry of a playbook's schema. */
export const dnsVar = v.strictObject(
  {
    /** Who is asked where zones are; they must take questions from here. Left out: this machine's resolvers. */
    resolvers: v.optional(servers),
    ...zone,
    /** What differs for one zone. */
    zones: v.optional(
      v.record(domain, v.strictObject(zone, `a zone takes ${ENTRIES}`), `zones, each with ${ENTRIES}, are wanted`),
    ),
  },
  `dns takes resolvers, zones, ${ENTRIES}`,
)

export type DnsVars = v.InferOutput<typeof dnsVar>

/** What holds for one zone. */
export interface ZoneSettings {
  readonly servers: readonly string[] | undefined
  readonly primary: string | undefined
  /** `undefined`: nothing was said, and nothing can be pushed. */
  readonly backend: Backend | undefined
  readonly updater: Updater | 'by-hand' | undefined
  /** The values of the backend's own entries, in their order. */
  readonly own: readonly unknown[]
}

type SettingsByZone = NameServerVars &
  BackendSettings & { readonly zones?: Readonly<Record<string, NameServerVars & BackendSettings>> | undefined }

/** @throws MailrunError for what does not go together */
export function zoneSettings(vars: SettingsByZone, name: Untrusted): ZoneSettings {
  const all = zoneFirst(vars.zones?.[name] ?? {}, vars)
  const backend = backendOf(all)
  const { servers, primary } = all
  if (backend === undefined) return { servers, primary, backend, updater: undefined, own: [] }
  const own = ownSettings(backend, all)
  const settled = backend.settle(own)
  if (typeof settled === 'object' && 'needs' in settled)
    throw new MailrunError(`dns: ${name}: via: ${backend.via} needs ${settled.needs}`)
  return { servers, primary, backend, updater: settled, own: Object.values(own) }
}
