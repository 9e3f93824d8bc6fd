// The type of an output format of `mailrun dns push`.
import type { Pushed } from '../../../dns/push/push-dns.ts'
import type { NotServed } from '../../../dns/served/served-everywhere.ts'
import type { About } from '../../registry.ts'
import type { Screen } from '../../screen.ts'
import type { DnsView } from '../view.ts'

/** Is called with each of these once, in this order, but for `waiting`. */
export interface DnsPushReport {
  readonly pushed: (pushed: readonly Pushed[]) => void
  /** Name servers do not serve it all yet. */
  readonly waiting: (missing: readonly NotServed[]) => void
  /** @param asked - how many records were looked for. */
  readonly ended: (missing: readonly NotServed[], asked: number) => void
}

export interface DnsPushFormat extends About {
  /** Nothing is pushed yet, and whoever pushes may still be asked. */
  readonly open: (view: DnsView, screen: Screen) => DnsPushReport
}
