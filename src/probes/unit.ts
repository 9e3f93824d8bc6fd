// Asks systemd about a unit, and whether it has loaded its files as they are now.
import { utf8, type Answer } from '../model/answer.ts'
import { fact, factAbout, type Fact, type PathFact } from '../model/fact.ts'
import { defineProbe, ProbeError, type Family, type Probe } from '../model/probe.ts'
import { isKnown } from '../model/unknown.ts'
import { quote } from '../shell/quote.ts'
import { raw, type Script } from '../shell/script.ts'
import { sh } from '../shell/sh.ts'

export interface UnitState {
  readonly there: boolean
  readonly active: boolean
  /** What systemctl(1) is-enabled says: `enabled`, `disabled`, `static`, `masked`, … */
  readonly enabled: string
  /** systemd has an older unit file loaded than there is. */
  readonly needDaemonReload: boolean
  /** Files that changed since the unit read them last. */
  readonly stale: readonly string[]
  /** What really runs: the unit itself, or the instances behind a oneshot wrapper (Debian 12's postfix.service stands for postfix@-.service). */
  readonly real: readonly string[]
}

export interface UnitQuestion {
  readonly unit: string
  readonly files: readonly string[]
}

/** A file written this shortly before the start may have been read before. */
const SAFE_NANOSECONDS = 20_000_000n

/** Where the proof is kept of what a unit has loaded: its invocation, and the files with digest and time. */
export const stampOf = (unit: string): string => `/run/mailrun/stamps/${unit}`

/** Digest and time of the files, as the stamp keeps them. */
export const fileStates = (files: readonly string[]): Script => {
  if (files.length === 0) return raw(':')
  const words = files.map(quote).join(' ')
  return raw(`set --; for p in ${words}; do [ -f "$p" ] && set -- "$@" "$p"; done; [ $# = 0 ] || { find "$@" -maxdepth 0 -printf '%T@ %C@ %p\\0'; sha256sum -z -- "$@"; }`)
}

const UNIT_DIRECTORIES = ['/etc/systemd/system', '/run/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system']

/** systemd.unit(5): where the unit may be defined (an instance by its template), and the directories of its drop-ins. */
const definitionsOf = (unit: string): readonly string[] =>
  [...new Set([unit, unit.replace(/@.*(?=\.)/, '@')])].flatMap((name) => UNIT_DIRECTORIES.flatMap((directory) => [`${directory}/${name}`, `${directory}/${name}.d`]))

export function unitProbe({ unit, files }: UnitQuestion): Probe<UnitState> {
  return defineProbe<UnitState>({
    key: `unit ${JSON.stringify([unit, files])}`,
    reads: [`unit:${unit}`, ...[...files, ...definitionsOf(unit)].map((path) => `path:${path}` as const)],
    family,
    item: JSON.stringify({ unit, files } satisfies UnitQuestion),
    parse: ({ stdout }) => JSON.parse(stdout) as UnitState,
    facts: ({ there, active, enabled }) => [fact('unit', unit, there ? { kind: 'unit', active, enabled: enabled as 'enabled' } : { kind: 'absent' })],
    foresee: (state, known) => foresee(unit, files, state, known),
  })
}

const PROPERTIES = 'LoadState,ActiveState,UnitFileState,Type,NeedDaemonReload,InvocationID,ActiveEnterTimestamp,ConsistsOf,Id'
const questionsOf = (items: readonly string[]): readonly UnitQuestion[] => items.map((item) => JSON.parse(item) as UnitQuestion)
const unitsOf = (items: readonly string[]): readonly string[] => [...new Set(questionsOf(items).map(({ unit }) => unit))]

const family: Family = {
  name: 'unit',
  // Asked twice where a unit is a oneshot wrapper: then for what stands behind it, too.
  script: (items) => sh`
show() { systemctl show --timestamp=us+utc -p ${PROPERTIES} -- "$@" </dev/null; }
t=$(show ${unitsOf(items)}) || exit
printf '%s\n\0' "$t"
w= o= c=
while IFS= read -r l; do case $l in Type=oneshot) o=1;; ConsistsOf=*) c=$${raw('{l#*=}')};; '') [ "$o" ] && w="$w $c"; o= c=;; esac; done <<X
$t

X
[ "$w" ] && show $w
printf '\0'
cat ${unitsOf(items).map(stampOf)} 2>/dev/null
printf '.stamps\0'
${fileStates([...new Set(questionsOf(items).flatMap(({ files }) => files))])}
printf '.end\0'`,
  split(answer, items) {
    const told = read(answer, items)
    return questionsOf(items).map((question) => ({ ...answer, stdout: JSON.stringify(told(question)) }))
  },
}

type Properties = ReadonlyMap<string, string>

function read({ stdout, stderr }: Answer, items: readonly string[]): (question: UnitQuestion) => UnitState {
  const units = unitsOf(items)
  const [shown = '', behind = '', ...rest] = stdout.split('\0')
  const own = blocksOf(shown)
  if (!stdout.endsWith('.end\0') || own.length !== units.length) throw new ProbeError(`systemd cannot be asked: ${utf8(stderr).trim() || 'no answer'}`)
  const wrapped = new Map(blocksOf(behind).map((each) => [each.get('Id'), each]))
  const [stamps, states] = cutAt(rest, '.stamps')
  const stampsOf = readStamps(stamps, units)
  const current = statesOf(states)
  return ({ unit, files }) => {
    const block = own[units.indexOf(unit)]!
    const behindIt = block.get('Type') === 'oneshot' ? (block.get('ConsistsOf') ?? '').split(' ').flatMap((name) => wrapped.get(name) ?? []) : []
    return stateOf(unit, files, block, behindIt, stampsOf.get(unit), current)
  }
}

function stateOf(unit: string, files: readonly string[], own: Properties, behind: readonly Properties[], stamp: Stamp | undefined, current: States): UnitState {
  const all = [own, ...behind]
  const real = behind.length > 0 ? behind : [own]
  const active = all.every((each) => ['active', 'reloading'].includes(each.get('ActiveState') ?? ''))
  return {
    there: !['not-found', 'error', 'bad-setting'].includes(own.get('LoadState') ?? 'error'),
    active,
    enabled: own.get('LoadState') === 'masked' ? 'masked' : (own.get('UnitFileState') ?? ''),
    needDaemonReload: all.some((each) => each.get('NeedDaemonReload') === 'yes'),
    stale: active ? staleFiles(files, real, stamp, current) : [],
    real: real.map((each) => each.get('Id') ?? unit),
  }
}

/** Only whole ones: what is cut short or of another form proves nothing. */
function readStamps(entries: readonly string[], units: readonly string[]): ReadonlyMap<string, Stamp> {
  const stamps = new Map<string, Stamp>()
  let begun: { readonly unit: string; readonly invocations: string; readonly from: number } | undefined
  entries.forEach((entry, index) => {
    const [unit = '', invocations] = entry.split('\n')
    if (invocations !== undefined && units.includes(unit)) begun = { unit, invocations, from: index + 1 }
    if (entry !== '.end' || begun === undefined) return
    stamps.set(begun.unit, { invocations: begun.invocations, states: statesOf(entries.slice(begun.from, index)) })
    begun = undefined
  })
  return stamps
}

const blocksOf = (shown: string): readonly Properties[] => shown.trim().split('\n\n').filter((block) => block !== '').map(propertiesOf)

function cutAt(entries: readonly string[], mark: string): readonly [readonly string[], readonly string[]] {
  const index = entries.indexOf(mark)
  if (index < 0) throw new ProbeError('the answer about units was cut short')
  return [entries.slice(0, index), entries.slice(index + 1)]
}

const propertiesOf = (block: string): Properties =>
  new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))

interface FileState { readonly mtime: string; readonly ctime: bigint; digest: string }
type States = ReadonlyMap<string, FileState>

/** What a unit had loaded, and which of its invocations. */
interface Stamp { readonly invocations: string; readonly states: States }

function statesOf(entries: readonly string[]): States {
  const states = new Map<string, FileState>()
  for (const entry of entries) {
    const times = /^(\d+)\.(\d{9})\d* (\d+)\.(\d{9})\d* (.*)$/s.exec(entry)
    if (times) states.set(times[5]!, { mtime: `${times[1]}${times[2]}`, ctime: BigInt(`${times[3]}${times[4]}`), digest: '' })
    const digest = /^([0-9a-f]{64}) .(.*)$/s.exec(entry)
    const state = digest && states.get(digest[2]!)
    if (state) state.digest = digest[1]!
  }
  return states
}

/** With a stamp of this invocation its digests and times count; without, the unit must have started safely after each file's last change. */
function staleFiles(files: readonly string[], units: readonly Properties[], stamp: Stamp | undefined, current: States): readonly string[] {
  const wire = (path: string): string => Buffer.from(path).toString('latin1')
  if (stamp !== undefined && stamp.invocations === units.map((each) => each.get('InvocationID') ?? '').join(' ')) {
    return files.filter((path) => {
      const [then, now] = [stamp.states.get(wire(path)), current.get(wire(path))]
      return then?.digest !== now?.digest || then?.mtime !== now?.mtime
    })
  }
  const started = units.map((each) => nanoseconds(each.get('ActiveEnterTimestamp') ?? '')).reduce((a, b) => (a < b ? a : b))
  return files.filter((path) => {
    const state = current.get(wire(path))
    return state !== undefined && state.ctime + SAFE_NANOSECONDS > started
  })
}

/** `Tue 2026-11-24 15:54:08.123456 UTC` */
function nanoseconds(timestamp: string): bigint {
  const match = /(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d+))? UTC/.exec(timestamp)
  return match ? BigInt(Date.parse(`${match[1]}T${match[2]}Z`)) * 1_000_000n + BigInt((match[3] ?? '').padEnd(9, '0')) : 0n
}

function foresee(unit: string, files: readonly string[], state: UnitState, known: Fact): UnitState | undefined {
  const own = factAbout(known, 'unit', unit)
  if (own) {
    if (own.value.kind === 'absent') return { ...state, there: false, active: false, stale: [] }
    const { active, enabled } = own.value
    return isKnown(active) && isKnown(enabled) ? { ...state, there: true, active, enabled, stale: [] } : undefined
  }
  const path = known.resource.startsWith('path:') ? known.resource.slice('path:'.length) : ''
  const value = known.value as PathFact
  const definition = definitionsOf(unit).find((each) => path === each || path.startsWith(`${each}/`))
  const next = definition === undefined ? state : redefined(unit, state, value, definition.endsWith('.d'))
  if (next === undefined || !files.includes(path) || next.stale.includes(path)) return next
  // With its time known, only owner or mode change.
  return value.kind === 'file' && isKnown(value.mtime) ? next : { ...next, stale: [...next.stale, path] }
}

/** A definition or a drop-in that will be there or change; `undefined` for one that goes: another may stand behind it. */
function redefined(unit: string, state: UnitState, value: PathFact, dropIn: boolean): UnitState | undefined {
  if (value.kind === 'absent') return undefined
  if (value.kind === 'directory' || (value.kind === 'file' && isKnown(value.mtime))) return state
  if (state.there) return { ...state, needDaemonReload: true }
  return dropIn ? state : { ...state, there: true, active: false, enabled: 'disabled', needDaemonReload: true, stale: [], real: [unit] }
}
