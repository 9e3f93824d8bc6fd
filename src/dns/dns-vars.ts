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
  /** All servers of the zone, also secondaries without an NS record. Left out: the servers that DNS names. */
  servers: v.optional(servers),
  /** The server that takes updates; DNS need not name it. Left out: the server that the SOA record names. */
  primary: v.optional(server),
  /** The name of the backend. Left out: the backend to which the other entries belong. */
  via: v.optional(v.picklist(VIAS, `${listed(VIAS, 'or')} is wanted`)),
  ...BACKEND_VARS,
} as const
const ENTRIES = listed(Object.keys(zone), 'and')

/** An entry for a playbook's schema. */
export const dnsVar = v.strictObject(
  {
    /** Who is asked where zones are; they must take questions from here. Left out: this machine's resolvers. */
    resolvers: v.optional(servers),
    ...zone,
    /** Settings that differ for one zone. */
    zones: v.optional(
      v.record(domain, v.strictObject(zone, `a zone takes ${ENTRIES}`), `zones, each with ${ENTRIES}, are wanted`),
    ),
  },
  `dns takes resolvers, zones, ${ENTRIES}`,
)

export type DnsVars = v.InferOutput<typeof dnsVar>

/** The settings of one zone. */
export interface ZoneSettings {
  readonly servers: readonly string[] | undefined
  readonly primary: string | undefined
  /** `undefined`: nothing is set, and nothing can be pushed. */
  readonly backend: Backend | undefined
  readonly updater: Updater | 'by-hand' | undefined
  /** The values of the backend's own entries, in order. */
  readonly own: readonly unknown[]
}

type SettingsByZone = NameServerVars &
  BackendSettings & { readonly zones?: Readonly<Record<string, NameServerVars & BackendSettings>> | undefined }

/** @throws MailrunError for entries that exclude each other */
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
