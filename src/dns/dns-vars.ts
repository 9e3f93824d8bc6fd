// The var `dns` of an inventory: which name servers a zone has, and how records get there.
import * as v from 'valibot'
import { MailrunError } from '../model/mailrun-error.ts'
import type { NameServerVars } from '../model/outside-question.ts'
import { domain } from '../mail/schemas.ts'
import type { Untrusted } from '../shell/untrusted.ts'
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

const zone = {
  /** All that serve it, secondaries with no record of their own included. Left out: those that DNS names. */
  servers: v.optional(servers),
  /** That takes updates, one that DNS does not name included. Left out: the one that the SOA record names. */
  primary: v.optional(server),
  /**
   * `nsupdate`: from here, with `key_file`. `nsupdate-local`: on `host`, with the session key that BIND keeps there.
   * `knotc`: on `host`, in Knot DNS. `none`: by other ways.
   */
  via: v.optional(
    v.picklist(['nsupdate', 'nsupdate-local', 'knotc', 'none'], 'nsupdate, nsupdate-local, knotc or none is wanted'),
  ),
  /** TSIG key as tsig-keygen(8) writes it. */
  key_file: v.optional(v.pipe(v.string('a path is wanted'), v.minLength(1, 'a path is wanted'))),
  /** The name server's name in the inventory. */
  host: v.optional(
    v.pipe(
      v.string("a host's name in the inventory is wanted"),
      v.minLength(1, "a host's name in the inventory is wanted"),
    ),
  ),
} as const
const ENTRIES = 'servers, primary, via, key_file and host'

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

interface Ways {
  readonly via?: ZoneSettings['via']
  readonly key_file?: string | undefined
  readonly host?: string | undefined
}

/** What holds for one zone. */
export interface ZoneSettings {
  readonly servers: readonly string[] | undefined
  readonly primary: string | undefined
  /** `undefined`: nothing was said, and nothing can be pushed. */
  readonly via: 'nsupdate' | 'nsupdate-local' | 'knotc' | 'none' | undefined
  readonly keyFile: string | undefined
  readonly host: string | undefined
}

/** @throws MailrunError for what does not go together */
export function zoneSettings(
  vars: NameServerVars & Ways & { readonly zones?: Readonly<Record<string, Ways>> | undefined },
  name: Untrusted,
): ZoneSettings {
  const all = { ...vars, ...vars.zones?.[name] }
  const via =
    all.via ?? (all.host !== undefined ? 'nsupdate-local' : all.key_file !== undefined ? 'nsupdate' : undefined)
  if (via === 'nsupdate' && all.key_file === undefined) {
    throw new MailrunError(
      `dns: ${name}: via: nsupdate needs key_file, the TSIG key that the name server knows (tsig-keygen writes one)`,
    )
  }
  if ((via === 'nsupdate-local' || via === 'knotc') && all.host === undefined)
    throw new MailrunError(`dns: ${name}: via: ${via} needs host, the name server's name in the inventory`)
  return { servers: all.servers, primary: all.primary, via, keyFile: all.key_file, host: all.host }
}
