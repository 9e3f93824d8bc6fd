// The script that replaces a file atomically: writes it beside its target, sets owner and mode, flushes it, renames it.
import { createHash } from 'node:crypto'
import { putFile, putPiece } from './program/files.ts'
import type { Script } from '../../shell/script.ts'

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
  /** Directories that are made first where they are not there, with owner root and mode 0755. */
  readonly above?: readonly string[] | undefined
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
 * half a file, nor with one that others may read: the new one is root's alone and renamed last. A failure (a full disk,
 * a refused validation) leaves the target as it was and removes the new one. Links in a directory that others can write
 * lead it nowhere.
 *
 * @example
 * const rest = { owner: 'root', group: 'root', mode: '0600', validate: undefined, backup: undefined }
 * change([{ summary: 'content', ...replaceFile({ path, content, secret: true, ...rest }) }], then)
 */
export function replaceFile({ content, secret, ...put }: ReplaceFile): Replacement {
  const { path } = put
  const shown = secret ? Buffer.from(content).toString('utf8') : undefined
  const pieces = piecesOf(content)
  if (pieces.length === 1)
    return {
      before: [],
      apply: putFile(path, { ...put, madeOf: put.madeOf, content: { bytes: content, secret: shown } }),
    }
  const sha256 = createHash('sha256').update(content).digest('hex')
  return {
    before: pieces.map((bytes, index) => putPiece(path, { bytes, secret: shown }, index === 0)),
    apply: putFile(path, { ...put, madeOf: put.madeOf, content: { sha256 } }),
  }
}

function piecesOf(content: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < content.length || at === 0; at += PIECE_BYTES)
    pieces.push(content.subarray(at, at + PIECE_BYTES))
  return pieces
}
