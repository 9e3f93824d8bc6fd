// The type of an output format of `mailrun self-test`.
import type { HostSelfTest } from '../../testing/self-test/result.ts'
import type { About } from '../registry.ts'
import type { Screen } from '../screen.ts'

export interface SelfTestReport {
  /** As each host is done. */
  readonly done: (host: HostSelfTest) => void
  /** At the end, with all in the order of the inventory. */
  readonly ended: (hosts: readonly HostSelfTest[]) => void
}

export interface SelfTestFormat extends About {
  readonly open: (screen: Screen) => SelfTestReport
}
