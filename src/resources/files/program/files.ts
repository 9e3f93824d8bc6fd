// Shell text that makes, replaces, owns, links, keeps and removes files of a host. All tasks use it, and nothing else
// does these things.
import { quote } from '../../../shell/quote.ts'
import { orSaysOutdated } from '../../../shell/outdated.ts'
import { lines, raw, type Script } from '../../../shell/script.ts'
import { STARS } from '../../../shell/secret.ts'
import { sh } from '../../../shell/sh.ts'

/** A trip sends the program to the host if a step uses it. `$run` is the host's folder for working files. */
export const FILES = '"$run/files"'

/** Names or numbers, and four octal digits. `undefined`: as the file has it; for a new file, root and 0644. */
export interface Owned {
  readonly owner?: string | undefined
  readonly group?: string | undefined
  readonly mode?: string | undefined
}

type Setting = readonly [name: string, value: string | undefined]

/** For the shell functions of a longer change. The program's own arguments follow, see `program.ts`. */
export const files = (verb: string, path: string, settings: readonly Setting[]): Script => {
  const words = settings.flatMap(([name, value]) => (value === undefined ? [] : [quote(`${name}=${value}`)]))
  return sh`perl ${raw(FILES)} ${raw(verb)} ${path}${raw(words.map((word) => ` ${word}`).join(''))}`
}

const owned = ({ owner, group, mode }: Owned): readonly Setting[] => [
  ['owner', owner],
  ['group', group],
  ['mode', mode],
]

/** The standard input of the program, which no list of processes shows. */
export interface Bytes {
  readonly bytes: Uint8Array
  /** The whole secret of which the bytes are a part; it is shown as stars. `undefined`: no secret. */
  readonly secret: string | undefined
}

const END = 'mailrun-bytes'

const withBytes = (command: Script, { bytes, secret }: Bytes, rest: Script = raw('')): Script =>
  lines([
    sh`${command} <<${raw(`'${END}'`)}${rest}`,
    {
      text: Buffer.from(bytes).toString('base64'),
      shown: secret === undefined ? `… ${bytes.length} bytes …` : STARS,
      secrets: secret === undefined ? [] : [secret],
    },
    raw(END),
  ])

export interface PutFile extends Owned {
  /** All bytes or, if {@link putPiece} has sent them before, their SHA-256. */
  readonly content: Bytes | { readonly sha256: string }
  /** A command that must accept the new file; `%s` stands for its path. */
  readonly validate: readonly string[] | undefined
  readonly backup: string | undefined
  /** Directories that are made first where they are not there, with owner root and mode 0755. */
  readonly above?: readonly string[] | undefined
  /** The SHA-256 that the present file must have, or `nothing`; else the change reports that it is outdated. */
  readonly madeOf: string | undefined
}

/**
 * Replaces a whole file: writes it beside its target, checks it, sets its owner, validates it, keeps the former one,
 * renames it.
 */
export function putFile(
  path: string,
  { content, validate, backup, above = [], madeOf, ...attributes }: PutFile,
): Script {
  const command = files('put', path, [
    ...owned(attributes),
    ['backup', backup],
    ['is', madeOf],
    ...above.map((each): Setting => ['above', each]),
    ['pieces', 'sha256' in content ? content.sha256 : undefined],
  ])
  const checked = validate === undefined ? command : sh`${command} -- ${validate}`
  const rest = madeOf === undefined ? raw('') : orSaysOutdated
  return 'sha256' in content ? sh`${checked}${rest}` : withBytes(checked, content, rest)
}

/** One piece of a file that is too large for one step. */
export const putPiece = (path: string, piece: Bytes, first: boolean): Script =>
  withBytes(files('piece', path, [['first', first ? '1' : undefined]]), piece)

/** Sets owner, group and mode of an existing path; of a link, its own. `strict`: setuid bits must not get lost. */
export const ownPath = (path: string, attributes: Owned & { readonly strict?: boolean }): Script =>
  files('own', path, [...owned(attributes), ['strict', attributes.strict ? '1' : undefined]])

/** Sets owner and group of the path, and of everything `below` it, where they differ. */
export const ownTree = (path: string, attributes: Omit<Owned, 'mode'>, below: boolean): Script =>
  files('tree', path, [...owned(attributes), below ? ['bits', 'root'] : ['depth', '0']])

/** @param above - directories that are made first, with owner root and mode 0755 */
export const makeDirectory = (path: string, attributes: Owned, above: readonly string[]): Script =>
  files('directory', path, [...owned(attributes), ...above.map((each): Setting => ['above', each])])

/** The same; an existing directory gets these attributes. */
export const keepDirectory = (path: string, attributes: Owned): Script =>
  files('directory', path, [...owned(attributes), ['there', '1']])

export interface CopyFile extends Owned {
  /** A source with more is refused. */
  readonly maxBytes?: number
}

/** Copies a file of the host, and replaces an existing file. @param source - symbolic links of root are followed */
export const copyFile = (path: string, source: string, { maxBytes, ...attributes }: CopyFile): Script =>
  files('copy', path, [
    ['source', source],
    ...owned(attributes),
    ['most', maxBytes === undefined ? undefined : String(maxBytes)],
  ])

/** Makes the home directory of a user with the files of /etc/skel. An existing directory stays as it is. */
export const makeHome = (user: string): Script => files('home', user, [])

export interface Unpack extends Omit<Owned, 'mode'> {
  readonly source: string
  readonly strip: number
  readonly maxBytes: number
  readonly maxFiles: number
  /** The text of `.mailrun-archive` in it. */
  readonly stamp: string
  /** A directory that is there must be empty. */
  readonly isNew: boolean
}

/** An archive becomes a directory, in the place of the one that is there. */
export const unpackArchive = (path: string, unpack: Unpack): Script =>
  files('unpack', path, [
    ...owned(unpack),
    ['source', unpack.source],
    ['strip', String(unpack.strip)],
    ['bytes', String(unpack.maxBytes)],
    ['files', String(unpack.maxFiles)],
    ['stamp', unpack.stamp],
    ['new', unpack.isNew ? '1' : undefined],
  ])

/** Makes a link, and replaces whatever exists there, except a directory. */
export const putLink = (path: string, target: string): Script => files('symlink', path, [['to', target]])

/** Sets the time of an existing path, of a link its own. The word is one that touch(1) understands. */
export const touchFile = (path: string, date: Script): Script => sh`${files('touch', path, [])} date=${date}`

/** Removes a file or a link. It is no error if nothing exists there. */
export const removeFile = (path: string): Script => files('remove', path, [])
/** Removes an empty directory. */
export const removeDirectory = (path: string): Script => files('remove-directory', path, [])
/** Removes a directory and everything in it, on its own file system. */
export const removeTree = (path: string): Script => files('remove-tree', path, [])

/**
 * Runs a command that makes `PATH.ENDING` from the file `PATH`. The product is never older than the file.
 *
 * @param command - `%s` stands for the file's path
 */
export const compileFile = (path: string, ending: string, command: readonly string[]): Script =>
  sh`${files('compile', path, [['ending', ending]])} -- ${command}`

/**
 * Makes a new file from the output of a command. If `check`, which gets the file on its standard input, fails, the file
 * is not put in place.
 */
export const makeFile = (
  path: string,
  attributes: Owned,
  command: readonly (string | number)[],
  check: readonly string[],
): Script => sh`${files('make', path, owned(attributes))} -- ${command} -- ${check}`

/**
 * Keeps the matching lines of a file and adds lines. Each new line begins with the host's time, in seconds since 1970.
 * The file then begins with the header.
 *
 * @param keeps - a regular expression, as Perl and grep -E understand it.
 */
export const addLines = (
  path: string,
  attributes: Owned,
  { header, keeps, added }: { readonly header: string; readonly keeps: string; readonly added: readonly string[] },
): Script =>
  lines([
    sh`${files('lines', path, owned(attributes))} <<'mailrun-lines'`,
    raw([header, keeps, ...added].join('\n')),
    raw('mailrun-lines'),
  ])
