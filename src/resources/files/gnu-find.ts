// Reports a find(1) that is not GNU's, such as BusyBox's: it lacks `-printf`, and its answer would be taken for none.
import { ProbeError } from '../../core/probe/probe.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/**
 * @param stderr - of a question that runs find(1).
 * @throws ProbeError where find(1) does not know what it was asked.
 */
export function refuseOtherFind(stderr: Untrusted): void {
  const unfit = /^find: .*(?:unrecognized|unknown predicate).*$/m.exec(stderr)
  if (unfit) throw new ProbeError(`its find(1) is not GNU's: ${unfit[0]}: install findutils`)
}
