// Which changes make a unit start at boot or not, and can it be started at all: enable, disable, mask, unmask.
import type { Change } from '../model/change.ts'
import { UNKNOWN, type Known } from '../model/unknown.ts'
import { isMasked, type UnitState } from '../probes/unit-state.ts'
import { sh } from '../shell/sh.ts'

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
  const unmask = !unmasks
    ? []
    : [
        {
          summary: 'unmask',
          apply:
            now.enabled === 'masked'
              ? sh`systemctl unmask -- ${id} && systemctl unmask --runtime -- ${id}`
              : sh`systemctl unmask --runtime -- ${id}`,
        },
      ]
  // Where the unit file itself is behind a mask that stays, systemctl does nothing.
  const settles = now.there && (unmasks || !isMasked(now.enabled))
  const settle = [
    ...(settles && enabled === true && !ENABLED.includes(is) && (unmasks || is !== UNKNOWN)
      ? [{ summary: 'enable', apply: sh`systemctl enable -- ${id}` }]
      : []),
    ...(settles && enabled === false ? disable(id, is, unmasks) : []),
    ...(masked === true && now.enabled !== 'masked' ? [{ summary: 'mask', apply: sh`systemctl mask -- ${id}` }] : []),
  ]
  const disabled = settle.some(({ summary }) => summary === 'disable')
  const then =
    masked === true
      ? 'masked'
      : unmasks
        ? UNKNOWN
        : settle.some(({ summary }) => summary === 'enable')
          ? 'enabled'
          : disabled
            ? 'disabled'
            : now.enabled
  return { unmask, settle, then }
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
