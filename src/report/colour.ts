// Colours by meaning, and whether there are any.
import picocolors from 'picocolors'
import type { HostStatus, TaskStatus } from '../model/run-event.ts'

type Paint = (text: string) => string

export interface Colours {
  readonly good: Paint
  readonly changed: Paint
  readonly bad: Paint
  readonly doubtful: Paint
  readonly faint: Paint
  readonly strong: Paint
  readonly head: Paint
}

export function colours(on: boolean): Colours {
  const paint = picocolors.createColors(on)
  return {
    good: paint.green,
    changed: paint.yellow,
    bad: paint.red,
    doubtful: paint.magenta,
    faint: paint.dim,
    strong: paint.bold,
    head: paint.cyan,
  }
}

/** NO_COLOR (no-color.org) goes before FORCE_COLOR, that before what the stream is; `TERM=dumb` has none. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  return isTerminal && env['TERM'] !== 'dumb'
}

export function paintOf(paint: Colours, status: HostStatus | TaskStatus): Paint {
  switch (status) {
    case 'ok':
      return paint.good
    case 'changed':
    case 'would-change':
      return paint.changed
    case 'failed':
    case 'unreachable':
      return paint.bad
    default:
      return paint.doubtful
  }
}
