// Reads ssh_config(5) files with all that they include, once for a run.
import { MailrunError } from '../../../core/mailrun-error.ts'
import { fromBytes, toBytes } from './bytes.ts'
import { filesOf } from './glob.ts'
import { hereOf, type Here } from '../machine.ts'
import { readLines } from './read-file.ts'
import { statementOf, type Statement } from './statement.ts'
import { isNone } from '../keywords/jump.ts'
import type { Runs } from '../shell-exec.ts'
import type { Origin } from '../values.ts'

export type ConfigStatement =
  | Exclude<Statement, { kind: 'include' }>
  | { readonly kind: 'include'; readonly where: string; readonly files: readonly ConfigFile[] }

export interface ConfigFile {
  readonly origin: Origin
  readonly statements: readonly ConfigStatement[]
  /** Levels of files that it includes. */
  readonly height: number
  /** It and all that it includes, counted as often as they are read. */
  readonly count: number
  readonly wantsFinal: boolean
}

export interface SshConfig {
  readonly files: readonly ConfigFile[]
  readonly here: Here
  /** What Match exec has run so far. */
  readonly runs: Runs
}

export interface SystemPaths {
  /** ~/.ssh/config; where a relative Include of the user looks is ~/.ssh. */
  readonly user: string
  /** /etc/ssh/ssh_config */
  readonly system: string
}

const MAX_DEPTH = 16
const MAX_FILES = 10_000
const TOO_DEEP = `include: files include each other more than ${MAX_DEPTH} deep`

/**
 * @param file - as `ssh -F` takes it: that file alone, `none` for nothing; undefined for ~/.ssh/config and
 *   /etc/ssh/ssh_config, which may be missing.
 * @throws MailrunError with file:line for what ssh refuses whatever the host, for bad permissions, and for a `file`
 *   that cannot be read.
 * @example const config = await readSshConfig(undefined)
 */
export function readSshConfig(file: string | undefined, paths?: SystemPaths): Promise<SshConfig> {
  // What is thrown here rejects the promise.
  return new Promise((resolve) => resolve(readNow(file, paths)))
}

function readNow(file: string | undefined, paths: SystemPaths | undefined): SshConfig {
  const here = hereOf()
  const runs: Runs = new Map()
  const reading: Reading = { here, known: new Map(), open: new Set() }
  if (file !== undefined) return { here, runs, files: isNone(file) ? [] : [required(toBytes(file), reading)] }
  const user = paths === undefined ? `${here.home}/.ssh/config` : toBytes(paths.user)
  const system = paths === undefined ? '/etc/ssh/ssh_config' : toBytes(paths.system)
  const found = [load(user, 'user', true, 0, reading), load(system, 'system', false, 0, reading)]
  return { here, runs, files: found.flatMap((each) => (typeof each === 'string' ? [] : [each])) }
}

interface Reading {
  readonly here: Here
  readonly known: Map<string, ConfigFile>
  readonly open: Set<string>
}

function required(path: string, reading: Reading): ConfigFile {
  const loaded = load(path, 'user', false, 0, reading)
  if (typeof loaded === 'string') throw new MailrunError(`this ssh_config cannot be read: ${loaded}`, fromBytes(path))
  return loaded
}

/** Why it cannot be opened, as text, or the file; an empty text where there is none. */
function load(path: string, origin: Origin, checked: boolean, depth: number, reading: Reading): ConfigFile | string {
  const key = `${origin} ${checked} ${path}`
  const known = reading.known.get(key)
  if (known !== undefined) return known
  const read = readLines(path, checked, reading.here)
  if (read.kind === 'closed') return read.isMissing && depth > 0 ? '' : read.why
  reading.open.add(path)
  const statements = read.lines.flatMap((line, index): ConfigStatement[] => {
    const where = `${fromBytes(path)}:${index + 1}`
    const statement = statementOf(line, where, reading.here)
    if (statement === undefined) return []
    return [
      statement.kind === 'include'
        ? {
            kind: 'include',
            where,
            files: statement.paths.flatMap((each) => included(each, origin, where, depth, reading)),
          }
        : statement,
    ]
  })
  reading.open.delete(path)
  const below = statements.flatMap((statement) => (statement.kind === 'include' ? statement.files : []))
  const file: ConfigFile = {
    origin,
    statements,
    height: below.reduce((most, { height }) => Math.max(most, height + 1), 0),
    count: below.reduce((sum, { count }) => sum + count, 1),
    wantsFinal:
      below.some(({ wantsFinal }) => wantsFinal) ||
      statements.some((statement) => statement.kind === 'match' && statement.line.wantsFinal),
  }
  reading.known.set(key, file)
  return file
}

function included(path: string, origin: Origin, where: string, depth: number, reading: Reading): readonly ConfigFile[] {
  if (path.startsWith('~') && origin === 'system')
    throw new MailrunError(`include: a file of the system cannot include ${fromBytes(path)}: name it in full`, where)
  const anchored =
    path.startsWith('/') || path.startsWith('~') ? path : `${origin === 'system' ? '/etc/ssh' : '~/.ssh'}/${path}`
  return filesOf(anchored, reading.here).flatMap((each) => {
    if (reading.open.has(each)) throw new MailrunError(`include: ${fromBytes(each)} includes itself`, where)
    if (depth + 1 > MAX_DEPTH) throw new MailrunError(TOO_DEEP, where)
    const file = load(each, origin, true, depth + 1, reading)
    if (typeof file === 'string') {
      if (file === '') return []
      throw new MailrunError(`include: ${fromBytes(each)} cannot be read: ${file}`, where)
    }
    if (depth + 1 + file.height > MAX_DEPTH) throw new MailrunError(TOO_DEEP, where)
    if (file.count > MAX_FILES) throw new MailrunError(`include: more than ${MAX_FILES} files are included`, where)
    return [file]
  })
}
