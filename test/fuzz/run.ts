// Runs cases of targets in a thread that can be ended where a case hangs,
// and tells every failure with what it takes to see it again.
import { Worker } from 'node:worker_threads'
import type { Report, Wanted } from './worker.ts'

export interface FuzzRequest {
  readonly seed: number
  /** Of each target. */
  readonly cases: number
  /** Just this one case, by its number. */
  readonly only?: number | undefined
}

/** A case takes milliseconds; one that takes longer than this hangs. */
const HANGS_AFTER_SECONDS = 20

/** @param targets - by name. Calls back as each is done. */
export async function fuzz(
  { seed, cases, only }: FuzzRequest,
  targets: readonly string[],
  onReport: (report: Report) => void,
): Promise<readonly Report[]> {
  const reports: Report[] = []
  const tell = (report: Report): void => {
    reports.push(report)
    onReport(report)
  }
  // A thread that hangs or dies is lost with its target only.
  while (reports.length < targets.length)
    await inThread({ seed, cases, only, targets: targets.slice(reports.length) }, tell)
  return reports
}

function inThread(wanted: Wanted, tell: (report: Report) => void): Promise<void> {
  const at = new Int32Array(new SharedArrayBuffer(8))
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { wanted, at } })
  let [last, since, reported] = ['', performance.now(), 0]
  return new Promise((resolve) => {
    const end = (): void => {
      clearInterval(timer)
      void worker.terminate()
      resolve()
    }
    const died = (how: string): void => {
      const [index, cases] = [reported, Atomics.load(at, 1)]
      const target = wanted.targets[index]!
      tell({
        target,
        cases,
        seconds: (performance.now() - since) / 1000,
        failures: [`${target}, seed ${wanted.seed}, case ${cases}: ${how}`],
      })
      end()
    }
    const timer = setInterval(() => {
      const now = `${Atomics.load(at, 0)} ${Atomics.load(at, 1)}`
      if (now !== last) [last, since] = [now, performance.now()]
      else if (performance.now() - since > HANGS_AFTER_SECONDS * 1000)
        died(`does not end within ${HANGS_AFTER_SECONDS} s`)
    }, 500)
    worker.on('message', (report: Report) => {
      reported += 1
      tell(report)
      if (reported === wanted.targets.length) end()
    })
    worker.on('error', (error) => died(`the thread died: ${error.message}`))
  })
}
