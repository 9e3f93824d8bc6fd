// Breaks an exchange off when the host falls silent, or when the run is abandoned.

export interface Watchdog {
  readonly signal: AbortSignal
  /** Why it barked. */
  readonly why: string | undefined
  expectWithin(seconds: number, what: string): void
  abort(why: string): void
  clear(): void
}

/** Breaks off what takes longer than it may; every sign of life sets the next limit. */
export function watchdog(abandon: AbortSignal): Watchdog {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
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
      clearTimeout(timer)
      timer = setTimeout(() => abort(`the host said nothing for ${seconds} s (${what})`), seconds * 1000)
    },
    abort,
    clear() {
      clearTimeout(timer)
      abandon.removeEventListener('abort', onAbandon)
    },
  }
}
