// Plans the changes that make a unit start at boot or not, or prevent that it starts at all: enable, disable, mask,
// unmask.
import type { Change } from '../../core/task/change.ts'
import { UNKNOWN, type Known } from '../../core/unknown.ts'
import { isMasked, type UnitState } from './unit-state.ts'
import type { Script } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'

/** Left out is left as it is. */
export interface WantedEnablement {
  readonly enabled?: boolean | undefined
  readonly masked?: boolean | undefined
}

export interface EnablementChanges {
  /** First of all: what is masked can neither be started nor enabled. */
  readonly unmask: readonly Change[]
  /** After a stop: disabling may remove the unit, and a mask hides it. */
  readonly settle: readonly Change[]
  readonly then: Known<string>
}

/** Starts at boot as far as it ever can: without an [Install] section by what pulls it in. */
const ENABLED: readonly unknown[] = ['enabled', 'static', 'generated', 'alias', 'transient']

export function enablementChanges({ enabled, masked }: WantedEnablement, now: UnitState): EnablementChanges {
  const { id } = now
  const unmasks = masked === false && isMasked(now.enabled)
  // Behind the mask it may be anything; asked for again where it is so already, systemctl does nothing.
  const is = unmasks ? UNKNOWN : now.enabled
  // Where the unit file itself is behind a mask that stays, systemctl does nothing.
  const settles = now.there && (unmasks || !isMasked(now.enabled))
  const settle = [
    ...(settles && enabled === true ? enable(id, is, unmasks) : []),
    ...(settles && enabled === false ? disable(id, is, unmasks) : []),
    ...(masked === true && now.enabled !== 'masked' ? [{ summary: 'mask', apply: sh`systemctl mask -- ${id}` }] : []),
  ]
  return {
    unmask: unmasks ? [{ summary: 'unmask', apply: unmask(id, now.enabled) }] : [],
    settle,
    then: masked === true ? 'masked' : unmasks ? UNKNOWN : settledAs(settle, now.enabled),
  }
}

function settledAs(settle: readonly Change[], before: Known<string>): Known<string> {
  const made = settle.map(({ summary }) => summary)
  if (made.includes('enable')) return 'enabled'
  return made.includes('disable') ? 'disabled' : before
}

const unmask = (id: string, enabled: Known<string>): Script =>
  enabled === 'masked'
    ? sh`systemctl unmask -- ${id} && systemctl unmask --runtime -- ${id}`
    : sh`systemctl unmask --runtime -- ${id}`

function enable(id: string, is: Known<string>, unmasked: boolean): readonly Change[] {
  const disabled = !ENABLED.includes(is) && (unmasked || is !== UNKNOWN)
  return disabled ? [{ summary: 'enable', apply: sh`systemctl enable -- ${id}` }] : []
}

/**
 * What is enabled for good may be so until the next boot, too; that goes first, for without its links a linked unit is
 * none.
 */
function disable(id: string, is: Known<string>, unmasked: boolean): readonly Change[] {
  if (is === 'enabled-runtime') return [{ summary: 'disable', apply: sh`systemctl disable --runtime -- ${id}` }]
  return is === 'enabled' || unmasked
    ? [{ summary: 'disable', apply: sh`systemctl disable --runtime -- ${id} && systemctl disable -- ${id}` }]
    : []
}
