// Reads known_hosts files (sshd(8), hostfile.c of OpenSSH), and finds the entries for a host.
import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { lowerAscii, matchPatternList } from '../../text/openssh-pattern.ts'
import { parsePublicKey, type PublicKey } from '../login-keys/public-key.ts'

export interface KnownKey extends PublicKey {
  readonly marker: 'cert-authority' | 'revoked' | undefined
  /** What the line names: names and patterns, or one hashed name. */
  readonly hosts: string
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** A file's lines, sorted by how they are looked up: thousands of hosts ask the same file. */
export interface KnownHosts {
  readonly file: string
  readonly lines: readonly Line[]
  readonly byName: ReadonlyMap<string, readonly Line[]>
  /**
   * Hashed names that nobody has asked for so far: each salt is another, so all have to be tried, and one that fits can
   * fit no other name.
   */
  readonly hashed: Set<HashedLine>
  readonly patterns: readonly Line[]
  /** What was found, by name: each host is looked up again when its key comes, and a hash costs. */
  readonly found: Map<string, readonly KnownKey[]>
}

interface Line {
  readonly number: number
  readonly marker: KnownKey['marker']
  readonly hosts: string
  readonly type: string
  readonly base64: string
}

interface HashedLine {
  readonly line: Line
  readonly salt: Buffer
  /** In base64. */
  readonly digest: string
}

const SHA1_BYTES = 20
const HASHED = /^\|1\|([A-Za-z0-9+/]{27}=)\|([A-Za-z0-9+/]{27}=)$/
/** Longer lists may hold a pattern that is too long: those are read as patterns. */
const LONGEST_PLAIN_HOSTS = 1000

/**
 * @param text - one character for each byte (`latin1`), so that names of any encoding compare as OpenSSH compares them.
 */
export function parseKnownHosts(text: string, file: string): KnownHosts {
  const lines = text.split('\n').flatMap((line, index) => parseLine(line, index + 1))
  const byName = new Map<string, Line[]>()
  const named = (name: string): Line[] => byName.get(name) ?? (byName.set(name, []).get(name) as Line[])
  const hashed = new Set<HashedLine>()
  const patterns: Line[] = []
  for (const line of lines) {
    if (line.hosts.startsWith('|')) hashedLine(line).forEach((each) => hashed.add(each))
    else if (/[*?!]/.test(line.hosts) || line.hosts.length > LONGEST_PLAIN_HOSTS) patterns.push(line)
    else for (const name of new Set(lowerAscii(line.hosts).split(','))) named(name).push(line)
  }
  return { file, lines, byName, hashed, patterns, found: new Map() }
}

/** A file that was written a moment ago may be written again with the same time. */
const CLOCK_MILLISECONDS = 20
const read = new Map<string, { readonly stamp: string; readonly known: KnownHosts }>()

/** Read again where it has changed. What is not there, cannot be read or is no regular file knows nobody. */
export function readKnownHosts(file: string): KnownHosts {
  try {
    const status = statSync(file, { bigint: true, throwIfNoEntry: false })
    if (status?.isFile() !== true) return parseKnownHosts('', file)
    const { size, mtimeNs, ctimeNs, ino } = status
    const stamp = [size, mtimeNs, ctimeNs, ino].join()
    const before = read.get(file)
    if (before?.stamp === stamp) return before.known
    const known = parseKnownHosts(readFileSync(file, 'latin1'), file)
    if (Date.now() - Number(mtimeNs) / 1e6 > CLOCK_MILLISECONDS) read.set(file, { stamp, known })
    return known
  } catch {
    return parseKnownHosts('', file)
  }
}

/**
 * What the file has for a name, in its order. A line whose key cannot be read is passed over.
 *
 * @param name - as `knownHostsName` gives it.
 */
export function keysFor(known: KnownHosts, name: string): readonly KnownKey[] {
  const keys = known.found.get(name) ?? search(known, name)
  known.found.set(name, keys)
  return keys
}

function search({ file, byName, hashed, patterns }: KnownHosts, name: string): readonly KnownKey[] {
  const lower = lowerAscii(name)
  const lines = [
    ...(byName.get(lower) ?? []),
    ...patterns.filter(({ hosts }) => matchPatternList(lower, lowerAscii(hosts)) === 'match'),
    ...claimed(hashed, name),
  ]
  return lines.sort((one, other) => one.number - other.number).flatMap((line) => keyOf(line, file))
}

/** Where else this very key is known. */
export const otherNamesOf = ({ file, lines }: KnownHosts, key: PublicKey): readonly KnownKey[] =>
  lines
    .filter(({ marker, base64 }) => marker === undefined && base64.startsWith(key.blob.toString('base64')))
    .flatMap((line) => keyOf(line, file))
    .filter(({ blob }) => blob.equals(key.blob))

/** hostfile.c compares the texts: a salt in another spelling is no salt. */
function hashedLine(line: Line): readonly HashedLine[] {
  const [, text = '', digest = ''] = HASHED.exec(line.hosts) ?? []
  const salt = Buffer.from(text, 'base64')
  return digest !== '' && salt.toString('base64') === text ? [{ line, salt, digest }] : []
}

/** HashKnownHosts: `|1|salt|digest`. */
export function hashedName(name: string, salt = randomBytes(SHA1_BYTES)): string {
  return `|1|${salt.toString('base64')}|${hashOf(name, salt)}`
}

const hashOf = (name: string, salt: Buffer): string => createHmac('sha1', salt).update(name, 'latin1').digest('base64')

/** What they have for the name, and for no other. */
function claimed(hashed: Set<HashedLine>, name: string): readonly Line[] {
  const own = [...hashed].filter(({ salt, digest }) => hashOf(name, salt) === digest)
  for (const each of own) hashed.delete(each)
  return own.map(({ line }) => line)
}

function keyOf({ marker, hosts, type, base64, number }: Line, file: string): readonly KnownKey[] {
  const key = parsePublicKey(type, base64)
  return key ? [{ ...key, marker, hosts, file, line: number }] : []
}

/**
 * Fields are separated by spaces and tabs only: a carriage return is part of the last one. What C takes for the end of
 * the text is the end of the line. A tab behind `@revoked` is taken for what it means: OpenSSH passes over such a line,
 * and would accept the key.
 */
function parseLine(text: string, number: number): readonly Line[] {
  const nul = text.indexOf('\0')
  const fields = (nul < 0 ? text : text.slice(0, nul)).split(/[ \t]+/)
  if (fields[0] === '') fields.shift()
  if (fields[0]?.startsWith('#')) return []
  const marker = fields[0]?.startsWith('@') ? fields.shift()!.slice(1) : undefined
  if (marker !== undefined && marker !== 'cert-authority' && marker !== 'revoked') return []
  const [hosts = '', type = '', base64 = ''] = fields
  return hosts === '' || hosts.startsWith('@') || base64 === '' ? [] : [{ number, marker, hosts, type, base64 }]
}
