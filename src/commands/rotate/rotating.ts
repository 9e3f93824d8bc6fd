// The data of a running rotation: its keys, hosts, connections and limits.
import type { Looking } from '../../dns/lookup/look.ts'
import type { Pushing } from '../../dns/push/push-dns.ts'
import type { RunBounds } from '../../engine/ask-only.ts'
import type { Connect } from '../../engine/session/connection.ts'
import type { BatchSize } from '../../engine/run-options.ts'
import type { ReportStep } from '../../mail/rotation/done-step.ts'
import type { RotationMembers } from './rotation-members.ts'
import type { StepRunner } from './run-steps.ts'

export interface Rotating {
  readonly members: RotationMembers
  readonly runner: StepRunner
  readonly connect: Connect
  readonly bounds: RunBounds
  readonly looking: Looking
  readonly pushing: Pushing
  /** Domains for whose keys nothing is done, and why: that is their fault alone. */
  readonly leftAlone: ReadonlyMap<string, string>
  readonly serial: readonly BatchSize[]
  /** Domains to work on; `undefined`: all. */
  readonly domains: readonly string[] | undefined
  readonly start: boolean
  /** Hosts; empty: none. Then no other host is worked on. */
  readonly compromised: readonly string[]
  readonly check: boolean
  /** Seconds to wait for name servers and for times, in all. */
  readonly waitSeconds: number
  readonly tell: ReportStep
  /** Is called before a wait, in words. */
  readonly waiting: (why: string) => void
}
