// The warning about a DKIM selector with which a host signs although the inventory does not give it to the host.
import { FOREIGN_REMEDY, speaksFor, type OwnSelectors } from '../../mail/fleet/own-selectors.ts'
import type { Remarks } from '../../core/task/plan.ts'
import type { Signing } from './signing.ts'

/** Nothing where it is the host's own. */
export function foreignSelector(own: OwnSelectors, { domain, selector, inUse }: Signing): Pick<Remarks, 'warning'> {
  if (!inUse || speaksFor(own, domain, selector)) return {}
  return {
    warning:
      `selector-foreign: the host signs for ${domain} with the selector ${selector}, ` +
      `which the inventory does not give it: it goes on signing, and its record is not published; ${FOREIGN_REMEDY}`,
  }
}
