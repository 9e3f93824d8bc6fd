// How long a piece of work took, with as little as can be of what other programs and V8 do meanwhile.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Starts a clock, which tells milliseconds: the lesser of what went by and what this process worked. Others have the
 * processor in the first; threads of V8 (collecting, compiling) are in the second.
 */
export function clock(): () => number {
  const [began, worked] = [performance.now(), process.cpuUsage()]
  return () => {
    const { user, system } = process.cpuUsage(worked)
    return Math.min(performance.now() - began, (user + system) / 1000)
  }
}

/** Empties the space of new objects: else the work of one run is to collect what the one before left. */
export const collect: () => void = (() => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void
  return () => gc({ type: 'minor' })
})()
