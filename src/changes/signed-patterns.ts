// What of the mail that a host signs now goes on being signed by the tables that are to come, and what would not. Pure.
import { isWithin } from '../mail/dns-record.ts'
import { mailDomain } from '../mail/names.ts'
import { signerOf } from '../mail/own-name.ts'
import type { CarriedLine } from '../mail/signing-table.ts'
import { coversSenders, senderPattern, witnessOf, type SenderPattern } from '../mail/sender-pattern.ts'
import { aboveOf, SenderIndex } from './sender-index.ts'
import type { SigningLine } from '../signers/opendkim/index.ts'

/** A line by which mail is signed now. */
export type SignedLine = Pick<SigningLine, 'pattern' | 'place' | 'domain' | 'selector' | 'identity' | 'key'>

/** A key that the tables to come have. */
export interface ComingKey {
  readonly domain: string
  /** By which the domain's mail is signed now; left out: it is not signed by the key that is in use for the domain. */
  readonly now?: { readonly selector: string; readonly path: string }
  /** Whether it gets lines; else it waits for name servers. */
  readonly open: boolean
}

export interface KeepQuestion {
  /** In the order in which they count. */
  readonly today: readonly SignedLine[]
  /** `MultipleSignatures`: each that matches signs. */
  readonly multiple: boolean
  readonly keys: readonly ComingKey[]
  /** The host's own name, which is signed by the key of the nearest domain above it. */
  readonly hostName: string | undefined
  /** That need not stay signed: `drop_signing`. */
  readonly drop: readonly string[]
}

/** Mail that is signed now, and would not be, or otherwise. */
export interface Lost {
  readonly pattern: string
  readonly by: SignedLine
  /** The domain whose key would sign it instead. */
  readonly instead: string | undefined
}

export interface Kept {
  readonly carried: readonly CarriedLine[]
  readonly lost: readonly Lost[]
  /** Of `drop`: that nothing of what is signed now is meant by. */
  readonly idle: readonly string[]
}

/** `undefined` where there are too many unusual patterns to be compared. */
export function keptSigned({ today, multiple, keys, hostName, drop }: KeepQuestion): Kept | undefined {
  const lines = today.map((by): Line => ({ by, pattern: senderPattern(by.pattern) }))
  const index = new SenderIndex(lines.map(({ pattern }) => pattern))
  if (index.tooOdd) return undefined
  const dropped = new Dropped(drop)
  const counting = lines.filter(({ pattern }, at) => multiple || index.counts(pattern, at))
  const coming = comingTables(keys, hostName, multiple)
  const carried: CarriedLine[] = []
  for (const line of counting) {
    const key = carrierOf(line, coming)
    if (key === undefined || dropped.has(line.pattern)) continue
    carried.push({ pattern: line.pattern.text, domain: key.domain })
    coming.add(line.pattern, key)
  }
  const counts = (line: Line, local: string, host: string): boolean => {
    const at = index.at(local, host)
    return multiple || (at !== undefined && lines[at] === line)
  }
  const lost = counting.flatMap((line) => lossesOf(line, coming, counts)).filter(({ pattern }) => !dropped.has(pattern))
  return { carried, lost: lost.map(({ pattern, ...rest }) => ({ pattern: pattern.text, ...rest })), idle: dropped.idle }
}

interface Line {
  readonly by: SignedLine
  readonly pattern: SenderPattern
}

/** The entries of `drop_signing`, each asked for what would be lost. */
class Dropped {
  private readonly entries: readonly { readonly said: string; readonly pattern: SenderPattern }[]
  private readonly met = new Set<string>()

  constructor(drop: readonly string[]) {
    this.entries = drop.map((said) => ({ said, pattern: senderPattern(said) }))
  }

  has(pattern: SenderPattern): boolean {
    const meant = this.entries.filter((entry) => coversSenders(entry.pattern, pattern))
    for (const { said } of meant) this.met.add(said)
    return meant.length > 0
  }

  get idle(): readonly string[] {
    return this.entries.flatMap(({ said }) => (this.met.has(said) ? [] : [said]))
  }
}

/** Who signs for which domain once the tables to come are live. */
interface Coming {
  /** Names that have a line of their own. */
  readonly names: ReadonlyMap<string, ComingKey>
  /** Domains that the inventory names. */
  readonly domains: ReadonlySet<string>
  /** Mail is signed by each key that matches now, and will be by one. */
  readonly multiple: boolean
  add(pattern: SenderPattern, key: ComingKey): void
  /** The names below a domain. */
  below(domain: string): readonly string[]
  /** @param pattern - of which all hosts, but those with a line of their own, are alike. */
  signer(pattern: SenderPattern): ComingKey | undefined
}

function comingTables(keys: readonly ComingKey[], hostName: string | undefined, multiple: boolean): Coming {
  const open = keys.filter((key) => key.open)
  const names = new Map(open.map((key) => [key.domain, key]))
  const signer = hostName === undefined ? undefined : signerOf(hostName, [...names.keys()])
  if (hostName !== undefined && signer !== undefined) names.set(hostName, names.get(signer)!)
  const below = new Map<string, ComingKey>()
  const namesBelow = new Map<string, string[]>()
  return {
    names,
    domains: new Set(keys.map(({ domain }) => domain)),
    multiple,
    below(domain) {
      // Once, when all lines are there.
      if (namesBelow.size === 0)
        for (const name of names.keys()) for (const above of aboveOf(name)) listOf(namesBelow, above).push(name)
      return namesBelow.get(domain) ?? []
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

function listOf(lists: Map<string, string[]>, name: string): string[] {
  const list = lists.get(name) ?? []
  lists.set(name, list)
  return list
}

/** d= for mail from a host. */
const domainFor = (by: SignedLine, host: string): string => (by.domain === '%' ? host : by.domain.toLowerCase())

/** i= is `@` and d= where it is left out (RFC 6376, section 3.5). */
const isPlain = ({ identity }: SignedLine, domain: string): boolean =>
  identity === undefined || identity.toLowerCase() === `@${domain}`

/** Whether mail from the host is signed now by the key that is in use for the domain. */
function isSignedBy(by: SignedLine, host: string, { domain, now }: ComingKey): boolean {
  if (now === undefined || domainFor(by, host) !== domain || !isPlain(by, domain)) return false
  return by.selector === now.selector && by.key?.replaceAll('%', domain) === now.path
}

/**
 * The key by which a line can go on: of a domain that the line's name is in, or of any while that name's own key waits
 * for name servers.
 */
function carrierOf({ by, pattern }: Line, coming: Coming): ComingKey | undefined {
  const { local, host } = pattern
  if (local !== '*' || host.kind === 'any' || host.kind === 'odd') return undefined
  // It becomes a line of a table that mailrun writes.
  if (mailDomain(host.name) !== host.name || coming.names.has(host.kind === 'name' ? host.name : '')) return undefined
  const key = coming.names.get(domainFor(by, host.name))
  if (key === undefined || !isSignedBy(by, host.name, key)) return undefined
  // What stands for the sender's domain is another one below it.
  if (host.kind === 'below' && by.domain === '%') return undefined
  return isWithin(host.name, key.domain) || coming.domains.has(host.name) ? key : undefined
}

type LostPattern = Omit<Lost, 'pattern'> & { readonly pattern: SenderPattern }

function lossesOf(
  line: Line,
  coming: Coming,
  counts: (line: Line, local: string, host: string) => boolean,
): readonly LostPattern[] {
  const { by, pattern } = line
  const all = lossOf(by, pattern, coming)
  if (all !== undefined || pattern.host.kind !== 'below') return all ?? []
  return coming.below(pattern.host.name).flatMap((name) => {
    if (!counts(line, pattern.local, name)) return []
    return lossOf(by, senderPattern(`${pattern.local}@${name}`), coming) ?? []
  })
}

/** Of all that the pattern means alike. */
function lossOf(by: SignedLine, pattern: SenderPattern, coming: Coming): readonly LostPattern[] | undefined {
  const { host } = witnessOf(pattern)
  const signer = coming.signer(pattern)
  if (signer !== undefined && isSignedBy(by, host, signer)) return undefined
  // The inventory gives a name that another domain's key signs for a key of its own.
  const isOwn = signer?.domain === host && domainFor(by, host) !== host
  return isOwn && pattern.local === '*' && !coming.multiple ? undefined : [{ pattern, by, instead: signer?.domain }]
}
