// The changes that set the owner, group and mode of a path.
import { ownPath } from './program/files.ts'
import type { Change } from '../../core/task/change.ts'
import { isKnown, type Known } from '../../core/unknown.ts'

export interface Attributes {
  readonly owner?: string
  readonly group?: string
  readonly mode?: string
}

/** The same as arguments of a task, where `undefined` means absent. */
export type GivenAttributes = { readonly [Key in keyof Attributes]: Attributes[Key] | undefined }

export interface KnownAttributes {
  readonly owner: Known<string>
  readonly group: Known<string>
  readonly mode: Known<string>
}

/**
 * The attributes that were given. A number of an account becomes the name that the host has for it, because find(1)
 * prints names of owners.
 *
 * @param now - a path's state, asked with the same owner and group.
 */
export function givenAttributes(
  { owner, group, mode }: GivenAttributes,
  { names }: { readonly names?: Attributes },
): Attributes {
  return {
    ...(owner === undefined ? {} : { owner: names?.owner ?? owner }),
    ...(group === undefined ? {} : { group: names?.group ?? group }),
    ...(mode === undefined ? {} : { mode }),
  }
}

/**
 * The changes that give a path the wanted owner, group and mode; none if it has them. The path must be no symbolic
 * link. The mode is set last, because chown(2) clears the setuid and setgid bits. If no mode is wanted, these bits are
 * kept.
 *
 * @example
 * attributeChanges('/srv/keys', { owner: 'vmail', mode: '0700' }, { owner: 'root', group: 'root', mode: '0755' })
 */
export function attributeChanges(path: string, wanted: Attributes, now: KnownAttributes): readonly Change[] {
  const { owner, group, mode } = wanted
  const chowns = differs(owner, now.owner) || differs(group, now.group)
  const special = isKnown(now.mode) ? now.mode[0] !== '0' : true
  const changes: Change[] = []
  if (chowns) {
    changes.push({
      summary: attributeSummary(
        { ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) },
        now,
      ),
      apply: ownPath(path, { owner, group, strict: mode === undefined && special }),
    })
  }
  const clears = chowns && special
  if (mode !== undefined && (mode !== now.mode || clears)) {
    changes.push({
      summary: mode === now.mode ? `mode ${mode} again` : attributeSummary({ mode }, now),
      apply: ownPath(path, { mode }),
    })
  }
  return changes
}

const differs = (wanted: string | undefined, now: Known<string>): boolean => wanted !== undefined && wanted !== now

/** `owner root → vmail, mode 0755 → 0700`; what is as wanted is left out. */
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

/** The attributes of a path that root makes with umask 022. */
export const madeByRoot = (mode: string): KnownAttributes => ({ owner: 'root', group: 'root', mode })
