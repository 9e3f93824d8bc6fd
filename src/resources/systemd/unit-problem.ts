// Explains why a unit cannot get the wanted state, and what to do. It does so before anything is changed.
import { reloadedOnly } from './unit-loaded.ts'
import { isMasked, type UnitQuestion, type UnitState } from './unit-state.ts'
import type { WantedEnablement } from './unit-enablement.ts'

export interface WantedUnit extends WantedEnablement {
  readonly state?: 'running' | 'stopped' | undefined
}

/** `undefined` where there is none. */
export function problemWith(wanted: WantedUnit, question: UnitQuestion, now: UnitState): string | undefined {
  const { unit } = question
  if (!now.there) return absent(wanted, unit, now)
  if (wanted.masked === true) return unmaskable(now)
  return staysMasked(wanted, unit, now) ?? losesItsLink(wanted, unit, now) ?? cannotReload(wanted, question, now)
}

/** systemctl refuses, and by then it would be stopped. */
function unmaskable(now: UnitState): string | undefined {
  const file = String(now.fragment)
  if (isMasked(now.enabled) || !file.startsWith('/etc/systemd/system/')) return undefined
  return (
    `its unit file is ${file}, where the mask would have to be: ` +
    "remove that file first, or ask for state: 'stopped' and enabled: false"
  )
}

function staysMasked({ state, enabled, masked }: WantedUnit, unit: string, now: UnitState): string | undefined {
  const isToStay = state === undefined && enabled !== true && masked === undefined
  const isToBeLoaded = now.restart.length > 0 || now.reload.length > 0 || now.missing.length > 0
  if (!isMasked(now.enabled) || !isToStay || !isToBeLoaded) return undefined
  return (
    `${unit} is masked, so that it can be neither restarted nor reloaded: ` +
    "ask for state: 'running' or masked: false"
  )
}

/** A unit that is but a link goes when it is disabled, and is to run all the same. */
function losesItsLink({ state, enabled }: WantedUnit, unit: string, now: UnitState): string | undefined {
  const isToRun = state === 'running' || (state === undefined && now.active)
  const isLinked = now.linked && now.enabled === 'enabled'
  if (enabled !== false || !isToRun || !isLinked) return undefined
  return now.id === unit
    ? `disabling it would remove the link /etc/systemd/system/${unit}, ` +
        'and with it the unit: put the file itself there first'
    : `${unit} is another name of ${now.id} and goes when that is disabled: name ${now.id}`
}

function cannotReload({ state }: WantedUnit, question: UnitQuestion, now: UnitState): string | undefined {
  const reloads = reloadedOnly(question)
  const isAsked = reloads.length > 0 && state !== 'stopped'
  const isKnownToHaveNone = now.reloads === false && !now.needDaemonReload && !isMasked(now.enabled)
  if (!isAsked || !isKnownToHaveNone) return undefined
  const { unit } = question
  return `${unit} cannot be reloaded, for its unit file has no ExecReload: give ${reloads.join(', ')} as restartOn`
}

/**
 * A unit that is not there is stopped and disabled, for a link that is left of its enablement starts nothing, and it
 * can be masked; but it cannot run.
 */
function absent({ state, enabled, masked }: WantedUnit, unit: string, now: UnitState): string | undefined {
  const isToRun = state === 'running' || enabled === true
  const isToBeOff = state === 'stopped' || enabled === false || masked !== undefined
  if (isToBeOff && !isToRun) return undefined
  if (isMasked(now.enabled)) return `there is no unit ${unit} on the host behind its mask: install its package first`
  return now.stopped
    ? `there is no unit ${unit} on the host: install its package first`
    : `there is no unit file of ${unit} any more, though it runs: install its package again`
}
