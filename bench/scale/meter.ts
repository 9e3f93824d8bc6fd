// Measures how late the event loop of a process is, and writes that to the file in MAILRUN_METER when the process ends.
// It is loaded with `node --import`.
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Milliseconds. */
export interface LoopDelay {
  readonly p99: number
  readonly longest: number
}

const RESOLUTION_MS = 5

const path = process.env['MAILRUN_METER']
// The variable is for this process only.
delete process.env['MAILRUN_METER']
if (path !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  // The histogram holds the whole time between two ticks.
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
  process.on('exit', () => {
    const measured: LoopDelay = { p99: late(delay.percentile(99)), longest: late(delay.max) }
    writeFileSync(path, JSON.stringify(measured))
  })
}
