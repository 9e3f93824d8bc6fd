// Shell text that makes, replaces, owns, links, keeps and removes files of a host. All tasks use it, and nothing else
// does these things.
import { quote } from '../../../shell/quote.ts'
import { orSaysOutdated } from '../../../shell/outdated.ts'
import { lines, raw, type Script } from '../../../shell/script.ts'
import { STARS } from '../../../shell/secret.ts'
import { sh } from '../../../shell/sh.ts'

/** A trip brings the program there where a step names it; `$run` is the host's folder of working files. */
export const FILES = '"$run/files"'

/** Names or numbers, and four octal digits; `undefined`: as the file has it, root's and 0644 for a new one. */
export interface Owned {
  readonly owner?: string | undefined
  readonly group?: string | undefined
  readonly mode?: string | undefined
}

type Setting = readonly [name: string, value: string | undefined]

/** For the shell functions of a longer change: what follows are the program's own words, see `program.ts`. */
export const files = (verb: string, path: string, settings: readonly Setting[]): Script => {
  const words = settings.flatMap(([name, value]) => (value === undefined ? [] : [quote(`${name}=${value}`)]))
  return sh`perl ${raw(FILES)} ${raw(verb)} ${path}${raw(words.map((word) => ` ${word}`).join(''))}`
}

const owned = ({ owner, group, mode }: Owned): readonly Setting[] => [
  ['owner', owner],
  ['group', group],
  ['mode', mode],
]

/** What the program reads: no process shows it. */
export interface Bytes {
  readonly bytes: Uint8Array
  /** All of which they are a part, shown as stars; `undefined`: no secret. */
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
  /** All bytes; or, where they came before by {@link putPiece}, their SHA-256. */
  readonly content: Bytes | { readonly sha256: string }
  /** Must accept the new file; `%s` stands for its path. */
  readonly validate: readonly string[] | undefined
  readonly backup: string | undefined
  /** SHA-256 of what must stand there, or `nothing`; else the change says that it is outdated. */
  readonly madeOf: string | undefined
}

/** Puts a whole file in place: written beside, proved, owned, validated; the former one kept; renamed. */
export function putFile(path: string, { content, validate, backup, madeOf, ...attributes }: PutFile): Script {
  const command = files('put', path, [
    ...owned(attributes),
    ['backup', backup],
    ['is', madeOf],
    ['pieces', 'sha256' in content ? content.sha256 : undefined],
  ])
  const checked = validate === undefined ? command : sh`${command} -- ${validate}`
  const rest = madeOf === undefined ? raw('') : orSaysOutdated
  return 'sha256' in content ? sh`${checked}${rest}` : withBytes(checked, content, rest)
}

/** One piece of a file that is too large for one step. */
export const putPiece = (path: string, piece: Bytes, first: boolean): Script =>
  withBytes(files('piece', path, [['first', first ? '1' : undefined]]), piece)

/** Owner, group and mode of what is there, whatever it is; a link's own. `strict`: setuid bits must not get lost. */
export const ownPath = (path: string, attributes: Owned & { readonly strict?: boolean }): Script =>
  files('own', path, [...owned(attributes), ['strict', attributes.strict ? '1' : undefined]])

/** Owner and group of what deviates: of the path, and `below` it. */
export const ownTree = (path: string, attributes: Omit<Owned, 'mode'>, below: boolean): Script =>
  files('tree', path, [...owned(attributes), below ? ['bits', 'root'] : ['depth', '0']])

/** @param above - directories that are made first: root's, 0755 */
export const makeDirectory = (path: string, attributes: Owned, above: readonly string[]): Script =>
  files('directory', path, [...owned(attributes), ...above.map((each): Setting => ['above', each])])

/** The same, one that is there is given these attributes. */
export const keepDirectory = (path: string, attributes: Owned): Script =>
  files('directory', path, [...owned(attributes), ['there', '1']])

/** A file of the host, in the place of what file is there. @param source - symbolic links of root's are followed. */
export const copyFile = (path: string, source: string, attributes: Owned): Script =>
  files('copy', path, [['source', source], ...owned(attributes)])

/** The home directory of a user, with what is in /etc/skel; one that is there is left alone. */
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

/** A link, in the place of whatever is there but a directory. */
export const putLink = (path: string, target: string): Script => files('symlink', path, [['to', target]])

/** Its time becomes what touch(1) makes of the word; a link's own, and nothing is made. */
export const touchFile = (path: string, date: Script): Script => sh`${files('touch', path, [])} date=${date}`

/** A file or a link; that nothing is there is no error. */
export const removeFile = (path: string): Script => files('remove', path, [])
/** An empty one. */
export const removeDirectory = (path: string): Script => files('remove-directory', path, [])
/** With all in it, on its own file system. */
export const removeTree = (path: string): Script => files('remove-tree', path, [])

/**
 * What a command makes of a file beside it: `PATH.ENDING`, never older than the file.
 *
 * @param command - `%s` stands for the file's path
 */
export const compileFile = (path: string, ending: string, command: readonly string[]): Script =>
  sh`${files('compile', path, [['ending', ending]])} -- ${command}`

/**
 * A file that was not there, of what a command prints; it is not put in place where `check`, which has it as its
 * standard input, fails.
 */
export const makeFile = (
  path: string,
  attributes: Owned,
  command: readonly (string | number)[],
  check: readonly string[],
): Script => sh`${files('make', path, owned(attributes))} -- ${command} -- ${check}`

/**
 * Keeps the lines of a file that match, and adds some; each begins with the host's time, in seconds since 1970. The
 * file then begins with the header.
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
