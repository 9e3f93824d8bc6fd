// Asks what a path is: kind, owner, mode, and where wanted digest and content; many paths at the cost of a few processes.
import { createHash } from 'node:crypto'
import { utf8, type Answer } from '../model/answer.ts'
import { fact, factAbout, type Fact, type PathFact } from '../model/fact.ts'
import { defineProbe, ProbeError, type Family, type Probe } from '../model/probe.ts'
import type { Resource } from '../model/resource.ts'
import { UNKNOWN } from '../model/unknown.ts'
import { quote } from '../shell/quote.ts'
import { raw } from '../shell/script.ts'
import { askable } from './accounts.ts'

/** How much of a file is asked: nothing, its SHA-256, or its bytes too (up to {@link CONTENT_BYTES}): `shown` for a diff, `needed` because the plan is made of them. */
export type Wanted = 'nothing' | 'digest' | 'shown' | 'needed'

/** A file above this size brings no content with the answer. */
export const CONTENT_BYTES = 65_536

export interface PathState {
  readonly is: PathFact
  /** What the parent directory is, symbolic links followed. */
  readonly parent: 'directory' | 'absent' | 'other'
  /** Of the accounts that were asked for, those that do not exist: `user opendkim`, `group mail`. */
  readonly missing: readonly string[]
}

export interface PathQuestion {
  readonly path: string
  readonly wanted: Wanted
  /** Accounts that must exist, for a later chown. */
  readonly owner?: string | undefined
  readonly group?: string | undefined
}

/** A path as lstat(2) tells it. */
export function pathProbe(question: PathQuestion): Probe<PathState> {
  const { path, wanted, owner, group } = question
  const item = JSON.stringify({ path, wanted, ...(askable(owner) ? { owner } : {}), ...(askable(group) ? { group } : {}) })
  const accounts: Resource[] = [...(askable(owner) ? [`user:${owner}` as const] : []), ...(askable(group) ? [`group:${group}` as const] : [])]
  return defineProbe<PathState>({
    key: `path ${item}`,
    reads: [`path:${path}`, ...accounts],
    family,
    item,
    parse: (answer) => parse(path, answer),
    facts: ({ is }) => [fact('path', path, is)],
    foresee: (state, known) => foresee(question, state, known),
  })
}

const FIELDS = '%p\\0%y\\0%u\\0%g\\0%m\\0%T@\\0%s\\0%l\\0'
const FIELD_COUNT = 8

const family: Family = {
  name: 'path',
  script(items) {
    const questions = items.map(question)
    const accounts = (which: 'owner' | 'group'): readonly string[] => [...new Set(questions.flatMap((each) => each[which] ?? []))]
    const paths = [...new Set(questions.map(({ path }) => path))]
    const digested = [...new Set(questions.filter(({ wanted }) => wanted !== 'nothing').map(({ path }) => path))]
    const read = [...new Set(questions.filter(({ wanted }) => wanted === 'shown' || wanted === 'needed').map(({ path }) => path))]
    const words = (list: readonly string[]): string => list.map(quote).join(' ')
    return raw([
      `for p in ${words([...new Set(paths.map(parentOf))])}; do if [ -d "$p" ]; then printf d; elif [ -e "$p" ] || [ -L "$p" ]; then printf o; else printf a; fi; done; printf '\\0'`,
      `find ${words(paths)} -maxdepth 0 -printf '${FIELDS}'`,
      `printf 'DIGESTS\\0'`,
      // Only regular files: reading a FIFO would hang.
      ...(digested.length === 0 ? [] : [`set --; for p in ${words(digested)}; do [ -f "$p" ] && [ ! -L "$p" ] && set -- "$@" "$p"; done; [ $# = 0 ] || sha256sum -z -- "$@"`]),
      `printf 'USERS\\0'`,
      ...(accounts('owner').length === 0 ? [] : [`getent passwd ${words(accounts('owner'))}`]),
      `printf '\\0GROUPS\\0'`,
      ...(accounts('group').length === 0 ? [] : [`getent group ${words(accounts('group'))}`]),
      `printf '\\0CONTENTS\\0'`,
      // Sizes first, then the bytes of all by one process; what changes in between does not fit its digest.
      ...(read.length === 0 ? [] : [`for_contents() { find ${words(read)} -maxdepth 0 -type f -size -${CONTENT_BYTES / 512 + 1} "$@"; }; for_contents -printf '%p\\0%s\\0'; printf 'BYTES\\0'; for_contents -exec cat -- {} +`]),
      ':',
    ].join('\n'))
  },
  split(answer, items) {
    const told = readAll(answer, items.map(question))
    return items.map((item) => {
      const { path, owner, group, wanted } = question(item)
      return {
        ...answer,
        stdout: JSON.stringify({
          parent: told.parents.get(parentOf(path)),
          found: told.found.get(path),
          sha256: wanted === 'nothing' ? undefined : told.digests.get(path),
          content: wanted === 'shown' || wanted === 'needed' ? told.contents.get(path) : undefined,
          missing: [...(owner && !told.users.has(owner) ? [`user ${owner}`] : []), ...(group && !told.groups.has(group) ? [`group ${group}`] : [])],
        }),
      }
    })
  },
}

interface Item { readonly path: string; readonly wanted: Wanted; readonly owner?: string; readonly group?: string }
const question = (item: string): Item => JSON.parse(item) as Item

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

function readAll({ stdout, stderr }: Answer, questions: readonly Item[]) {
  const denied = /^(?:find|sha256sum|cat): .*(?:Permission denied|Input\/output error|Too many levels).*$/m.exec(utf8(stderr))
  if (denied) throw new ProbeError(`a path cannot be looked at: ${denied[0]}`)
  // Paths come back as bytes in latin1, as all output does.
  const wire = new Map(questions.map(({ path }) => [Buffer.from(path).toString('latin1'), path]))
  let at = 0
  const next = (): string => {
    const end = stdout.indexOf('\0', at)
    if (end < 0) throw new ProbeError(`the answer about paths was cut short: ${utf8(stderr).trim() || 'no message'}`)
    const field = stdout.slice(at, end)
    at = end + 1
    return field
  }
  const letters = next()
  const parents = new Map([...new Set(questions.map(({ path }) => parentOf(path)))].map((parent, index) => [parent, letters[index]]))
  const found = new Map<string, readonly string[]>()
  for (let path = next(); path !== 'DIGESTS'; path = next()) {
    const fields = Array.from({ length: FIELD_COUNT - 1 }, next)
    found.set(wire.get(path) ?? path, fields)
  }
  const digests = new Map<string, string>()
  for (let line = next(); line !== 'USERS'; line = next()) digests.set(wire.get(line.slice(66)) ?? '', line.slice(0, 64))
  const names = (): ReadonlySet<string> => new Set(next().split('\n').map((line) => line.split(':')[0] ?? ''))
  const users = names()
  next()
  const groups = names()
  next()
  const sizes: [string, number][] = []
  if (at < stdout.length) for (let path = next(); path !== 'BYTES'; path = next()) sizes.push([wire.get(path) ?? '', Number(next())])
  const contents = new Map<string, string>()
  for (const [path, size] of sizes) {
    const bytes = stdout.slice(at, at + size)
    at += size
    const digest = createHash('sha256').update(Buffer.from(bytes, 'latin1')).digest('hex')
    if (digest !== digests.get(path)) throw new ProbeError(`${path} changed while it was read`)
    contents.set(path, bytes)
  }
  return { parents, found, digests, users, groups, contents }
}

function parse(path: string, { stdout }: Answer): PathState {
  const told = JSON.parse(stdout) as {
    readonly parent: string
    readonly found?: readonly string[]
    readonly sha256?: string
    readonly content?: string
    readonly missing: readonly string[]
  }
  const parent = told.parent === 'd' ? 'directory' : told.parent === 'a' ? 'absent' : 'other'
  return { is: pathFact(path, told), parent, missing: told.missing }
}

function pathFact(path: string, { found, sha256, content }: { readonly found?: readonly string[]; readonly sha256?: string; readonly content?: string }): PathFact {
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

function foresee({ path, wanted, owner, group }: PathQuestion, state: PathState, known: Fact): PathState | undefined {
  const own = factAbout(known, 'path', path)
  if (own) return foreseenSelf(state, own.value, wanted)
  const above = known.resource.startsWith('path:') ? known.resource.slice('path:'.length) : undefined
  if (above !== undefined && isAbove(above, path)) return foreseenAbove(state, known.value as PathFact, above === parentOf(path))
  const account = askable(owner) && known.resource === `user:${owner}` ? `user ${owner}` : askable(group) && known.resource === `group:${group}` ? `group ${group}` : undefined
  if (account === undefined) return state
  const missing = state.missing.filter((each) => each !== account)
  return { ...state, missing: (known.value as { readonly kind: string }).kind === 'absent' ? [...missing, account] : missing }
}

/** The fact as this probe would tell it: with no more than was asked for. */
function foreseenSelf(state: PathState, value: PathFact, wanted: Wanted): PathState | undefined {
  if (value.kind !== 'file') return { ...state, is: value }
  const { content, ...rest } = value
  const mine = state.is.kind === 'file' && state.is.content !== undefined && state.is.sha256 === value.sha256 ? state.is.content : content
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

const isAbove = (ancestor: string, path: string): boolean => path.startsWith(ancestor.endsWith('/') ? ancestor : `${ancestor}/`)
