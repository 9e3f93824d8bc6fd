// The public module `mailrun/dns`: what authoritative name servers serve, and which records of a fleet are missing
// there.
export { authoritative } from './dns/lookup/authoritative.ts'
export { dnsVar, type DnsVars } from './dns/dns-vars.ts'
export { ZoneNotFound, type FindZone, type ZoneServers } from './dns/lookup/find-zone.ts'
export { look, type Looking, type Place, type Sight, type View } from './dns/lookup/look.ts'
export type { ServerAnswer } from './dns/lookup/ask-zone.ts'
export type { NameServer } from './dns/lookup/name-server.ts'
export type { Rdata, Rrset } from './dns/lookup/rrset.ts'
export { planDns, type DnsPlan, type PlannedRecord } from './dns/plan/plan-dns.ts'
export { servedEverywhere, type NotServed, type Waiting } from './dns/served/served-everywhere.ts'
