// Ends an exchange with a host if the host says nothing for too long, or if the run is interrupted.

export interface Watchdog {
  readonly signal: AbortSignal
  /** Why it barked. */
  readonly why: string | undefined
  expectWithin(seconds: number, what: string): void
  /** The whole, whatever signs of life there are. */
  endWithin(seconds: number): void
  abort(why: string): void
  clear(): void
}

/**
 * A process that was stopped, or did not get to run, finds its timers due before it reads what came meanwhile: it is
 * given this long to read.
 */
const LATE_MS = 1000
const READING_MS = 5000

/** Breaks off what takes longer than it may; every sign of life sets the next limit, but not the one of the whole. */
export function watchdog(abandon: AbortSignal): Watchdog {
  const controller = new AbortController()
  let step = (): void => {}
  let whole = (): void => {}
  let why: string | undefined
  const abort = (reason: string): void => {
    why ??= reason
    controller.abort()
  }
  const onAbandon = (): void => abort('interrupted')
  if (abandon.aborted) onAbandon()
  abandon.addEventListener('abort', onAbandon, { once: true })
  return {
    signal: controller.signal,
    get why() {
      return why
    },
    expectWithin(seconds, what) {
      step()
      step = after(seconds, () => abort(`the host said nothing for ${seconds} s (${what})`))
    },
    endWithin(seconds) {
      whole()
      whole = after(seconds, () => abort(`it did not end within ${seconds} s, the most that all its parts may take`))
    },
    abort,
    clear() {
      step()
      whole()
      abandon.removeEventListener('abort', onAbandon)
    },
  }
}

/** @returns what takes it back. */
function after(seconds: number, bark: () => void): () => void {
  const due = performance.now() + seconds * 1000
  let timer = setTimeout(() => {
    if (performance.now() < due + LATE_MS) bark()
    else timer = setTimeout(bark, READING_MS)
  }, seconds * 1000)
  return () => clearTimeout(timer)
}
