// Finds which mail that a host signs now stays signed with the new tables, and which does not. A pure function.
import { isWithin } from '../../../mail/records/dns-record.ts'
import { mailDomain } from '../../../mail/names/names.ts'
import type { CarriedLine } from '../files/signing-table.ts'
import { coversSenders, senderPattern, witnessOf, type SenderPattern } from '../../../mail/names/sender-pattern.ts'
import { comingTables, type Coming, type ComingKey } from './coming-tables.ts'
import { SenderIndex } from './sender-index.ts'
import { domainFor, isSignedBy, type SignedLine } from './signed-line.ts'

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
  const dropped = new Dropped(drop)
  const counting = lines.filter(({ pattern }, at) => multiple || index.firstFor(pattern) === at)
  const coming = comingTables(keys, hostName, multiple)
  const carried: CarriedLine[] = []
  for (const line of counting) {
    const key = carrierOf(line, coming)
    if (key === undefined || dropped.has(line.pattern)) continue
    carried.push({ pattern: line.pattern.text, domain: key.domain })
    coming.add(line.pattern, key)
  }
  const counts = (line: Line, pattern: SenderPattern): boolean => {
    if (multiple) return true
    const at = index.firstFor(pattern)
    return at !== undefined && lines[at] === line
  }
  const losses = lossesIn(coming, counts)
  const lost = counting.flatMap(losses).filter(({ pattern }) => !dropped.has(pattern))
  if (index.tooOdd) return undefined
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

/**
 * The key by which a line can go on: of a domain that the line's name is in, or of any while that name's own key waits
 * for name servers.
 */
function carrierOf({ by, pattern }: Line, coming: Coming): ComingKey | undefined {
  const { local, host } = pattern
  if (local !== '*' || host.kind === 'any' || host.kind === 'odd') return undefined
  // It becomes a line of a table that mailrun writes.
  if (mailDomain(host.name) !== host.name || coming.has(pattern)) return undefined
  const key = coming.names.get(domainFor(by, host.name))
  if (key === undefined || !isSignedBy(by, host.name, key)) return undefined
  // What stands for the sender's domain is another one below it.
  if (host.kind === 'below' && by.domain === '%') return undefined
  return isWithin(host.name, key.domain) || coming.domains.has(host.name) ? key : undefined
}

type LostPattern = Omit<Lost, 'pattern'> & { readonly pattern: SenderPattern }

/** Of each line. What is below a domain is looked at once, for all lines that go on by the same key. */
function lossesIn(
  coming: Coming,
  counts: (line: Line, pattern: SenderPattern) => boolean,
): (line: Line) => readonly LostPattern[] {
  const looked = new Set<string>()
  return (line) => {
    const { by, pattern } = line
    const all = lossOf(by, pattern, coming)
    if (all !== undefined || pattern.host.kind !== 'below' || looked.has(pattern.text)) return all ?? []
    looked.add(pattern.text)
    return coming.below(pattern.host.name).flatMap((each) => {
      const part = senderPattern(`${pattern.local}@${each}`)
      return counts(line, part) ? (lossOf(by, part, coming) ?? []) : []
    })
  }
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
