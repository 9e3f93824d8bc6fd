// The type of a benchmark: its measurements, and the text that explains them on the page.
import type { Measured } from './results.ts'

export interface Plot {
  readonly job: string
  /** What it shows, for those who cannot see it. */
  readonly title: string
}

export interface Bench {
  /** `npm run bench NAME`; its results are bench/results/NAME.json. */
  readonly name: string
  readonly title: string
  /** How it was measured, for docs/benchmarks.md. */
  readonly about: string
  /** What `at` counts, as the head of its column: `hosts`. */
  readonly at: string
  /** The columns `÷` of the tables, in order; who is not there has no ratio. */
  readonly against: readonly string[]
  readonly plots: readonly Plot[]
  /** Resolves with everything measured. @throws Error where somebody did not do the job. */
  run(options: BenchOptions): Promise<Outcome>
}

export interface BenchOptions {
  /** As few turns as there can be, to see that it all works. */
  readonly quick: boolean
}

export interface Outcome {
  readonly versions: Readonly<Record<string, string>>
  readonly measured: readonly Measured[]
}

/** Names in all tables. */
export const MAILRUN = 'mailrun'
export const BY_HAND = 'by hand'
/** A script of what the job needs, which is less than what mailrun asks. */
export const NEEDED = 'by hand, what the job needs'
/** Through master connections of ssh that stand already. */
export const warm = (who: string): string => `${who}, warm`
/** As many cold `ssh` that ask nothing. */
export const BARE_SSH = 'floor: `ssh HOST true`'
/** The library ssh2 in a process of its own, asking nothing. */
export const BARE_SSH2 = 'floor: ssh2, `true`'
export const ANSIBLE = 'Ansible'
export const MITOGEN = 'Ansible with Mitogen'
