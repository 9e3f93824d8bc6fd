// The script that puts a file in place atomically: written beside its target, given owner and mode, synced, renamed.
import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path/posix'
import { quote } from '../shell/quote.ts'
import { orOutdated } from '../shell/outdated.ts'
import { lines, raw, type Script } from '../shell/script.ts'
import { STARS } from '../shell/secret.ts'
import { sh } from '../shell/sh.ts'

/** What to put where. */
export interface ReplaceFile {
  readonly path: string
  readonly content: Uint8Array
  /** Shown as stars, and masked wherever it might come back. */
  readonly secret: boolean
  /** `undefined`: as the file has them now; root and 0644 for a new one. */
  readonly owner: string | undefined
  readonly group: string | undefined
  readonly mode: string | undefined
  /** Runs before the file goes live; `%s` stands for the file written beside. */
  readonly validate: readonly string[] | undefined
  /** Where the file that stood there before is kept. */
  readonly backup: string | undefined
  /**
   * What stands there now, where the content is made of it: its SHA-256 in hex, or `nothing`. Where it is something
   * else by then, nothing is written and the host is asked again.
   */
  readonly madeOf?: string | undefined
}

/** The `before` and `apply` of a `Change`: large contents travel in pieces. */
export interface Replacement {
  readonly before: readonly Script[]
  readonly apply: Script
}

/** Bytes of content in one piece of script: base64 makes them a megabyte. */
const PIECE_BYTES = 786_432

/**
 * The script that puts a file in place, for a plan of one's own; `putContent` makes the whole plan. Never a moment with
 * half a file, nor with one that others may read: the new one is made under umask 077 and renamed last. A failure (a
 * full disk, a refused validation) leaves the target as it was and removes the new one.
 *
 * @example
 * const rest = { owner: 'root', group: 'root', mode: '0600', validate: undefined, backup: undefined }
 * change([{ summary: 'content', ...replaceFile({ path, content, secret: true, ...rest }) }], then)
 */
export function replaceFile({
  path,
  content,
  secret,
  owner,
  group,
  mode,
  validate,
  backup,
  madeOf,
}: ReplaceFile): Replacement {
  const beside = besideOf(path)
  const pieces = piecesOf(content)
  const write = (piece: Uint8Array, first: boolean): Script => {
    const script = (bytes: string): string =>
      [
        'umask 077',
        ...(first ? [`rm -f -- ${quote(beside)}`] : []),
        `printf %s ${bytes} | base64 -d ${first ? '>' : '>>'} ${quote(beside)}`,
      ].join('\n')
    return {
      text: script(Buffer.from(piece).toString('base64')),
      shown: script(secret ? `'${STARS}'` : `'… ${piece.length} bytes …'`),
      secrets: secret ? [Buffer.from(content).toString('utf8')] : [],
    }
  }
  const digest = createHash('sha256').update(content).digest('hex')
  const large = pieces.length > 1
  return {
    before: large ? pieces.map((piece, index) => write(piece, index === 0)) : [],
    apply: lines([
      raw('set -e'),
      sh`trap ${`rm -f -- ${quote(beside)}`} EXIT`,
      ...(madeOf === undefined ? [] : [orOutdated(stillIs(madeOf, path))]),
      large ? whole(digest, beside) : write(content, true),
      chown(owner, group, path, beside),
      mode === undefined
        ? sh`if [ -e ${path} ]; then chmod --reference=${path} -- ${beside}; else chmod 0644 -- ${beside}; fi`
        : sh`chmod ${mode} -- ${beside}`,
      ...(validate === undefined ? [] : [validation(validate, beside)]),
      ...(backup === undefined ? [] : [sh`[ ! -e ${path} ] || cp -pf -- ${path} ${backup}`]),
      sh`sync -- ${beside}`,
      sh`mv -fT -- ${beside} ${path}`,
    ]),
  }
}

const stillIs = (madeOf: string, path: string): Script =>
  madeOf === 'nothing'
    ? sh`[ ! -e ${path} ] && [ ! -L ${path} ]`
    : sh`[ "$(sha256sum 2>/dev/null < ${path})" = ${`${madeOf}  -`} ]`

const whole = (digest: string, beside: string): Script =>
  sh`printf '%s  %s\n' ${digest} ${beside} | sha256sum --status -c || ${exitSaying('the file did not arrive whole')}`

const exitSaying = (why: string): Script => sh`{ echo ${why} >&2; exit 1; }`

/** Deterministic, so that the next run finds what a killed one left. */
export const besideOf = (path: string): string =>
  `${dirname(path) === '/' ? '' : dirname(path)}/.${basename(path)}.mailrun-new`

function piecesOf(content: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < content.length || at === 0; at += PIECE_BYTES)
    pieces.push(content.subarray(at, at + PIECE_BYTES))
  return pieces
}

/** Without a file to follow it is root's, whatever the directory's setgid bit would make of it. */
function chown(owner: string | undefined, group: string | undefined, path: string, beside: string): Script {
  const given = sh`chown -- ${`${owner ?? ''}${group === undefined ? '' : `:${group}`}`} ${beside}`
  if (owner !== undefined && group !== undefined) return given
  const asBefore = sh`if [ -e ${path} ]; then
  chown --reference=${path} -- ${beside}
else
  chown root:root -- ${beside}
fi`
  return owner === undefined && group === undefined ? asBefore : lines([asBefore, given])
}

const validation = (command: readonly string[], beside: string): Script =>
  sh`${command.map((word) => word.replaceAll('%s', beside))} || ${exitSaying(REFUSED)}`

const REFUSED = 'refused by its validation; the file in place is untouched'
