// Computes which senders the tables that mailrun is about to write sign for, and with which key. Pure functions.
import { signerOf } from '../../../mail/fleet/own-name.ts'
import type { SenderPattern } from '../../../mail/names/sender-pattern.ts'
import { aboveOf } from './sender-index.ts'

/** A key that the tables to come have. */
export interface ComingKey {
  readonly domain: string
  /** By which the domain's mail is signed now; left out: it is not signed by the key that is in use for the domain. */
  readonly now?: { readonly selector: string; readonly path: string }
  /** Whether it gets lines; else it waits for name servers. */
  readonly open: boolean
}

/** Who signs for which domain once the tables to come are live. */
export interface Coming {
  /** Names that have a line of their own. */
  readonly names: ReadonlyMap<string, ComingKey>
  /** Domains that the inventory names. */
  readonly domains: ReadonlySet<string>
  /** Mail is signed by each key that matches now, and will be by one. */
  readonly multiple: boolean
  add(pattern: SenderPattern, key: ComingKey): void
  /** Whether the pattern has a line already. */
  has(pattern: SenderPattern): boolean
  /** What has a line below a domain, once all lines are there: `a.example.org`, `*.b.example.org`. */
  below(domain: string): readonly string[]
  /** @param pattern - of which all hosts, but those with a line of their own, are alike. */
  signer(pattern: SenderPattern): ComingKey | undefined
}

export function comingTables(keys: readonly ComingKey[], hostName: string | undefined, multiple: boolean): Coming {
  const open = keys.filter((key) => key.open)
  const names = new Map(open.map((key) => [key.domain, key]))
  const signer = hostName === undefined ? undefined : signerOf(hostName, [...names.keys()])
  if (hostName !== undefined && signer !== undefined) names.set(hostName, names.get(signer)!)
  const below = new Map<string, ComingKey>()
  let linesBelow: ReadonlyMap<string, readonly string[]> | undefined
  return {
    names,
    domains: new Set(keys.map(({ domain }) => domain)),
    multiple,
    has: ({ host }) => (host.kind === 'below' ? below : names).has(host.name),
    below(domain) {
      linesBelow ??= byAncestor([...names.keys()], [...below.keys()])
      return linesBelow.get(domain) ?? []
    },
    add({ host }, key) {
      const map = host.kind === 'below' ? below : names
      if (!map.has(host.name)) map.set(host.name, key)
    },
    signer({ host }) {
      if (host.kind === 'any' || host.kind === 'odd') return undefined
      if (host.kind === 'name' && names.has(host.name)) return names.get(host.name)
      const start = host.kind === 'below' ? [host.name] : []
      return [...start, ...aboveOf(host.name)].map((each) => below.get(each)).find((each) => each !== undefined)
    },
  }
}

/** Under each domain above one of them. @param below - domains that have a line for all below them */
function byAncestor(names: readonly string[], below: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const put = (name: string, line: string): void => {
    for (const above of aboveOf(name)) {
      const list = found.get(above)
      if (list === undefined) found.set(above, [line])
      else list.push(line)
    }
  }
  for (const name of names) put(name, name)
  for (const name of below) put(name, `*.${name}`)
  return found
}
