// Asks about a path: its kind, owner and mode and, if wanted, its digest and content.
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { fact, factAbout, type Fact, type PathFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import type { Resource } from '../../core/task/resource.ts'
import { UNKNOWN } from '../../core/unknown.ts'
import { askable, isNumber } from '../accounts/accounts.ts'
import { sharedProbes } from '../../core/probe/shared-probes.ts'
import { contentBytes, parentOf, pathFamily, pathItem, type PathAnswer, type Wanted } from './path-family.ts'

export { contentBytes, NEEDED_BYTES, SHOWN_BYTES, type Wanted } from './path-family.ts'

export interface PathState {
  readonly is: PathFact
  /** What the parent directory is, symbolic links followed. */
  readonly parent: 'directory' | 'absent' | 'other'
  /** Of the accounts that were asked for, those that do not exist: `user vmail`, `group mail`. */
  readonly missing: readonly string[]
  /** Where owner or group were asked for by number: the names of these accounts, or the number where it has none. */
  readonly names?: { readonly owner?: string; readonly group?: string }
}

export interface PathQuestion {
  readonly path: string
  readonly wanted: Wanted
  /** Accounts that must exist, for a later chown; a number need not, it is reported by name. */
  readonly owner?: string | undefined
  readonly group?: string | undefined
}

/**
 * A path as lstat(2) tells it: kind, owner, group, mode, and as much of a file's content as is wanted.
 *
 * @example pathProbe({ path: '/etc/motd', wanted: 'shown' }) // its state: is.kind === 'file' && is.mode
 */
export function pathProbe(question: PathQuestion): Probe<PathState> {
  const { path, wanted, owner, group } = question
  const item = pathItem({ path, wanted, ...(asked(owner) ? { owner } : {}), ...(asked(group) ? { group } : {}) })
  const accounts: Resource[] = [
    ...(askable(owner) ? [`user:${owner}` as const] : []),
    ...(askable(group) ? [`group:${group}` as const] : []),
  ]
  const key = `path ${item}`
  return shared(key, () =>
    defineProbe<PathState>({
      key,
      reads: [`path:${path}`, ...accounts],
      family: pathFamily,
      item,
      parse: (answer) => parse(path, answer),
      facts: ({ is }) => [fact('path', path, is)],
      foresee: (state, known) => foresee({ path, wanted, owner, group }, state, known),
    }),
  )
}

const shared = sharedProbes<PathState>()

const asked = (account: string | undefined): account is string => askable(account) || isNumber(account)

function parse(path: string, { stdout }: Answer): PathState {
  const reported = JSON.parse(stdout) as PathAnswer
  if (reported.problem !== undefined) throw new ProbeError(reported.problem)
  const parent = reported.parent === 'd' ? 'directory' : reported.parent === 'a' ? 'absent' : 'other'
  const { names } = reported
  return {
    is: pathFact(path, reported),
    parent,
    missing: reported.missing,
    ...(names === undefined || Object.keys(names).length === 0 ? {} : { names }),
  }
}

function pathFact(path: string, { found, sha256, content }: PathAnswer): PathFact {
  if (found === undefined) return { kind: 'absent' }
  const [type, owner = '', group = '', mode = '', mtime = '', , target = ''] = found
  const attributes = { owner, group, mode: mode.padStart(4, '0') }
  switch (type) {
    case 'f':
      return {
        kind: 'file',
        ...attributes,
        sha256: sha256 ?? UNKNOWN,
        ...(content === undefined ? {} : { content: new Uint8Array(Buffer.from(content, 'latin1')) }),
        // find(1) prints ten digits after the point; the kernel keeps nine.
        mtime: mtime.replace('.', '').slice(0, -1),
      }
    case 'd':
      return { kind: 'directory', ...attributes }
    case 'l':
      return { kind: 'symlink', target: utf8(target) }
    default:
      if (type === undefined) throw new ProbeError(`${path}: find(1) said nothing of its type`)
      return { kind: 'other' }
  }
}

function foresee(question: PathQuestion, state: PathState, known: Fact): PathState | undefined {
  const { path, wanted } = question
  const own = factAbout(known, 'path', path)
  if (own) return foreseenSelf(state, own.value, wanted)
  const above = known.resource.startsWith('path:') ? known.resource.slice('path:'.length) : undefined
  if (above !== undefined && isAbove(above, path))
    return foreseenAbove(state, known.value as PathFact, above === parentOf(path))
  const account = accountOf(question, known)
  if (account === undefined) return state
  const missing = state.missing.filter((each) => each !== account)
  return {
    ...state,
    missing: (known.value as { readonly kind: string }).kind === 'absent' ? [...missing, account] : missing,
  }
}

/** Which of the accounts that were asked for the fact is about: `user vmail`, `group mail`. */
function accountOf({ owner, group }: PathQuestion, { resource }: Fact): string | undefined {
  if (askable(owner) && resource === `user:${owner}`) return `user ${owner}`
  if (askable(group) && resource === `group:${group}`) return `group ${group}`
  return undefined
}

/** The fact as this probe would tell it: with no more than was asked for. */
function foreseenSelf(state: PathState, value: PathFact, wanted: Wanted): PathState | undefined {
  if (value.kind !== 'file') return { ...state, is: value }
  const { content, ...rest } = value
  const known =
    state.is.kind === 'file' && state.is.content !== undefined && state.is.sha256 === value.sha256
      ? state.is.content
      : content
  const mine = known !== undefined && known.length <= contentBytes(wanted) ? known : undefined
  if (wanted === 'nothing') return { ...state, is: { ...rest, sha256: UNKNOWN } }
  if (wanted === 'digest') return { ...state, is: rest }
  if (wanted === 'needed' && mine === undefined) return undefined
  return { ...state, is: mine === undefined ? rest : { ...rest, content: mine } }
}

function foreseenAbove(state: PathState, value: PathFact, isParent: boolean): PathState {
  if (value.kind === 'absent') return { ...state, is: { kind: 'absent' }, parent: 'absent' }
  if (!isParent || value.kind === 'symlink') return state
  return { ...state, parent: value.kind === 'directory' ? 'directory' : 'other' }
}

const isAbove = (ancestor: string, path: string): boolean =>
  path.startsWith(ancestor.endsWith('/') ? ancestor : `${ancestor}/`)
