// The plan of every task that sets the whole content of a file: creates or replaces the file, or sets only its owner
// and mode.
import { createHash } from 'node:crypto'
import type { Change, Diff } from '../../core/task/change.ts'
import { blocked, change, type SettledPlan } from '../../core/task/plan.ts'
import { isKnown, UNKNOWN, type Known } from '../../core/unknown.ts'
import { contentBytes, SHOWN_BYTES, type PathState, type Wanted } from './path.ts'
import {
  attributeChanges,
  attributeSummary,
  givenAttributes,
  madeByRoot,
  withAttributes,
  type GivenAttributes,
} from './attributes.ts'
import { replaceFile, type ReplaceFile } from './replace-file.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/**
 * A file's whole content, with owner, group and mode; those left out: as the file has them, root's and `0644` for a new
 * one.
 */
export interface PutContent extends GivenAttributes {
  readonly path: string
  readonly content: Uint8Array
  /** As the probe was asked, so that the foreseen state is what it will answer. */
  readonly wanted: Wanted
  /** No diff, and the text is masked wherever it comes up. */
  readonly secret: boolean
  /** A command that must accept the new file before it goes live; `%s` stands for its path. */
  readonly validate?: readonly string[] | undefined
  /** Keeps the file that was there as `PATH.mailrun-backup`: name it among the task's `writes`. */
  readonly backup?: boolean | undefined
  /**
   * The content is made of what stands there now: where that changes before it is put in place, the host is asked
   * again.
   */
  readonly madeOfIt?: boolean | undefined
}

/**
 * The plan that puts a content in place, atomically: creates or replaces the file, or changes only its owner and mode;
 * blocked where something is there already.
 *
 * @param now - of `pathProbe`, asked with the same `path`, `wanted`, `owner` and `group`.
 * @example
 * plan: ({ path, text }, now) =>
 *   putContent({ path, content: Buffer.from(text), wanted: 'shown', secret: false }, now)
 */
export function putContent(put: PutContent, now: PathState): SettledPlan<PathState> {
  const { path, content, secret } = put
  const stands = whyBlocked(path, now)
  if (stands !== undefined) return blocked(stands)
  const { is } = now
  const wanted = givenAttributes(put, now)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const before = is.kind === 'file' ? is : undefined
  const attributes = withAttributes(wanted, before ?? madeByRoot('0644'))
  const file = { kind: 'file', ...attributes, sha256 } as const
  if (before?.sha256 === sha256) {
    const kept = before.content === undefined ? {} : { content: before.content }
    return change(attributeChanges(path, wanted, before), { ...now, is: { ...file, ...kept, mtime: before.mtime } })
  }
  const bytes = carriesContent(put.wanted, content) ? { content: new Uint8Array(content) } : {}
  const also = before === undefined ? '' : attributeSummary(wanted, before)
  const { before: pieces, apply } = replaceFile({
    path,
    content,
    secret,
    owner: put.owner,
    group: put.group,
    mode: put.mode,
    validate: put.validate,
    backup: put.backup && before !== undefined ? `${path}.mailrun-backup` : undefined,
    madeOf: put.madeOfIt ? digestOf(before) : undefined,
  })
  const diff = secret ? undefined : diffOf(path, before?.content, content, before === undefined)
  const made: Change = {
    summary: before === undefined ? 'create' : also === '' ? 'content' : `content, ${also}`,
    apply,
    before: pieces,
    ...(diff ? { diff } : {}),
  }
  return change([made], { ...now, is: { ...file, ...bytes, mtime: UNKNOWN } })
}

/** What a content is made of that is made of this file; `undefined` where nobody can tell. */
function digestOf(before: { readonly sha256: Known<string> } | undefined): ReplaceFile['madeOf'] {
  if (before === undefined) return 'nothing'
  return isKnown(before.sha256) ? before.sha256 : undefined
}

/** Why a file cannot be put there as things stand. */
export function whyBlocked(path: string, { is, parent, missing }: PathState): string | undefined {
  if (missing.length > 0) {
    return (
      `there is no ${missing.join(' and no ')} on the host: ` +
      'make it with user or group, or have apt say what its packages provide'
    )
  }
  if (parent === 'absent')
    return `its directory ${path.slice(0, path.lastIndexOf('/')) || '/'} is not there: make it with directory first`
  if (parent === 'other') return `${path.slice(0, path.lastIndexOf('/'))} is not a directory`
  if (is.kind === 'directory') return `${path} is a directory`
  if (is.kind === 'symlink')
    return `${path} is a symbolic link: name the file that it leads to, or remove the link first`
  if (is.kind === 'other') return `${path} is neither a file nor a directory`
  return undefined
}

const carriesContent = (wanted: Wanted, content: Uint8Array): boolean =>
  (wanted === 'shown' || wanted === 'needed') && content.length <= contentBytes(wanted)

function diffOf(
  path: string,
  before: Untrusted<Uint8Array> | undefined,
  after: Uint8Array,
  fresh: boolean,
): Diff | undefined {
  if (before === undefined && !fresh) return undefined
  if (after.length > SHOWN_BYTES || (before?.length ?? 0) > SHOWN_BYTES) return undefined
  const afterText = decode(after)
  const beforeText = before && decode(before)
  if (afterText === undefined || (before !== undefined && beforeText === undefined)) return undefined
  return { path, before: beforeText, after: afterText }
}

function decode(bytes: Untrusted<Uint8Array>): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
