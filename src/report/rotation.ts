// A rotation for people and as JSON: what was done, where each key is in its life, what is waited for, and when to come
// back.
import type { Deed } from '../mail/rotation/deeds.ts'
import type { KeyOutlook, Outlook, RotationStep } from '../mail/rotation/steps.ts'
import type { Colours } from './colour.ts'
import { harmlessLine } from './harmless.ts'

export interface RotationView {
  readonly outlooks: readonly Outlook[]
  readonly faults: readonly {
    readonly host: string
    readonly domain: string | undefined
    readonly status: string
    readonly why: string
  }[]
  readonly deeds: readonly Deed[]
  readonly check: boolean
  /** Here. */
  readonly now: Date
}

export const deedText = ({ host, domain, selector, what, failed }: Deed, paint: Colours): string =>
  failed === undefined
    ? `${paint.changed('done')}    ${host}  ${domain}  ${selector}: ${harmlessLine(what)}\n`
    : `${paint.bad('failed')}  ${host}  ${domain}  ${selector}: ${harmlessLine(what)}: ${harmlessLine(failed)}\n`

const NEXT: Readonly<Record<RotationStep['kind'], string>> = {
  note: 'that is written down',
  begin: 'a new key',
  make: 'its key is made',
  publish: 'it is published',
  activate: 'it signs',
  revoke: 'it is revoked in DNS',
  'delete-key': 'its private key is deleted',
  'delete-record': 'its record is taken out of DNS',
}

export function rotationText(view: RotationView, paint: Colours): string {
  const { outlooks, faults, deeds, check, now } = view
  const blocks = outlooks.map((each) => outlookText(each, view, paint))
  const told = faults.map(
    ({ host, domain, status, why }) =>
      `${paint.bad(status)}  ${host}${domain === undefined ? '' : `  ${domain}`}: ${harmlessLine(why)}\n`,
  )
  const back = comeBack(outlooks)
  const last = faults.some(({ status }) => status === 'interrupted')
    ? 'interrupted: run it again to go on'
    : back !== undefined
      ? `come back at ${clockText(now, back)} (in ${durationText(back)})`
      : outlooks.some(({ keys }) => keys.some(({ wait }) => wait !== undefined)) ||
          deeds.some(({ failed }) => failed !== undefined)
        ? 'come back when that is mended'
        : check &&
            outlooks.some(({ keys, begin }) => begin !== undefined || keys.some(({ step }) => step !== undefined))
          ? 'nothing was changed (--check)'
          : faults.length > 0
            ? outlooks.length === 0
              ? 'nothing was done: no host told of its keys'
              : 'nothing is to be done on the other hosts'
            : `nothing is to be done${outlooks.length === 0 ? '' : ': every key is as it is to be'}`
  return [...(deeds.length > 0 && blocks.length > 0 ? ['\n'] : []), ...blocks, ...told, `${last}\n`].join('')
}

/** Times that hosts wrote down are told as they did; those to come are told by the clock here. */
function outlookText(
  { host, domain, keys, begin, due, notes, now: hostNow }: Outlook,
  { check, now }: RotationView,
  paint: Colours,
): string {
  const columns = Math.max(0, ...keys.map(({ selector }) => selector.length))
  const lines = keys.map(({ selector, state, since, step, wait }) => {
    const when = since === undefined ? '' : `  since ${clockText(new Date(since * 1000), 0)}`
    const then =
      wait !== undefined
        ? `; ${wait.kind === 'until' ? `until ${clockText(now, wait.time - hostNow)} (in ${durationText(wait.time - hostNow)}): ` : ''}${harmlessLine(wait.why)}`
        : step !== undefined
          ? `; ${check ? 'next' : 'not done'}: ${NEXT[step.kind]}`
          : ''
    const painted =
      wait?.kind === 'blocked'
        ? paint.bad
        : wait !== undefined
          ? paint.doubtful
          : state === 'active'
            ? paint.good
            : paint.faint
    return `${`  ${selector.padEnd(columns)}  ${painted(when === '' && then === '' ? state : state.padEnd(10))}${paint.faint(when)}${then}`}\n`
  })
  return `${paint.strong(`${host}  ${domain}`)}\n${lines.join('')}${begin === undefined ? '' : `  ${check ? 'next' : 'not done'}: a new key (${due})\n`}${notes.map((note) => `  ${paint.doubtful('note')}: ${harmlessLine(note)}\n`).join('')}`
}

/** Seconds from now, where time alone is waited for; what is held outside is no reason to come at a time. */
function comeBack(outlooks: readonly Outlook[]): number | undefined {
  const waits = outlooks.flatMap(({ keys, now }) =>
    keys.flatMap(({ wait }) => (wait?.kind === 'until' ? [wait.time - now] : [])),
  )
  return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits))
}

/** Local time here, whatever the host's clock says. */
function clockText(now: Date, seconds: number): string {
  const at = new Date(now.getTime() + seconds * 1000)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** The two largest units that are not nothing: `9 d 23 h`, `41 s`. */
export function durationText(seconds: number): string {
  const all = Math.max(0, Math.ceil(seconds))
  const parts = [
    [Math.floor(all / 86_400), 'd'],
    [Math.floor(all / 3600) % 24, 'h'],
    [Math.floor(all / 60) % 60, 'min'],
    [all % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  return first === -1
    ? '0 s'
    : parts
        .slice(first, first + 2)
        .filter(([count]) => count > 0)
        .map(([count, unit]) => `${count} ${unit}`)
        .join(' ')
}

export function rotationJson({ outlooks, faults, deeds, check, now }: RotationView) {
  const back = comeBack(outlooks)
  const at = (hostNow: number, time: number): string => new Date(now.getTime() + (time - hostNow) * 1000).toISOString()
  const keyJson =
    (hostNow: number) =>
    ({ selector, state, since, step, wait }: KeyOutlook) => ({
      selector,
      state,
      since: since === undefined ? null : new Date(since * 1000).toISOString(),
      ...(step === undefined ? {} : { next: step.kind }),
      ...(wait === undefined
        ? {}
        : {
            wait: {
              kind: wait.kind,
              why: wait.why,
              ...(wait.kind === 'until'
                ? { until: at(hostNow, wait.time), seconds: Math.max(0, wait.time - hostNow) }
                : {}),
            },
          }),
    })
  return {
    check,
    rotations: outlooks.map(({ host, domain, keys, begin, due, notes, now: hostNow }) => ({
      host,
      domain,
      keys: keys.map(keyJson(hostNow)),
      ...(begin === undefined ? {} : { begin: due }),
      notes,
    })),
    deeds: deeds.map(({ host, domain, selector, what, failed }) => ({
      host,
      domain,
      selector,
      what,
      ...(failed === undefined ? {} : { failed }),
    })),
    faults: faults.map(({ host, domain, status, why }) => ({ host, domain: domain ?? null, status, why })),
    comeBack: back === undefined ? null : { at: at(0, back), seconds: back },
  }
}
