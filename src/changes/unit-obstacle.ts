// Why a unit cannot be brought into the state that is wanted, as things stand, and what to do; told before anything is
// changed.
import { reloadedOnly } from '../probes/unit-loaded.ts'
import { isMasked, type UnitQuestion, type UnitState } from '../probes/unit-state.ts'
import type { WantedEnablement } from './unit-enablement.ts'

export interface WantedUnit extends WantedEnablement {
  readonly state?: 'running' | 'stopped' | undefined
}

/** `undefined` where there is none. */
export function obstacleTo(wanted: WantedUnit, question: UnitQuestion, now: UnitState): string | undefined {
  const { state, enabled, masked } = wanted
  const { unit } = question
  if (!now.there) return absent(wanted, unit, now)
  if (masked === true) {
    // systemctl refuses, and by then it would be stopped.
    return !isMasked(now.enabled) && String(now.fragment).startsWith('/etc/systemd/system/')
      ? `its unit file is ${String(now.fragment)}, where the mask would have to be: remove that file first, or ask for state: 'stopped' and enabled: false`
      : undefined
  }
  if (
    isMasked(now.enabled) &&
    state === undefined &&
    enabled !== true &&
    masked === undefined &&
    (now.restart.length > 0 || now.reload.length > 0 || now.missing.length > 0)
  ) {
    return `${unit} is masked, so that it can be neither restarted nor reloaded: ask for state: 'running' or masked: false`
  }
  if (
    enabled === false &&
    (state === 'running' || (state === undefined && now.active)) &&
    now.linked &&
    now.enabled === 'enabled'
  ) {
    return now.id === unit
      ? `disabling it would remove the link /etc/systemd/system/${unit}, and with it the unit: put the file itself there first`
      : `${unit} is another name of ${now.id} and goes when that is disabled: name ${now.id}`
  }
  const reloads = reloadedOnly(question)
  if (
    reloads.length > 0 &&
    state !== 'stopped' &&
    now.reloads === false &&
    !now.needDaemonReload &&
    !isMasked(now.enabled)
  ) {
    return `${unit} cannot be reloaded, for its unit file has no ExecReload: give ${reloads.join(', ')} as restartOn`
  }
  return undefined
}

/**
 * A unit that is not there is stopped and disabled, for a link that is left of its enablement starts nothing, and it
 * can be masked; but it cannot run.
 */
function absent({ state, enabled, masked }: WantedUnit, unit: string, now: UnitState): string | undefined {
  const asksForNothingMore =
    state !== 'running' && enabled !== true && (state === 'stopped' || enabled === false || masked !== undefined)
  if (asksForNothingMore) return undefined
  if (isMasked(now.enabled)) return `there is no unit ${unit} on the host behind its mask: install its package first`
  return now.stopped
    ? `there is no unit ${unit} on the host: install its package first`
    : `there is no unit file of ${unit} any more, though it runs: install its package anew`
}
