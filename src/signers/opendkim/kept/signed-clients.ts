// Finds for which clients OpenDKIM signs besides those that log in, and which of them are missing in a list of trusted
// hosts.
import { covers, hasHostBits, parseNetwork, type Network } from '../../../mail/records/spf/network.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { once } from '../../../text/once.ts'
import type { OpendkimConfiguration } from '../configuration/index.ts'
import { dataSetOf } from '../configuration/data-set.ts'
import { Doubts, type OpendkimSources, type Place } from '../configuration/sources.ts'

/** `10.0.0.0/8`, `.example.org`; `MTA`, `MacroList` and `POPDBFile` are settings that tell clients in other ways. */
export interface SignedClient {
  readonly name: string
  readonly place: Place
}

/** Settings by which more clients are signed for. */
export const OTHER_SETTINGS = ['MTA', 'MacroList', 'POPDBFile']

export interface SignedClients {
  /** That nobody trusts any more. */
  readonly lost: readonly SignedClient[]
  /** Names of the host itself, by which it may be known to itself. */
  readonly own: readonly string[]
}

/**
 * @param trusted - addresses, networks and host names, as a file of `InternalHosts` has them.
 * @param hostName - the host's full name.
 */
export function signedClients(
  { settings }: OpendkimConfiguration,
  files: OpendkimSources['files'],
  trusted: readonly string[],
  hostName: string | undefined,
): SignedClients {
  const internal = settings.get('internalhosts')
  const set = internal && dataSetOf(internal, files, new Doubts())
  const lists = new Trusted(trusted)
  const clients = (set?.entries ?? []).flatMap(({ key, place }): readonly SignedClient[] => {
    const name = clientOf(key, set!.kind === 'patterns')
    return name === undefined || lists.has(name) ? [] : [{ name, place }]
  })
  const others = OTHER_SETTINGS.flatMap((name) => {
    const is = settings.get(name.toLowerCase())
    return is === undefined ? [] : [{ name, place: { path: is.path, line: is.line } }]
  })
  const isOwn = ({ name }: SignedClient): boolean => name === hostName || name === hostName?.split('.')[0]
  return {
    lost: [...clients.filter((each) => !isOwn(each)), ...others],
    own: [...new Set(clients.filter(isOwn).map(({ name }) => name))],
  }
}

/** As a plain list says it; `undefined` where no client is meant, or this host itself. */
function clientOf(entry: Untrusted, isPattern: boolean): string | undefined {
  const name = entry.toLowerCase()
  if (name === '' || name === '-' || name.startsWith('!')) return undefined
  if (name.includes('*')) return isPattern ? name.replace(/^\*(?=\.[^*]*$)/, '') : undefined
  const network = parseNetwork(name.replace(/^\[(.*)\]/, '$1'))
  if (network === undefined) return name === 'localhost' ? undefined : name
  // OpenDKIM looks for 192.168.0.0/24, and finds none that is written 192.168.0.1/24.
  return hasHostBits(network) || loopbacks().some((each) => covers(each, network)) ? undefined : name
}

const loopbacks = once(() => ['127.0.0.0/8', '::1'].map((each) => parseNetwork(each)!))

class Trusted {
  private readonly names: ReadonlySet<string>
  private readonly networks: readonly Network[]
  private readonly suffixes: readonly string[]

  constructor(trusted: readonly string[]) {
    const names = trusted.map((each) => each.toLowerCase())
    this.names = new Set(names)
    this.networks = names.flatMap((each) => parseNetwork(each) ?? [])
    this.suffixes = names.filter((each) => each.startsWith('.'))
  }

  has(name: Untrusted): boolean {
    if (this.names.has(name)) return true
    const network = parseNetwork(name)
    if (network !== undefined) return this.networks.some((each) => covers(each, network))
    return this.suffixes.some((each) => name.endsWith(each))
  }
}
