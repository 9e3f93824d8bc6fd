// The thread that makes and checks the cases of targets, one target after another.
import { parentPort, workerData } from 'node:worker_threads'
import { inspect } from 'node:util'
import { mixed, randomOf } from './random.ts'
import { failureOf, shrunk } from './shrink.ts'
import type { Target } from './target.ts'
import { TARGETS } from './targets.ts'

export interface Wanted {
  readonly seed: number
  readonly cases: number
  readonly targets: readonly string[]
  readonly only: number | undefined
}

export interface Report {
  readonly target: string
  readonly cases: number
  readonly seconds: number
  /** With seed, case and smallest input. */
  readonly failures: readonly string[]
}

/** More of one kind tell nothing new. */
const MOST_FAILURES_SHOWN = 3

/** `at`: which target and which case are in hand. */
const { wanted, at } = workerData as { readonly wanted: Wanted; readonly at: Int32Array }
for (const [place, name] of wanted.targets.entries()) {
  Atomics.store(at, 0, place)
  parentPort!.postMessage(await report(TARGETS.find((each) => each.name === name)!))
}

async function report(target: Target): Promise<Report> {
  const began = performance.now()
  const failures: string[] = []
  const [from, to] =
    wanted.only === undefined ? [0, Math.ceil(wanted.cases / (target.slow ?? 1))] : [wanted.only, wanted.only + 1]
  let cases = 0
  for (let index = from; index < to && failures.length < MOST_FAILURES_SHOWN; index += 1) {
    Atomics.store(at, 1, index)
    const random = randomOf(mixed(wanted.seed, target.name, index))
    const input = target.make(random)
    const error = await failureOf(target, input)
    cases += 1
    if (error === undefined) continue
    const smallest = await shrunk(target, random.choices, { input, error })
    const shown = inspect(smallest.input, { depth: 10, maxStringLength: 1000, breakLength: 160 })
    failures.push(`${target.name}, seed ${wanted.seed}, case ${index}: ${smallest.error}\n  ${shown}`)
  }
  return { target: target.name, cases, seconds: (performance.now() - began) / 1000, failures }
}
