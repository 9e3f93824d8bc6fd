// The type of an output format of `mailrun dns verify`.
import type { NotServed } from '../../../dns/served/served-everywhere.ts'
import type { About } from '../../registry.ts'
import type { Screen } from '../../screen.ts'
import type { DnsView } from '../view.ts'

/** Is called with each of these once, in this order, but for `waiting`. */
export interface DnsVerifyReport {
  /** Name servers do not serve it all yet. */
  readonly waiting: (missing: readonly NotServed[]) => void
  readonly ended: (missing: readonly NotServed[]) => void
}

export interface DnsVerifyFormat extends About {
  /** Nobody was asked for the records yet. */
  readonly open: (view: DnsView, screen: Screen) => DnsVerifyReport
}
