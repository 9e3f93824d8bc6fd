// The type of an output format of a run.
import type { DnsEvent } from '../../dns/push/publication.ts'
import type { RunEvent } from '../../core/run-event.ts'
import type { About } from '../registry.ts'
import type { Screen } from '../screen.ts'

export interface RunOptions {
  /** Changes to files' texts, too. */
  readonly diff: boolean
  /** The shell text of changes, too. */
  readonly verbose: boolean
  /** Where the time of each host went, too. */
  readonly profile?: boolean
}

export const isDnsEvent = (event: RunEvent | DnsEvent): event is DnsEvent => event.kind.startsWith('dns-')

/** Is called with each event the moment it happens. */
export type RunReport = (event: RunEvent | DnsEvent) => void

export interface RunFormat extends About {
  /** Nothing is printed before the end: who sits at a terminal is shown the busy hosts meanwhile. */
  readonly late?: true
  /** To be called as the run begins. */
  readonly open: (options: RunOptions, screen: Screen) => RunReport
}
