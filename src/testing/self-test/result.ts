// The result of a self-test: whether the examples of all task modules keep the laws of tasks on each host.

/**
 * `kept`: carried out, and all laws hold. `asked`: it would change more than files and accounts, so it was asked and
 * planned alone, and the laws hold as far as that. `skipped`: the host is not as the example wants it. `broken`: a law
 * does not hold.
 */
export type ExampleStatus = 'kept' | 'asked' | 'skipped' | 'broken'

export interface ExampleResult {
  /** The module's name: `file`. */
  readonly task: string
  /** The example's title. */
  readonly example: string
  readonly status: ExampleStatus
  /** Why it is not `kept`: the laws that do not hold, or what kept it from being carried out. */
  readonly why: readonly string[]
}

export type SelfTestStatus = 'kept' | 'broken' | 'failed' | 'unreachable' | 'interrupted'

export interface HostSelfTest {
  readonly name: string
  readonly status: SelfTestStatus
  /** As os-release(5) has it: `debian 12 (bookworm)`; left out: it was not asked. */
  readonly system?: string
  readonly seconds: number
  readonly examples: readonly ExampleResult[]
  /** Why no example was tried, or no further one. */
  readonly error?: string
}
