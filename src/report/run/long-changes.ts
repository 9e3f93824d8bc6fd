// A line from time to time about changes that take long, where nobody sees live lines: in a pipe, in the log of a job.
import type { RunEvent } from '../../core/run-event.ts'
import { secondsText } from './recap.ts'
import { packageProgress, type PackageProgress } from './package-progress.ts'
import { count } from '../write/name-list.ts'
import { printed, said, term, type TerminalText } from '../write/terminal.ts'
import { fit } from '../write/width.ts'

/** Between two lines, and how long a change takes at least to be in one. */
const EVERY_SECONDS = 30
const NAME_COLUMNS = 60
const LINE_COLUMNS = 100

interface LongChange {
  readonly host: string
  readonly since: number
  readonly what: TerminalText
  readonly progress: PackageProgress
  said: TerminalText | undefined
}

export interface LongChanges {
  see(event: RunEvent): void
  /** The line that is due; `undefined`: no change takes that long. */
  line(): TerminalText | undefined
}

/** @param now - in milliseconds */
export function longChanges(now: () => number): LongChanges {
  const running = new Map<string, LongChange>()
  return {
    see(event) {
      if (event.kind === 'change-start') {
        const task = fit(said(event.task), NAME_COLUMNS)
        const what = term`${said(event.type)} ${task}: ${said(event.summary)}`
        running.set(event.host, { host: event.host, since: now(), what, progress: packageProgress(), said: undefined })
      } else if (event.kind === 'change-output') {
        const change = running.get(event.host)
        if (change === undefined) return
        const progress = change.progress.read(event.line)
        change.said = progress === undefined ? printed(event.line) : said(progress)
      } else if (event.kind === 'change-end' || event.kind === 'host-end') running.delete(event.host)
    },
    line() {
      const long = [...running.values()].filter(({ since }) => now() - since >= EVERY_SECONDS * 1000)
      const [first] = long.sort((a, b) => a.since - b.since)
      if (first === undefined) return undefined
      const { host, what, since, said: last } = first
      const others = long.length === 1 ? term`` : said(` (and ${count(long.length - 1, 'other host')})`)
      const at = last === undefined || last.length === 0 ? term`` : term`: ${fit(last, LINE_COLUMNS)}`
      return term`${said(host)}: ${what}${at}, for ${secondsText((now() - since) / 1000)} now${others}`
    },
  }
}

/** Prints a line each half minute until it is stopped. @returns what takes the events, and what stops it */
export function tellLongChanges(print: (line: TerminalText) => void): {
  readonly see: (event: RunEvent) => void
  readonly stop: () => void
} {
  const changes = longChanges(() => performance.now())
  let timer: NodeJS.Timeout | undefined
  return {
    see(event) {
      changes.see(event)
      if (timer !== undefined || event.kind !== 'change-start') return
      timer = setInterval(() => {
        const line = changes.line()
        if (line !== undefined) print(line)
      }, EVERY_SECONDS * 1000)
      timer.unref()
    },
    stop: () => clearInterval(timer),
  }
}
