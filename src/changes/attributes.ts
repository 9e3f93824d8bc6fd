// The changes that give a path its owner, group and mode.
import type { Change } from '../model/change.ts'
import { isKnown, type Known } from '../model/unknown.ts'
import { sh } from '../shell/sh.ts'

export interface Attributes {
  readonly owner?: string
  readonly group?: string
  readonly mode?: string
}

export interface KnownAttributes {
  readonly owner: Known<string>
  readonly group: Known<string>
  readonly mode: Known<string>
}

/** Owner first, mode last: chown(2) clears the setuid and setgid bits. */
export function attributeChanges(path: string, wanted: Attributes, now: KnownAttributes): readonly Change[] {
  const { owner, group, mode } = wanted
  const chowns = (owner !== undefined && owner !== now.owner) || (group !== undefined && group !== now.group)
  const special = isKnown(now.mode) ? now.mode[0] !== '0' : true
  const changes: Change[] = []
  if (chowns) {
    changes.push({ summary: attributeSummary({ ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) }, now), apply: sh`chown -h -- ${`${owner ?? ''}${group === undefined ? '' : `:${group}`}`} ${path}` })
  }
  if (mode !== undefined && (mode !== now.mode || (chowns && special))) {
    changes.push({ summary: mode === now.mode ? `mode ${mode} again` : attributeSummary({ mode }, now), apply: sh`chmod ${exactly(mode)} -- ${path}` })
  }
  return changes
}

/** `owner root → opendkim, mode 0755 → 0700`; what is as wanted is left out. */
export function attributeSummary(wanted: Attributes, now: KnownAttributes): string {
  const part = (what: keyof Attributes): string[] => {
    const to = wanted[what]
    const from = now[what]
    if (to === undefined || to === from) return []
    return [`${what} ${isKnown(from) ? `${from} → ` : ''}${to}`]
  }
  return [...part('owner'), ...part('group'), ...part('mode')].join(', ')
}

export const withAttributes = (wanted: Attributes, now: KnownAttributes): KnownAttributes => ({
  owner: wanted.owner ?? now.owner,
  group: wanted.group ?? now.group,
  mode: wanted.mode ?? now.mode,
})

/** Five digits: with four, GNU chmod(1) leaves the setgid bit of a directory as it is. */
export const exactly = (mode: string): string => `0${mode}`

/** A path made by root under umask 022. */
export const madeByRoot = (mode: string): KnownAttributes => ({ owner: 'root', group: 'root', mode })
