// Asks systemd about a unit, and whether it has loaded its files as they are now.
import { utf8 } from '../model/answer.ts'
import { fact, factAbout, type Fact, type PathFact } from '../model/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../model/probe.ts'
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
  const properties = 'LoadState,ActiveState,UnitFileState,Type,NeedDaemonReload,InvocationID,ActiveEnterTimestamp,ConsistsOf,Id'
  return defineProbe<UnitState>({
    key: `unit ${JSON.stringify([unit, files])}`,
    reads: [`unit:${unit}`, ...[...files, ...definitionsOf(unit)].map((path) => `path:${path}` as const)],
    script: sh`
show() { systemctl show --timestamp=us+utc -p ${properties} -- "$@" </dev/null; }
t=$(show ${unit}) || exit
printf '%s\n' "$t"
w=; case "$t" in *Type=oneshot*) w=$(printf '%s\n' "$t" | sed -n 's/^ConsistsOf=//p');; esac
[ -z "$w" ] || { echo; show $w; }
printf '\0'
cat ${stampOf(unit)} 2>/dev/null
printf '\0\0'
${fileStates(files)}`,
    parse({ stdout, stderr }) {
      const [shown, rest] = cut(stdout, '\0')
      const [stamp, now] = cut(rest, '\0\0')
      const units = shown.trim().split('\n\n').map(propertiesOf)
      const own = units[0]
      if (own?.get('LoadState') === undefined) throw new ProbeError(`systemd cannot be asked: ${utf8(stderr).trim() || 'no answer'}`)
      const real = units.length > 1 ? units.slice(1) : [own]
      const active = units.every((each) => ['active', 'reloading'].includes(each.get('ActiveState') ?? ''))
      return {
        there: !['not-found', 'error', 'bad-setting'].includes(own.get('LoadState')!) ,
        active,
        enabled: own.get('LoadState') === 'masked' ? 'masked' : own.get('UnitFileState') ?? '',
        needDaemonReload: units.some((each) => each.get('NeedDaemonReload') === 'yes'),
        stale: active ? staleFiles(files, real, stamp, now) : [],
        real: real.map((each) => each.get('Id') ?? unit),
      }
    },
    facts: ({ there, active, enabled }) => [fact('unit', unit, there ? { kind: 'unit', active, enabled: enabled as 'enabled' } : { kind: 'absent' })],
    foresee: (state, known) => foresee(unit, files, state, known),
  })
}

function cut(text: string, at: string): readonly [string, string] {
  const index = text.indexOf(at)
  if (index < 0) throw new ProbeError('the answer about a unit was cut short')
  return [text.slice(0, index), text.slice(index + at.length)]
}

const propertiesOf = (block: string): ReadonlyMap<string, string> =>
  new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))

interface FileState { readonly mtime: string; readonly ctime: bigint; digest: string }

function statesOf(text: string): ReadonlyMap<string, FileState> {
  const states = new Map<string, FileState>()
  for (const entry of text.split('\0')) {
    const times = /^(\d+)\.(\d{9})\d* (\d+)\.(\d{9})\d* (.*)$/s.exec(entry)
    if (times) states.set(times[5]!, { mtime: `${times[1]}${times[2]}`, ctime: BigInt(`${times[3]}${times[4]}`), digest: '' })
    const digest = /^([0-9a-f]{64}) .(.*)$/s.exec(entry)
    const state = digest && states.get(digest[2]!)
    if (state) state.digest = digest[1]!
  }
  return states
}

/** With a stamp of this invocation its digests and times count; without, the unit must have started safely after each file's last change. */
function staleFiles(files: readonly string[], units: readonly ReadonlyMap<string, string>[], stamp: string, now: string): readonly string[] {
  const current = statesOf(now)
  const wire = (path: string): string => Buffer.from(path).toString('latin1')
  const invocations = units.map((each) => each.get('InvocationID') ?? '').join(' ')
  const [first, loaded] = stamp.includes('\n') ? cut(stamp, '\n') : ['', '']
  if (first === invocations) {
    const then = statesOf(loaded)
    return files.filter((path) => then.get(wire(path))?.digest !== current.get(wire(path))?.digest || then.get(wire(path))?.mtime !== current.get(wire(path))?.mtime)
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
