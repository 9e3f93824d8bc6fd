// The plan that puts a folder of the controller in place: its directories, its files, and nothing else if so wanted.
import type { Listing, FolderEntry } from '../../core/fleet/source.ts'
import type { Change } from '../../core/task/change.ts'
import { fact, type Fact } from '../../core/task/fact.ts'
import { blocked, change, type SettledPlan } from '../../core/task/plan.ts'
import { joinProbes } from '../../core/probe/join-probes.ts'
import type { Probe } from '../../core/probe/probe.ts'
import { attributeChanges, givenAttributes, madeByRoot, withAttributes, type GivenAttributes } from './attributes.ts'
import { NAMES_AT_MOST, namesBelow, type NamesBelow } from './names-below.ts'
import { pathProbe, type PathState, type Wanted } from './path.ts'
import { makeDirectory, removeFile, removeTree } from './program/files.ts'
import { putContent, whyBlocked } from './put-content.ts'

export interface PutFolder extends GivenAttributes {
  readonly dest: string
  readonly listing: Listing
  /** `mode` is that of files. */
  readonly directoryMode: string | undefined
  /** Removes what is below `dest` and is not in the folder. */
  readonly purge: boolean
  readonly content: (entry: FolderEntry) => Uint8Array
}

/** The state of `dest` itself; what stands at each of the folder's entries, in their order; all names below it. */
export interface FolderState extends PathState {
  readonly below?: readonly PathState[]
  readonly all?: NamesBelow
}

type FolderQuestion = Pick<PutFolder, 'dest' | 'listing' | 'owner' | 'group' | 'purge'>

/** @param path - below it. */
export const pathIn = (directory: string, path: string): string =>
  directory === '/' ? `/${path}` : `${directory}/${path}`

/** @param question - `purge` also asks for all names below `dest`. */
export function folderProbe({ dest, listing, owner, group, purge }: FolderQuestion): Probe<FolderState> {
  const below = listing.map(({ path, kind }) =>
    pathProbe({ path: pathIn(dest, path), wanted: kind === 'file' ? wantedOf(listing) : 'nothing', owner, group }),
  )
  return joinProbes<PathState, PathState | NamesBelow, FolderState>(
    pathProbe({ path: dest, wanted: 'nothing', owner, group }),
    purge ? [...below, namesBelow(dest)] : below,
    (own, rest) => ({
      ...own,
      below: rest.slice(0, listing.length) as readonly PathState[],
      ...(purge ? { all: rest.at(-1) as NamesBelow } : {}),
    }),
    ({ below: states = [], all, ...own }) => [own, all === undefined ? states : [...states, all]],
  )
}

/** Contents of more files would be more than a trip's answers may hold: these have no diff. */
const DIFFS_AT_MOST = 32

const wantedOf = (listing: Listing): Wanted =>
  listing.filter(({ kind }) => kind === 'file').length > DIFFS_AT_MOST ? 'digest' : 'shown'

interface Planned {
  readonly changes: readonly Change[]
  readonly then: PathState
}

/** @param now - of {@link folderProbe}, asked with the same. */
export function putFolder(put: PutFolder, now: FolderState): SettledPlan<FolderState> {
  const { dest, listing, purge } = put
  const { below = [], all, ...own } = now
  const top = putDirectory(put, dest, own)
  if ('why' in top) return blocked(top.why)
  const changes: Change[] = [...top.changes]
  const then: PathState[] = []
  for (const [index, entry] of listing.entries()) {
    // Its directory is made by then: a listing has it before.
    const planned = putEntry(put, entry, { ...below[index]!, parent: 'directory' })
    if ('why' in planned) return blocked(planned.why)
    changes.push(...planned.changes.map((each) => ({ ...each, summary: `${entry.path}: ${each.summary}` })))
    then.push(planned.then)
  }
  if (!purge) return change(changes, { ...top.then, below: then })
  const surplus = surplusOf(put, all ?? { names: [], more: false })
  if ('why' in surplus) return blocked(surplus.why)
  return change([...changes, ...surplus.changes], { ...top.then, below: then, all: wanted(listing) }, surplus.facts)
}

const wanted = (listing: Listing): NamesBelow => ({
  names: listing
    .map(({ path, kind }) => ({ path, kind: kind === 'file' ? 'f' : 'd' }))
    .sort((one, other) => (one.path < other.path ? -1 : 1)),
  more: false,
})

function putEntry(put: PutFolder, entry: FolderEntry, now: PathState): Planned | { readonly why: string } {
  const path = pathIn(put.dest, entry.path)
  if (entry.kind === 'directory') return putDirectory(put, path, now)
  const { owner, group, content } = put
  const runs = now.is.kind === 'absent' && entry.executable ? '0755' : undefined
  const file = { path, owner, group, mode: put.mode ?? runs, content: content(entry) }
  const plan = putContent({ ...file, wanted: wantedOf(put.listing), secret: false }, now)
  if (plan.kind === 'blocked') return plan
  return plan.kind === 'ok' ? { changes: [], then: now } : plan
}

function putDirectory(put: PutFolder, path: string, now: PathState): Planned | { readonly why: string } {
  const { owner, group, directoryMode } = put
  const { is } = now
  const attributes = givenAttributes({ owner, group, mode: directoryMode }, now)
  if (is.kind === 'directory') {
    if (now.missing.length > 0) return { why: whyBlocked(path, { ...now, is: { kind: 'absent' } })! }
    const then: PathState = { ...now, is: { kind: 'directory', ...withAttributes(attributes, is) } }
    return { changes: attributeChanges(path, attributes, is), then }
  }
  if (is.kind !== 'absent') return { why: `${path} is there and is not a directory: remove it first` }
  const why = whyBlocked(path, now)
  if (why !== undefined) return { why }
  const made = withAttributes(attributes, madeByRoot('0755'))
  const apply = makeDirectory(
    path,
    made as { readonly owner: string; readonly group: string; readonly mode: string },
    [],
  )
  return { changes: [{ summary: 'create', apply }], then: { ...now, is: { kind: 'directory', ...made } } }
}

/** What is not in the folder, the topmost of each. */
function surplusOf(
  { dest, listing }: PutFolder,
  { names, more }: NamesBelow,
): { readonly changes: readonly Change[]; readonly facts: readonly Fact[] } | { readonly why: string } {
  if (more) return { why: `there is more than ${NAMES_AT_MOST} files below ${dest}: purge is not for such a directory` }
  const kept = new Set(listing.map(({ path }) => path))
  const surplus = names.filter(({ path }) => !kept.has(path))
  const gone = new Set(surplus.map(({ path }) => path))
  const unnamed = surplus.find(({ path }) => path.includes('\uFFFD'))
  if (unnamed !== undefined)
    return { why: `below ${dest} is a file whose name is not UTF-8: ${unnamed.path}: remove it by hand` }
  const topmost = surplus.filter(({ path }) => !path.includes('/') || !gone.has(path.slice(0, path.lastIndexOf('/'))))
  return {
    changes: topmost.map(({ path, kind }) => {
      const whole = pathIn(dest, path)
      return kind === 'd'
        ? { summary: `${path}: remove with all in it`, apply: removeTree(whole) }
        : { summary: `${path}: remove`, apply: removeFile(whole) }
    }),
    facts: topmost.map(({ path }) => fact('path', pathIn(dest, path), { kind: 'absent' })),
  }
}
