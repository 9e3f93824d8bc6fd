// Decides which keys, and which directories of keys, are given to root, and which stay as they are and why. A pure
// function.
import { DAEMON, KEY_GROUP, ROOTS_DIRECTORY, ROOTS_KEY } from './key-group.ts'

/** Owner, group and mode (four octal digits). */
export interface Owned {
  readonly path: string
  readonly owner: string
  readonly group: string
  readonly mode: string
}

export interface Move {
  readonly kind: 'directory' | 'key'
  readonly from: Owned
  readonly to: Omit<Owned, 'path'>
}

export interface Stay {
  readonly path: string
  readonly why: string
}

/** Accounts besides root and the daemon that can reach a path: members of groups, and access control lists. */
export interface OtherAccounts {
  /** `undefined` for a group: it cannot be known. */
  readonly members: Readonly<Record<string, readonly string[] | undefined>>
  readonly acl: readonly string[]
  /** Entries of dpkg-statoverride that an administrator made. */
  readonly overrides: readonly Owned[]
}

/** A key, and the directories above it, the topmost first. */
export interface KeyPlace {
  /** Absent: there is no key yet. */
  readonly key?: Owned
  readonly above: readonly Owned[]
}

const EVERYBODY = 'every user'
/** Groups without other members, unless `members` says otherwise. */
const UNSHARED: readonly string[] = ['root', DAEMON, KEY_GROUP]
const [READ, SEARCH] = [4, 1]

const bits = (mode: string): readonly [user: number, group: number, others: number] => {
  const [user = 0, group = 0, others = 0] = Array.from(mode.slice(-3), Number)
  return [user, group, others]
}

/** Accounts besides root and the daemon to which the mode of a path gives access. */
function admitted({ path, owner, group, mode }: Owned, bit: number, accounts: OtherAccounts): ReadonlySet<string> {
  const [, ofGroup, others] = bits(mode)
  if ((others & bit) !== 0) return new Set([EVERYBODY])
  const members = accounts.members[group] ?? (UNSHARED.includes(group) ? [] : [`the group ${group}`])
  return new Set([
    ...(owner === DAEMON || owner === 'root' ? [] : [owner]),
    ...((ofGroup & bit) === 0 ? [] : members),
    ...(accounts.acl.includes(path) ? ['an access control list'] : []),
  ])
}

/** Decides about one directory above a key; `undefined`: it belongs to root already. */
function ofDirectory(directory: Owned, accounts: OtherAccounts): Move | Stay | undefined {
  const { path, owner, group, mode } = directory
  if (owner === 'root') return undefined
  if (owner !== DAEMON) return { path, why: `it belongs to ${owner}` }
  const override = accounts.overrides.find((each) => each.path === path)
  if (override !== undefined) {
    const { path: _, ...to } = override
    return letsDaemonThrough(override)
      ? { kind: 'directory', from: directory, to }
      : { path, why: `dpkg-statoverride keeps it ${to.owner}:${to.group} ${to.mode}` }
  }
  if (!path.startsWith('/etc/')) return { path, why: `it is ${DAEMON}'s, and not below /etc` }
  const others = admitted(directory, SEARCH, accounts)
  // Everybody, also the daemon, can still enter it.
  if (others.has(EVERYBODY)) return { kind: 'directory', from: directory, to: { owner: 'root', group, mode } }
  return others.size > 0
    ? { path, why: `${inWords(others)} can get at what is in it` }
    : { kind: 'directory', from: directory, to: ROOTS_DIRECTORY }
}

/** Whether the daemon can enter a directory of root, as a member of the group of the keys, or as everybody. */
function letsDaemonThrough({ owner, group, mode }: Owned): boolean {
  const [, ofGroup, others] = bits(mode)
  return owner === 'root' && ((group === KEY_GROUP ? ofGroup : others) & SEARCH) !== 0
}

/** Accounts besides root and the daemon that can read the key in its place. */
function readersOf(key: Owned, above: readonly Owned[], accounts: OtherAccounts): ReadonlySet<string> {
  const read = admitted(key, READ, accounts)
  return above.reduce<ReadonlySet<string>>((left, directory) => {
    const through = admitted(directory, SEARCH, accounts)
    if (through.has(EVERYBODY)) return left
    if (left.has(EVERYBODY)) return through
    return new Set([...left].filter((name) => through.has(name) || through.has('an access control list')))
  }, read)
}

const inWords = (accounts: ReadonlySet<string>): string => [...accounts].slice(0, 5).join(', ')

/**
 * The changes for these keys, in an order in which a daemon that runs in the group can read the keys at every step:
 * directories from the top, then keys. Paths that belong to root already are left out.
 */
export function keyMoves(
  places: readonly KeyPlace[],
  accounts: OtherAccounts,
): { readonly moves: readonly Move[]; readonly stays: readonly Stay[] } {
  const moves = new Map<string, Move>()
  const keys: Move[] = []
  const stays = new Map<string, Stay>()
  const see = (outcome: Move | Stay | undefined, into: (move: Move) => void): boolean => {
    if (outcome === undefined) return true
    if ('why' in outcome) stays.set(outcome.path, outcome)
    else into(outcome)
    return !('why' in outcome)
  }
  for (const place of places) {
    const safe = place.above.every((each) => see(ofDirectory(each, accounts), (move) => moves.set(each.path, move)))
    if (safe && place.key !== undefined) see(ofKey(place.key, place.above, accounts), (move) => keys.push(move))
  }
  return { moves: [...[...moves.values()].sort(byDepth), ...keys], stays: [...stays.values()] }
}

const byDepth = (one: Move, other: Move): number => one.from.path.split('/').length - other.from.path.split('/').length

function ofKey(key: Owned, above: readonly Owned[], accounts: OtherAccounts): Move | Stay | undefined {
  if (key.owner === 'root') return undefined
  if (key.owner !== DAEMON) return { path: key.path, why: `it belongs to ${key.owner}` }
  const readers = readersOf(key, above, accounts)
  return readers.size > 0
    ? { path: key.path, why: `${inWords(readers)} can read it` }
    : { kind: 'key', from: key, to: ROOTS_KEY }
}
