// Scans ssh_config(5) files to find out which destinations must get the same answer from `ssh -G`. It does not
// interpret the lines: OpenSSH does that.
import { readFileSync } from 'node:fs'
import { lowerAscii } from '../../../text/openssh-pattern.ts'
import { hereOf } from '../here.ts'
import { configLine, type ConfigLine } from './config-line.ts'
import { includedFiles, type IncludedBy } from './include-files.ts'
import { matchLine, type Guard } from './match-line.ts'

export interface Scan {
  /** All lines with a setting, whichever block they are in, by keyword. */
  readonly settings: ReadonlyMap<string, readonly ConfigLine[]>
  /** Of Host and Match lines, without `!`. */
  readonly hostPatterns: ReadonlySet<string>
  /** A Match line asks for the user. */
  readonly asksUser: boolean
  /** Each `Match exec` that is given the destination: who fails one of its conditions is not concerned. */
  readonly execs: readonly (readonly Guard[])[]
  /** It cannot be known who gets the same answer: each destination is asked for by itself. */
  readonly isUnclear: boolean
  /** The files that are there, and say anything. */
  readonly files: readonly string[]
}

/** More than these, each counted once, are more than anybody has. */
const MOST_FILES = 1000
const MOST_BYTES = 16 << 20

interface Scanning {
  readonly settings: Map<string, ConfigLine[]>
  readonly hostPatterns: Set<string>
  readonly execs: (readonly Guard[])[]
  readonly seen: Set<string>
  readonly files: string[]
  asksUser: boolean
  isUnclear: boolean
  bytes: number
}

const nothing = (): Scanning => ({
  settings: new Map(),
  hostPatterns: new Set(),
  execs: [],
  seen: new Set(),
  files: [],
  asksUser: false,
  isUnclear: false,
  bytes: 0,
})

export const SYSTEM_FILE = '/etc/ssh/ssh_config'

/**
 * @param file - as `ssh -F` takes it: that file alone, `none` for nothing; `undefined` for ~/.ssh/config and
 *   /etc/ssh/ssh_config.
 */
export function scanFiles(file: string | undefined): Scan {
  const scanning = nothing()
  if (file === undefined) {
    scanFile(`${hereOf().home}/.ssh/config`, 'user', scanning)
    scanFile(SYSTEM_FILE, 'system', scanning)
  } else if (lowerAscii(file) !== 'none') {
    // That it is missing is for ssh to say.
    if (!scanFile(file, 'user', scanning)) scanning.isUnclear = true
  }
  return scanning
}

/** The scan with lines more, as options of the command line are. */
export function withLines(scan: Scan, lines: readonly ConfigLine[]): Scan {
  if (lines.length === 0) return scan
  const more: Scanning = {
    ...nothing(),
    settings: new Map([...scan.settings].map(([keyword, found]) => [keyword, [...found]])),
    hostPatterns: new Set(scan.hostPatterns),
    execs: [...scan.execs],
    asksUser: scan.asksUser,
    isUnclear: scan.isUnclear || lines.some(({ keyword }) => STRUCTURE.has(keyword)),
    files: [...scan.files],
  }
  for (const line of lines) take(line, 'user', more)
  return more
}

const STRUCTURE = new Set(['host', 'match', 'include'])

/** Whether there is such a file. */
function scanFile(path: string, by: IncludedBy, scanning: Scanning): boolean {
  if (scanning.seen.has(path)) return true
  scanning.seen.add(path)
  const text = textOf(path, scanning)
  if (text === undefined) return false
  const lines = text.split('\n').flatMap((line, index) => configLine(line, `${path}:${index + 1}`) ?? [])
  if (lines.length > 0) scanning.files.push(path)
  for (const line of lines) take(line, by, scanning)
  return true
}

function textOf(path: string, scanning: Scanning): string | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    scanning.bytes += text.length
    if (scanning.seen.size <= MOST_FILES && scanning.bytes <= MOST_BYTES) return text
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // A folder reads as empty for ssh.
    if (code === 'EISDIR') return ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  }
  scanning.isUnclear = true
  return undefined
}

function take(line: ConfigLine, by: IncludedBy, scanning: Scanning): void {
  const { keyword, words, rest } = line
  if (words === undefined) {
    scanning.isUnclear = true
    return
  }
  switch (keyword) {
    case 'host':
      for (const word of words) scanning.hostPatterns.add(word.replace(/^!/, ''))
      return
    case 'match':
      return takeMatch(rest, scanning)
    case 'include':
      for (const word of words) takeInclude(word, by, scanning)
      return
    default: {
      const found = scanning.settings.get(keyword)
      if (found === undefined) scanning.settings.set(keyword, [line])
      else found.push(line)
      if (asksNameServers(keyword, words)) scanning.isUnclear = true
    }
  }
}

/** Keywords for which ssh asks name servers, unless they have these words: one name is none of the others. */
const BY_NAME_SERVERS: Readonly<Record<string, RegExp>> = {
  canonicalizehostname: /^(?:no|false)$/i,
  canonicalizepermittedcnames: /^none$/i,
}

const asksNameServers = (keyword: string, [word = '']: readonly string[]): boolean =>
  BY_NAME_SERVERS[keyword]?.test(word) === false

function takeMatch(rest: string, scanning: Scanning): void {
  const found = matchLine(rest)
  if (found === undefined) {
    scanning.isUnclear = true
    return
  }
  for (const pattern of found.hostPatterns) scanning.hostPatterns.add(pattern)
  scanning.asksUser ||= found.asksUser
  if (found.exec !== undefined) scanning.execs.push(found.exec)
}

function takeInclude(word: string, by: IncludedBy, scanning: Scanning): void {
  const files = includedFiles(word, by)
  if (files === undefined) scanning.isUnclear = true
  else for (const file of files) scanFile(file, by, scanning)
}
