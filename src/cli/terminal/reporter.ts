// Opens the report of a run in the format that the flags select.
import { isDnsEvent, type RunFormat, type RunOptions, type RunReport } from '../../report/run/format.ts'
import { live } from '../../report/run/live.ts'
import type { RunFlags } from '../flags/fleet-flags.ts'
import { SCREEN } from './output.ts'

type ShownFlags = Pick<RunFlags, 'diff' | 'verbose' | 'profile'>

/** What the flags want to be shown. */
export const shownOf = ({ diff, verbose, profile }: ShownFlags): RunOptions => ({
  diff: diff === true,
  verbose: verbose === true,
  profile: profile === true,
})

/** To be called as the run begins. */
export function reporterOf({ open, late }: RunFormat, flags: ShownFlags): RunReport {
  const { out, notes } = SCREEN
  const report = open(shownOf(flags), SCREEN)
  // What comes late often goes to a file.
  return late === true && notes.canRedraw && !out.isTerminal ? withProgress(report) : report
}

/** Live lines on standard error. */
function withProgress(report: RunReport): RunReport {
  const foot = live(SCREEN.notes, SCREEN.notes.paint)
  return (event) => {
    if (event.kind === 'run-end') foot.close()
    else if (!isDnsEvent(event)) foot.see(event)
    report(event)
  }
}
