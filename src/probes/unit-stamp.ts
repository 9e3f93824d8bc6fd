// What a unit has loaded: its invocation and its files with digest and time, kept on the host as a stamp; and which files changed since.
import { quote } from '../shell/quote.ts'
import { raw, type Script } from '../shell/script.ts'

/** What `systemctl show` tells of one unit. */
export type UnitProperties = ReadonlyMap<string, string>

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

interface FileState {
  /** Nanoseconds, in decimal. */
  readonly mtime: string
  readonly ctime: bigint
  digest: string
}

/** By path, as bytes in latin1. */
export type States = ReadonlyMap<string, FileState>

/** What a unit had loaded, and which of its invocations. */
export interface Stamp {
  readonly invocations: string
  readonly states: States
}

/** Reads what {@link fileStates} prints, cut at its NULs. */
export function statesOf(entries: readonly string[]): States {
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

/** Stamps by unit. Only whole ones: what is cut short or of another form proves nothing. */
export function readStamps(entries: readonly string[], units: readonly string[]): ReadonlyMap<string, Stamp> {
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

/** With a stamp of this invocation its digests and times count; without, the unit must have started safely after each file's last change. */
export function staleFiles(files: readonly string[], units: readonly UnitProperties[], stamp: Stamp | undefined, current: States): readonly string[] {
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
