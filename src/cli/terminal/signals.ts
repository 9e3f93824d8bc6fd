// Handles Ctrl-C and similar signals: the first one lets running changes finish, the second ends mailrun at once.
import { EXIT } from '../exit-status.ts'

export interface Signals {
  readonly interrupt: AbortSignal
  readonly abandon: AbortSignal
  /** Whether the command works on hosts now. */
  readonly running: boolean
  /** The command begins to work on hosts. Before that, a signal ends the process. */
  runBegins(): void
}

/** @param beforeRun - is called for a signal that comes before any host is touched; then the process ends. */
export function listenToSignals(beforeRun: () => void): Signals {
  const interrupt = new AbortController()
  const abandon = new AbortController()
  let running = false
  const onSignal = (): void => {
    if (!running) beforeRun()
    if (!running || abandon.signal.aborted) process.exit(EXIT.interrupted)
    if (interrupt.signal.aborted) abandon.abort()
    else interrupt.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return {
    interrupt: interrupt.signal,
    abandon: abandon.signal,
    get running() {
      return running
    },
    runBegins() {
      running = true
    },
  }
}
