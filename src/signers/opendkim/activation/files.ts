// Finds which of OpenDKIM's files must change. New contents, owners and groups go live together, so they are first
// written to a directory of their own. A mode is corrected in place.
import { createHash } from 'node:crypto'
import type { Change, Diff } from '../../../core/task/change.ts'
import type { SettledPlan } from '../../../core/task/plan.ts'
import { UNKNOWN } from '../../../core/unknown.ts'
import { lines } from '../../../shell/script.ts'
import { sh } from '../../../shell/sh.ts'
import { ACTIVATION } from './state.ts'
import type { PathState } from '../../../resources/files/path.ts'
import { putContent } from '../../../resources/files/put-content.ts'
import { replaceFile } from '../../../resources/files/replace-file.ts'

export interface FilePlans {
  /** By path: the SHA-256 of a staged file, or {@link GONE} for a file that is to be removed. */
  readonly staged: ReadonlyMap<string, string>
  readonly stage: readonly Change[]
  /** Changes of owner and mode. */
  readonly attributes: readonly Change[]
  readonly then: readonly PathState[]
  /** The future state of the files that change. */
  readonly changed: ReadonlyMap<string, PathState['is']>
}

/** Stands for a digest. */
export const GONE = 'gone'

/** Owner, group and mode of a file. */
export interface FileOwner {
  readonly owner: string
  readonly group: string
  readonly mode: string
}

export const digestOf = (content: string): string => createHash('sha256').update(content).digest('hex')

/**
 * @param contents - by path; `undefined` for a file that is to be removed
 * @param all - stages all files, even if they do not change
 */
export function planFiles(
  contents: ReadonlyMap<string, string | undefined>,
  now: readonly PathState[],
  ownerOf: (path: string) => FileOwner,
  all: boolean,
): FilePlans | { readonly why: string } {
  const staged = new Map<string, string>()
  const stage: Change[] = []
  const attributes: Change[] = []
  const then: PathState[] = []
  const changed = new Map<string, PathState['is']>()
  for (const [index, [path, content]] of [...contents].entries()) {
    const state = withDirectory(path, now[index]!)
    const { is } = state
    const name = nameOf(path)
    if (content === undefined) {
      then.push({ ...state, is: { kind: 'absent' } })
      if (is.kind === 'absent') continue
      staged.set(path, GONE)
      stage.push({ summary: `${name}: remove`, apply: sh`rm -f -- ${stagedAt(path)}` })
      changed.set(path, { kind: 'absent' })
      continue
    }
    const plan = putContent(
      {
        path,
        content: Buffer.from(content),
        wanted: 'shown',
        secret: false,
        ...ownerOf(path),
      },
      state,
    )
    if (plan.kind === 'blocked') return plan
    const same = is.kind === 'file' && is.sha256 === digestOf(content)
    const mine = is.kind === 'file' && is.owner === ownerOf(path).owner && is.group === ownerOf(path).group
    const after = afterOf(plan, state, mine)
    const made = plan.kind === 'change' ? plan.changes : []
    if (same && mine) attributes.push(...made.map((each) => ({ ...each, summary: `${name}: ${each.summary}` })))
    if (!same || !mine || all) {
      staged.set(path, digestOf(content))
      stage.push(
        staging(
          path,
          content,
          ownerOf(path),
          same && mine ? 'again' : made.map(({ summary }) => summary).join(', '),
          same ? undefined : made[0]?.diff,
        ),
      )
    }
    then.push(after)
    if (plan.kind === 'change' || staged.has(path)) changed.set(path, after.is)
  }
  return { staged, stage, attributes, then, changed }
}

/** If the owner of a file changes, a new file replaces it, so that it is loaded again. */
function afterOf(plan: SettledPlan<PathState>, state: PathState, mine: boolean): PathState {
  if (plan.kind !== 'change') return state
  const { is } = plan.then
  return is.kind === 'file' && !mine ? { ...plan.then, is: { ...is, mtime: UNKNOWN } } : plan.then
}

const NEW = `${ACTIVATION}/new`
/** They are made where they are not there. */
const ABOVE_NEW = ['/var/lib/mailrun', ACTIVATION, NEW]
/** Where a file is kept until it goes live. */
const stagedAt = (path: string): string => `${NEW}/${path.split('/').at(-1) ?? path}`

/** Its name in summaries. */
const nameOf = (path: string): string =>
  path
    .split('/')
    .slice(path.includes('.d/') ? -2 : -1)
    .join('/')

/** A directory of drop-ins is made when the first one goes live. */
const withDirectory = (path: string, state: PathState): PathState =>
  path.includes('.d/') && state.parent === 'absent' ? { ...state, parent: 'directory' } : state

function staging(path: string, content: string, owner: FileOwner, summary: string, diff: Diff | undefined): Change {
  const { before, apply } = replaceFile({
    path: stagedAt(path),
    content: Buffer.from(content),
    secret: false,
    ...owner,
    validate: undefined,
    backup: undefined,
    above: ABOVE_NEW,
  })
  const folder = sh`[ -d ${NEW} ] || mkdir -p -- ${NEW} || exit`
  return {
    summary: `${nameOf(path)}: ${summary}`,
    before: before.map((piece) => lines([folder, piece])),
    apply,
    ...(diff ? { diff } : {}),
  }
}
