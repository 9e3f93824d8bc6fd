// `dns plan`: the records that the fleet's mail needs in DNS, and what is to be changed. Nothing is.
import { dnsWork, plannedOf, type DnsPlanned, type DnsRequest } from './planned.ts'

/** @throws MailrunError */
export const dnsPlan = async (request: DnsRequest): Promise<DnsPlanned> => plannedOf(await dnsWork(request))
