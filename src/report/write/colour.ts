// Decides whether output has colours, and which colour each status has.
import type { HostStatus, TaskStatus } from '../../core/run-event.ts'
import type { Colours, Paint } from './terminal.ts'

export { colours, type Colours, type Paint } from './terminal.ts'

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
