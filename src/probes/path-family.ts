// Asks what many paths are at the cost of a few processes; the answer is taken apart into one for each.
import { createHash } from 'node:crypto'
import { utf8, type Answer } from '../model/answer.ts'
import { ProbeError, type Family } from '../model/probe.ts'
import { quote } from '../shell/quote.ts'
import { raw } from '../shell/script.ts'
import { askable, isNumber } from './accounts.ts'
import { END, whole } from './whole.ts'
import type { Untrusted } from '../shell/untrusted.ts'

/**
 * How much of a file is asked: nothing, its SHA-256, or its bytes too (up to {@link contentBytes}): `shown` for a diff,
 * `needed` because the plan is made of them.
 */
export type Wanted = 'nothing' | 'digest' | 'shown' | 'needed'

/** A file above this size brings no content to be shown. */
export const SHOWN_BYTES = 65_536

/** A file above this size cannot be edited. */
export const NEEDED_BYTES = 1_048_576

/** The most bytes of content that an answer brings. */
export const contentBytes = (wanted: Wanted): number =>
  wanted === 'needed' ? NEEDED_BYTES : wanted === 'shown' ? SHOWN_BYTES : 0

/** One question of the family. */
export interface PathItem {
  readonly path: string
  readonly wanted: Wanted
  /** A name, which must exist; or a number, whose name is told. */
  readonly owner?: string
  readonly group?: string
}

/** What is told of one path, as JSON. */
export interface PathTold {
  /** Why it cannot be looked at. */
  readonly problem?: Untrusted
  /** `d`, `a` for absent, `o` for anything else. */
  readonly parent: string
  /** find(1)'s fields but the path; left out where it is not there. */
  readonly found?: readonly string[]
  readonly sha256?: string
  readonly content?: Untrusted
  /** `user opendkim`, `group mail` */
  readonly missing: readonly string[]
  /** What find(1) would call the numbers that were asked for as owner or group. */
  readonly names?: { readonly owner?: string; readonly group?: string }
}

export const pathItem = (item: PathItem): string => JSON.stringify(item)

const FIELDS = '%p\\0%y\\0%u\\0%g\\0%m\\0%T@\\0%s\\0%l\\0'
const FIELD_COUNT = 8
/** Of find(1)'s -size, in bytes; it rounds up. */
const BLOCK = 512

const words = (list: readonly string[]): string => list.map(quote).join(' ')

/** A letter for each directory, as {@link PathTold} has it. */
const parentsQuestion = (directories: readonly string[]): string => `
o=
for p in ${words(directories)}; do
  if [ -d "$p" ]; then o=\${o}d
  elif [ -e "$p" ] || [ -L "$p" ]; then o=\${o}o
  else o=\${o}a
  fi
done
printf '%s\\0' "$o"`

/** Only of regular files: reading a FIFO would hang. */
const digestsQuestion = (paths: readonly string[]): string => `
set --
for p in ${words(paths)}; do [ -f "$p" ] && [ ! -L "$p" ] && set -- "$@" "$p"; done
[ $# = 0 ] || sha256sum -z -- "$@"`

export const pathFamily: Family = {
  name: 'path',
  script(items) {
    const questions = items.map(question)
    const accounts = (which: 'owner' | 'group'): readonly string[] => [
      ...new Set(questions.flatMap((each) => each[which] ?? [])),
    ]
    const paths = [...new Set(questions.map(({ path }) => path))]
    const digested = [...new Set(questions.filter(({ wanted }) => wanted !== 'nothing').map(({ path }) => path))]
    const { needed, shown } = contentsOf(questions)
    const upTo = (list: ReadonlySet<string>, most: number): readonly string[] =>
      list.size === 0
        ? []
        : [`find ${words([...list])} -maxdepth 0 -type f -size -${most / BLOCK + 1} -exec cat -- {} +`]
    return raw(
      [
        parentsQuestion([...new Set(paths.map(parentOf))]),
        `find ${words(paths)} -maxdepth 0 -printf '${FIELDS}'`,
        `printf 'DIGESTS\\0'`,
        ...(digested.length === 0 ? [] : [digestsQuestion(digested)]),
        ...(accounts('owner').length === 0 ? ['u='] : [`u=$(getent passwd ${words(accounts('owner'))})`]),
        ...(accounts('group').length === 0 ? ['g='] : [`g=$(getent group ${words(accounts('group'))})`]),
        `printf 'USERS\\0%s\\0GROUPS\\0%s\\0CONTENTS\\0' "$u" "$g"`,
        // The sizes are told already; what changes in between does not fit its digest.
        ...upTo(needed, NEEDED_BYTES),
        ...upTo(shown, SHOWN_BYTES),
        END,
      ].join('\n'),
    )
  },
  split(answer, items) {
    const questions = items.map(question)
    const told = readAll(answer, questions)
    return questions.map(({ path, owner, group, wanted }) => ({
      ...answer,
      stdout: JSON.stringify({
        problem: told.problems.get(path),
        parent: told.parents.get(parentOf(path)),
        found: told.found.get(path),
        sha256: wanted === 'nothing' ? undefined : told.digests.get(path),
        content: contentWithin(contentBytes(wanted), told.contents.get(path)),
        missing: [
          ...(askable(owner) && !told.users.has(owner) ? [`user ${owner}`] : []),
          ...(askable(group) && !told.groups.has(group) ? [`group ${group}`] : []),
        ],
        names: {
          ...(isNumber(owner) ? { owner: nameOf(told.users, owner) } : {}),
          ...(isNumber(group) ? { group: nameOf(told.groups, group) } : {}),
        },
      }),
    }))
  },
}

/** Whose content is asked for, by how much of it is taken. */
function contentsOf(questions: readonly PathItem[]): {
  readonly needed: ReadonlySet<string>
  readonly shown: ReadonlySet<string>
} {
  const needed = new Set(questions.filter(({ wanted }) => wanted === 'needed').map(({ path }) => path))
  return {
    needed,
    shown: new Set(
      questions.filter(({ wanted, path }) => wanted === 'shown' && !needed.has(path)).map(({ path }) => path),
    ),
  }
}

const contentWithin = (most: number, content: string | undefined): string | undefined =>
  content !== undefined && content.length <= most ? content : undefined

/** Where there is no account of this number find(1) prints the number. */
const nameOf = (accounts: ReadonlyMap<string, number>, digits: string): string =>
  [...accounts].find(([, number]) => number === Number(digits))?.[0] ?? String(Number(digits))

const question = (item: string): PathItem => JSON.parse(item) as PathItem

export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

function readAll(answer: Answer, questions: readonly PathItem[]) {
  const { stderr } = answer
  const stdout = whole(answer, 'paths cannot be looked at')
  const problems = problemsOf(utf8(stderr), questions)
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
  const parents = new Map(
    [...new Set(questions.map(({ path }) => parentOf(path)))].map((parent, index) => [parent, letters[index]]),
  )
  const found = new Map<string, readonly string[]>()
  for (let path = next(); path !== 'DIGESTS'; path = next()) {
    const fields = Array.from({ length: FIELD_COUNT - 1 }, next)
    found.set(wire.get(path) ?? path, fields)
  }
  const digests = new Map<string, string>()
  for (let line = next(); line !== 'USERS'; line = next())
    digests.set(wire.get(line.slice(66)) ?? '', line.slice(0, 64))
  // passwd(5) and group(5) both have the name first and the number third.
  const accounts = (): ReadonlyMap<string, number> =>
    new Map(
      next()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [name = '', , number] = line.split(':')
          return [name, Number(number)]
        }),
    )
  const users = accounts()
  next()
  const groups = accounts()
  next()
  const { needed, shown } = contentsOf(questions)
  const printed = [
    ...[...needed].map((path) => ({ path, most: NEEDED_BYTES })),
    ...[...shown].map((path) => ({ path, most: SHOWN_BYTES })),
  ].flatMap(({ path, most }) => {
    const [kind, , , , , size] = found.get(path) ?? []
    const digest = digests.get(path)
    // What cannot be read has no digest, either.
    return kind === 'f' && Number(size) <= most && digest !== undefined ? [{ path, size: Number(size), digest }] : []
  })
  const contents = partsOf(stdout.slice(at), printed)
  for (const { path } of printed) if (!contents.has(path)) problems.set(path, `${path} changed while it was read`)
  return { problems, parents, found, digests, users, groups, contents }
}

/**
 * The contents, one behind the other, by path: from the front as long as their digests are right, then from the back;
 * what is left in between changed meanwhile, and is left out.
 */
function partsOf(
  text: Untrusted,
  files: readonly { readonly path: string; readonly size: number; readonly digest: string }[],
): Map<string, string> {
  const parts = new Map<string, string>()
  let [from, to] = [0, text.length]
  const take = (path: string, digest: string, part: Untrusted): boolean =>
    createHash('sha256').update(Buffer.from(part, 'latin1')).digest('hex') === digest && parts.set(path, part) === parts
  for (const { path, size, digest } of files) {
    if (!take(path, digest, text.slice(from, from + size))) break
    from += size
  }
  for (const { path, size, digest } of [...files].reverse()) {
    if (parts.has(path) || to - size < from || !take(path, digest, text.slice(to - size, to))) break
    to -= size
  }
  return parts
}

/**
 * By path.
 *
 * @throws ProbeError for a complaint that names none of them
 */
function problemsOf(stderr: Untrusted, questions: readonly PathItem[]): Map<string, string> {
  const unfit = /^find: .*(?:unrecognized|unknown predicate).*$/m.exec(stderr)
  if (unfit) throw new ProbeError(`its find(1) is not GNU's: ${unfit[0]}: install findutils`)
  const problems = new Map<string, string>()
  for (const [complaint] of stderr.matchAll(
    /^(?:find|sha256sum|cat): .*(?:Permission denied|Input\/output error|Too many levels).*$/gm,
  )) {
    const concerned = questions.filter(({ path }) => complaint.includes(path))
    if (concerned.length === 0) throw new ProbeError(`a path cannot be looked at: ${complaint}`)
    for (const { path } of concerned) problems.set(path, `${path} cannot be looked at: ${complaint}`)
  }
  return problems
}
