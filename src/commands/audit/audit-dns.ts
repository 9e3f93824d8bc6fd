// How an audit asks DNS: by the inventory's var dns, each server each question once.
import { askServer } from '../../dns/lookup/ask-server.ts'
import { authority } from '../../dns/lookup/authority.ts'
import type { DnsVars } from '../../dns/dns-vars.ts'
import { domainBounds } from '../../dns/bounds/domain-bounds.ts'
import { finderBy, type VarsOf } from '../../dns/lookup/finder-by.ts'
import { limited } from '../../dns/lookup/look.ts'
import { remembering } from '../../dns/lookup/remembering.ts'
import type { AskedDns } from '../../audit/look-at-domains.ts'

export function auditDns(dns: VarsOf<DnsVars>): AskedDns {
  const ask = limited(remembering(askServer))
  const bounds = domainBounds()
  return { looking: { ask, findZone: finderBy(ask, dns) }, authority: authority(dns, ask, bounds), bounds }
}
