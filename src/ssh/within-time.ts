// Waits for a connection until a time limit or an interrupt.
import { Unreachable } from '../engine/session/connection.ts'

/** The work goes on by itself. @throws Unreachable with `why` */
export async function withinTime<T>(
  work: Promise<T>,
  seconds: number,
  signal: AbortSignal,
  why: () => string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>(
    (_, reject) => (timer = setTimeout(() => reject(new Unreachable(why())), seconds * 1000)),
  )
  try {
    return await interruptible(Promise.race([work, late]), signal)
  } finally {
    clearTimeout(timer)
  }
}

/** The work goes on by itself. @throws Unreachable */
export async function interruptible<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => {}
  const interrupted = new Promise<never>((_, reject) => (onAbort = () => reject(new Unreachable('interrupted'))))
  work.catch(() => {})
  interrupted.catch(() => {})
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([interrupted, work])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
