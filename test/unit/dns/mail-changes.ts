// Records of mail, and changes of them, for tests.
import { writtenChange, type WrittenChange } from '../../../src/dns/backends/written-change.ts'
import { txtRdata } from '../../../src/dns/lookup/rrset.ts'
import type { RrsetChange } from '../../../src/dns/plan/wanted-change.ts'
import type { MailRecord } from '../../../src/mail/records/dns-record.ts'

export const spf: MailRecord = {
  name: 'example.org',
  type: 'TXT',
  ttl: 3600,
  value: 'v=spf1 ip4:192.0.2.1 ~all',
  purpose: 'spf',
  domain: 'example.org',
  publishedBy: 'fleet',
  why: [],
}
export const key: MailRecord = { ...spf, name: 'mx1._domainkey.example.org', value: 'v=DKIM1; p=', purpose: 'dkim' }
export const written = (change: RrsetChange): WrittenChange => writtenChange(change, 'example.org')
export const strings = (...texts: readonly string[]) => txtRdata(texts.map((each) => Buffer.from(each)))
