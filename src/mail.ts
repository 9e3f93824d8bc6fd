// `mailrun/mail`: SPF, DKIM and DMARC records as values, and how they are written; nothing in it reaches a host or DNS
// by itself.
export { mailVars, spfVar, dmarcVar, adspVar, mailDomainVar, type MailVars } from './mail/mail-vars.ts'
export {
  mailFleet,
  type MailDomain,
  type MailFleet,
  type MailHost,
  type MailKey,
  type MailMember,
} from './mail/mail-fleet.ts'
export { mailRecords, type MailRecords, type PublishedTxt, type RecordFault } from './mail/mail-records.ts'
export type { DnsRecord, KeyClaim, MailRecord, Purpose } from './mail/dns-record.ts'
export type { OwnSelectors } from './mail/own-selectors.ts'
export { serves, supersedes } from './mail/served-record.ts'
export { RecordSyntaxError } from './mail/record-syntax-error.ts'
export type { RecordFinding } from './mail/record-finding.ts'
export { parseSpf, parseSpfTerm } from './mail/spf/parse.ts'
export {
  isSpf,
  renderSpf,
  type SpfMechanism,
  type SpfModifier,
  type SpfRecord,
  type SpfTerm,
} from './mail/spf/record.ts'
export { mergeSpf, type SpfAll, type SpfMerge, type SpfSenders } from './mail/spf/merge.ts'
export { lintSpf, lintSpfCoverage, lintSpfSet, lintSpfStrangers } from './mail/spf/lint.ts'
export { spfLookups, type SpfCost, type SpfLookups } from './mail/spf/lookups.ts'
export { dkimName, dkimValue, parseDkim, renderDkim, type DkimKeyRecord } from './mail/dkim-record.ts'
export { lintDkim, lintDkimSet, publicKeyOf, sameDkimKey } from './mail/dkim-lint.ts'
export { isDmarc, readDmarc, type ReadDmarc } from './mail/dmarc/parse.ts'
export { renderDmarc, type DmarcAlignment, type DmarcPolicy, type DmarcRecord } from './mail/dmarc/record.ts'
export { lintDmarc, lintDmarcSet } from './mail/dmarc/lint.ts'
export {
  discoverDmarc,
  organizationalDomain,
  policyFor,
  treeWalk,
  type DmarcDiscovery,
  type DmarcFound,
  type TreeWalk,
} from './mail/dmarc/tree-walk.ts'
export { externalDestinations, REPORT_CONSENT, reportConsentName } from './mail/dmarc/report-consent.ts'
export { adspName, lintAdspSet, parseAdsp, renderAdsp, type AdspPractice } from './mail/adsp.ts'
export { inZones, type Zone } from './mail/render/zones.ts'
export { zoneFragment, zoneFragments } from './mail/render/zone-fragment.ts'
export { parseZone } from './mail/render/parse-zone.ts'
export { parseRecordsJson, recordsJson } from './mail/render/records-json.ts'
export { octodnsYaml } from './mail/render/octodns.ts'
export { dnscontrolJs } from './mail/render/dnscontrol.ts'
export { webFormText } from './mail/render/web-form.ts'
export type { DnsAnswer, DnsQuestion, DnsWalk } from './mail/dns-walk.ts'
export { walkDns } from './dns/lookup/walk-dns.ts'
