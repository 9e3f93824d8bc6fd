// Writes a rotation as one JSON document at its end.
import type { DoneStep } from '../../mail/rotation/done-step.ts'
import type { KeyProgress } from '../../mail/rotation/steps.ts'
import { jsonDocument } from '../write/json.ts'
import { comeBack } from './come-back.ts'
import type { RotationFormat, RotationView } from './format.ts'

export const format: RotationFormat = {
  language: 'json',
  about: 'programs: one document at the end',
  open: ({ out }) => ({
    done: () => {},
    waiting: () => {},
    ended: (view) => out.write(jsonDocument(rotationJson(view))),
  }),
}

export const stepJson = ({ host, domain, selector, what, failed }: DoneStep) => ({
  host,
  domain,
  selector,
  what,
  ...(failed === undefined ? {} : { failed }),
})

export function rotationJson({ rotations, faults, doneSteps, check, now }: RotationView) {
  const back = comeBack(rotations)
  const at = (hostNow: number, time: number): string => new Date(now.getTime() + (time - hostNow) * 1000).toISOString()
  const keyJson =
    (hostNow: number) =>
    ({ selector, state, since, step, wait }: KeyProgress) => ({
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
    rotations: rotations.map(({ host, domain, keys, begin, due, notes, now: hostNow }) => ({
      host,
      domain,
      keys: keys.map(keyJson(hostNow)),
      ...(begin === undefined ? {} : { begin: due }),
      notes,
    })),
    deeds: doneSteps.map(stepJson),
    faults: faults.map(({ host, domain, status, why }) => ({ host, domain: domain ?? null, status, why })),
    comeBack: back === undefined ? null : { at: at(0, back), seconds: back },
  }
}
