// The public module `mailrun/mail`: SPF, DKIM and DMARC records as values, and their writers. Nothing in it reaches a
// host or DNS by itself.
export { mailVars, spfVar, dmarcVar, adspVar, mailDomainVar, type MailVars } from './mail/fleet/mail-vars.ts'
export {
  mailFleet,
  type MailDomain,
  type MailFleet,
  type MailHost,
  type MailKey,
  type MailMember,
} from './mail/fleet/mail-fleet.ts'
export { mailRecords, type MailRecords, type PublishedTxt, type RecordFault } from './mail/fleet/mail-records.ts'
export type { DnsRecord, KeyClaim, MailRecord, Purpose } from './mail/records/dns-record.ts'
export type { OwnSelectors } from './mail/fleet/own-selectors.ts'
export { serves, supersedes } from './mail/records/served-record.ts'
export { RecordSyntaxError } from './mail/records/record-syntax-error.ts'
export type { Finding, Finding as RecordFinding } from './findings/finding.ts'
export { parseSpf, parseSpfTerm } from './mail/records/spf/parse.ts'
export {
  isSpf,
  renderSpf,
  type SpfMechanism,
  type SpfModifier,
  type SpfRecord,
  type SpfTerm,
} from './mail/records/spf/record.ts'
export { mergeSpf, type SpfAll, type SpfMerge, type SpfSenders } from './mail/records/spf/merge.ts'
export { lintSpf, lintSpfCoverage, lintSpfSet, lintSpfStrangers } from './mail/records/spf/lint.ts'
export { spfLookups, type SpfCost, type SpfLookups } from './mail/records/spf/lookups.ts'
export { dkimName, dkimValue, parseDkim, renderDkim, type DkimKeyRecord } from './mail/records/dkim/record.ts'
export { publicKeyOf, sameDkimKey } from './mail/records/dkim/key.ts'
export { lintDkim, lintDkimSet } from './mail/records/dkim/lint.ts'
export { isDmarc, readDmarc, type ReadDmarc } from './mail/records/dmarc/parse.ts'
export { renderDmarc, type DmarcAlignment, type DmarcPolicy, type DmarcRecord } from './mail/records/dmarc/record.ts'
export { lintDmarc, lintDmarcSet } from './mail/records/dmarc/lint.ts'
export {
  discoverDmarc,
  organizationalDomain,
  policyFor,
  treeWalk,
  type DmarcDiscovery,
  type DmarcFound,
  type TreeWalk,
} from './mail/records/dmarc/tree-walk.ts'
export { externalDestinations, REPORT_CONSENT, reportConsentName } from './mail/records/dmarc/report-consent.ts'
export { adspName, lintAdspSet, parseAdsp, renderAdsp, type AdspPractice } from './mail/records/adsp.ts'
export { inZones, type Zone } from './mail/formats/zones.ts'
export { zoneFragment, zoneFragments } from './mail/formats/zone-fragment.ts'
export { parseZone } from './mail/formats/parse-zone.ts'
export { parseRecordsJson, recordsJson } from './mail/formats/records-json.ts'
export { octodnsYaml } from './mail/formats/octodns.ts'
export { dnscontrolJs } from './mail/formats/dnscontrol.ts'
export { webFormText } from './mail/formats/web-form.ts'
export type { DnsAnswer, DnsQuestion, DnsWalk } from './mail/records/dns-walk.ts'
export { walkDns } from './dns/lookup/walk-dns.ts'
