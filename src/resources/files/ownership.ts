// Asks which paths below a directory have a wrong owner or group.
import { utf8 } from '../../core/probe/answer.ts'
import type { Fact, PathFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import type { Resource } from '../../core/task/resource.ts'
import { isKnown } from '../../core/unknown.ts'
import { raw, type Script } from '../../shell/script.ts'
import { refuseOtherFind } from './gnu-find.ts'
import { sh } from '../../shell/sh.ts'
import { askable, isNumber } from '../accounts/accounts.ts'
import { END, whole } from '../../core/probe/whole.ts'

export interface OwnershipState {
  readonly there: boolean
  /** Paths with a wrong owner or group, at most {@link LISTED}. */
  readonly deviating: readonly string[]
  /** There are more such paths than the list has. */
  readonly more: boolean
  /** Accounts that do not exist: `user vmail`, `group mail`. */
  readonly missing: readonly string[]
  /** If owner or group is a number: the name of the account, or the number if it has no name. */
  readonly names?: { readonly owner?: string; readonly group?: string }
}

export interface OwnershipQuestion {
  readonly path: string
  readonly owner: string | undefined
  readonly group: string | undefined
  readonly recursive: boolean
}

const LISTED = 200

/** By name or number; symbolic links are not followed. */
export function ownershipProbe(question: OwnershipQuestion): Probe<OwnershipState> {
  const { path, owner, group } = question
  const accounts: Resource[] = [
    ...(askable(owner) ? [`user:${owner}` as const] : []),
    ...(askable(group) ? [`group:${group}` as const] : []),
  ]
  return defineProbe<OwnershipState>({
    key: `ownership ${JSON.stringify(question)}`,
    reads: [`path:${path}`, ...accounts],
    script: ownersQuestion(question),
    parse(answer) {
      refuseOtherFind(utf8(answer.stderr))
      const failed = /^find: (?!.*No such file).*$/m.exec(utf8(answer.stderr))
      if (failed) throw new ProbeError(`the owners below ${path} cannot be known: ${failed[0]}`)
      const text = utf8(whole(answer, `the owners below ${path} cannot be known`))
      const end = text.indexOf('\n\n')
      const [there, ...missing] = text.slice(0, end).split('\n')
      const [ownerName = '', groupName = '', ...found] = text
        .slice(end + 2)
        .split('\0')
        .slice(0, -1)
      const names = {
        ...(ownerName === '' ? {} : { owner: ownerName }),
        ...(groupName === '' ? {} : { group: groupName }),
      }
      return {
        there: there === 'there',
        deviating: found.slice(0, LISTED),
        more: found.length > LISTED,
        missing,
        ...(Object.keys(names).length === 0 ? {} : { names }),
      }
    },
    foresee: (state, known) => foresee(question, state, known),
  })
}

function ownersQuestion({ path, owner, group, recursive }: OwnershipQuestion): Script {
  const depth = raw(recursive ? '' : '-maxdepth 0')
  return sh`
if [ -e ${path} ] || [ -L ${path} ]; then echo there; else echo absent; fi
m=
${exists('user', 'passwd', owner)}
${exists('group', 'group', group)}
echo
${nameOf('passwd', owner)}
${nameOf('group', group)}
[ "$m" ] ||
  { [ ! -e ${path} ] && [ ! -L ${path} ]; } ||
  find -P ${path} ${depth} '(' ${differs(owner, group)} ')' -printf '%p\0' | head -z -n ${LISTED + 1}
${raw(END)}`
}

const exists = (kind: string, database: string, name: string | undefined): Script =>
  askable(name) ? sh`getent ${database} ${name} >/dev/null || { m=1; echo ${`${kind} ${name}`}; }` : raw(':')

/** What find(1) calls a number, for facts have names. */
const nameOf = (database: string, account: string | undefined): Script =>
  isNumber(account)
    ? sh`
n=$(getent ${database} ${account} | cut -d: -f1)
[ "$n" ] || n=${Number(account)}
printf '%s\0' "$n"`
    : raw("printf '\\0'")

/** A test of find(1). */
const differs = (owner: string | undefined, group: string | undefined): Script => {
  const tests = [
    ...(owner === undefined ? [] : [sh`! -user ${owner}`]),
    ...(group === undefined ? [] : [sh`! -group ${group}`]),
  ]
  return tests.length === 2 ? sh`${tests[0]!} -o ${tests[1]!}` : tests[0]!
}

function foresee(
  { path, owner, group, recursive }: OwnershipQuestion,
  state: OwnershipState,
  known: Fact,
): OwnershipState | undefined {
  const [kind = '', ...rest] = known.resource.split(':')
  const name = rest.join(':')
  const value = known.value as PathFact
  const accounts: Readonly<Record<string, string | undefined>> = { user: owner, group }
  if (name === accounts[kind]) {
    const missing = state.missing.filter((each) => each !== `${kind} ${name}`)
    return { ...state, missing: value.kind === 'absent' ? [...missing, `${kind} ${name}`] : missing }
  }
  if (kind !== 'path') return state
  const below = name.startsWith(`${path}/`)
  if (value.kind === 'absent' && (name === path || path.startsWith(`${name}/`)))
    return { ...state, there: false, deviating: [], more: false }
  if (name !== path && !(below && recursive)) return state
  if (state.more) return undefined
  const others = state.deviating.filter(
    (each) => each !== name && !(value.kind === 'absent' && each.startsWith(`${name}/`)),
  )
  const there = state.there || name === path
  if (value.kind === 'absent') return { ...state, deviating: others }
  if (value.kind !== 'file' && value.kind !== 'directory') return undefined
  if (!isKnown(value.owner) || !isKnown(value.group)) return undefined
  const { names } = state
  const right = fits(value.owner, owner, names?.owner) && fits(value.group, group, names?.group)
  return { ...state, there, deviating: right ? others : [...others, name] }
}

/** @param name - of the account whose number was given */
const fits = (is: string, wanted: string | undefined, name: string | undefined): boolean =>
  wanted === undefined || is === (name ?? wanted)
