// The plan of every task that edits a part of a file: a pure function edits the text, and the file is replaced
// atomically.
import { blocked, type SettledPlan } from '../../core/task/plan.ts'
import { NEEDED_BYTES, type PathState } from './path.ts'
import type { GivenAttributes } from './attributes.ts'
import { putContent, whyBlocked } from './put-content.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/** A part of a text file. */
export interface EditContent extends GivenAttributes {
  readonly path: string
  /** Makes the file where it is not there. */
  readonly create: boolean
  /** Without it there is nothing to be done where the file is not there. */
  readonly needed: boolean
  readonly validate: readonly string[] | undefined
  readonly backup: boolean
  /** @returns the reason, where the text cannot be edited. */
  edit(text: string): string | { readonly impossible: string }
}

/**
 * The plan that edits a text file of at most 1 MiB by a pure function, and puts the result in place atomically; blocked
 * where it cannot be edited.
 *
 * @param now - of `pathProbe`, asked with `wanted: 'needed'` and the same `path`, `owner` and `group`.
 * @example
 * // After its edit a text must be left as it is by the same edit.
 * const edit = (text) => text.replaceAll('\t', ' ')
 * editContent({ path, create: false, needed: true, validate: undefined, backup: false, edit }, now)
 */
export function editContent(
  { path, create, needed, edit, validate, backup, ...attributes }: EditContent,
  now: PathState,
): SettledPlan<PathState> {
  const { is } = now
  if (is.kind === 'absent' && !needed) return { kind: 'ok' }
  const stands = whyBlocked(path, now)
  if (stands !== undefined) return blocked(stands)
  if (is.kind === 'absent' && !create) return blocked(`${path} is not there: make it with file, or say create: true`)
  const content = is.kind === 'file' ? is.content : new Uint8Array()
  if (content === undefined)
    return blocked(`${path} is larger than ${NEEDED_BYTES >> 20} MiB: too large to be edited by lines`)
  const text = decode(content)
  if (text === undefined) return blocked(`${path} is not UTF-8 text`)
  const edited = edit(text)
  if (typeof edited !== 'string') return blocked(edited.impossible)
  const after = Buffer.from(edited)
  if (after.length > NEEDED_BYTES)
    return blocked(`${path} would be larger than ${NEEDED_BYTES >> 20} MiB: too large to be edited by lines`)
  return putContent(
    { ...attributes, path, content: after, wanted: 'needed', secret: false, validate, backup, madeOfIt: true },
    now,
  )
}

function decode(bytes: Untrusted<Uint8Array>): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
