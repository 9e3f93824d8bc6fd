// What is risky, wrong or out of date in a DMARC record by itself.
import { finding, type RecordFinding } from '../record-finding.ts'
import { isDmarc, readDmarc } from './parse.ts'
import type { DmarcPolicy, DmarcRecord } from './record.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

const STRENGTH: Readonly<Record<DmarcPolicy, number>> = { none: 0, quarantine: 1, reject: 2 }
const REMOVED = ['pct', 'rf', 'ri']

export const lintDmarc = (record: DmarcRecord): readonly RecordFinding[] => [
  ...policyFindings(record),
  ...limitFindings(record),
  ...idleTagFindings(record),
]

/** Whether failing mail is kept away, and whether anybody is told of it. */
function policyFindings({ p, rua = [] }: DmarcRecord): readonly RecordFinding[] {
  const findings: RecordFinding[] = []
  const told = rua.length > 0
  if (p === undefined && told)
    findings.push(finding('dmarc-no-p', 'warning', 'there is no valid p, which means p=none', 'add p'))
  if (p === undefined && !told) {
    const message = 'there is no valid p and no rua: receivers pass over the record'
    findings.push(finding('dmarc-no-p', 'error', message, 'add p'))
  }
  if ((p ?? 'none') === 'none' && !told) {
    const message = 'p=none without rua protects nothing and tells nothing'
    findings.push(finding('dmarc-none-without-rua', 'error', message, 'add rua=mailto:…, and go on to p=quarantine'))
  }
  if (p === 'none' && told) {
    const remedy = 'once reports are clean, go on to p=quarantine and p=reject'
    findings.push(finding('dmarc-monitoring', 'note', 'p=none: mail that fails is delivered as before', remedy))
  }
  if (p !== undefined && p !== 'none' && !told) {
    const message = `p=${p} without rua: nobody tells when good mail fails`
    findings.push(finding('dmarc-no-rua', 'warning', message, 'add rua=mailto:…'))
  }
  return findings
}

/** What makes the policy weaker than p says. */
function limitFindings(record: DmarcRecord): readonly RecordFinding[] {
  const { p, psd, t } = record
  const findings: RecordFinding[] = []
  if (t === 'y') {
    const message = `t=y: receivers apply ${p === 'reject' ? 'quarantine' : 'none'} instead of ${p ?? 'none'}`
    findings.push(finding('dmarc-test-mode', 'warning', message, 'remove t once reports are clean'))
  }
  for (const tag of ['sp', 'np'] as const) {
    const below = record[tag]
    if (below === undefined || STRENGTH[below] >= STRENGTH[p ?? 'none']) continue
    const message = `${tag}=${below} is weaker than p=${p}: whoever forges takes a subdomain`
    findings.push(finding('dmarc-weaker-subdomains', 'warning', message, `raise or remove ${tag}`))
  }
  if (psd === 'y') {
    const message = 'psd=y says that the domain is a public suffix, under which others register theirs'
    findings.push(finding('dmarc-psd', 'warning', message, 'remove psd unless that is so'))
  }
  return findings
}

/** Tags that receivers make nothing of. */
function idleTagFindings({ rua = [], ruf = [], fo, others = [] }: DmarcRecord): readonly RecordFinding[] {
  const findings: RecordFinding[] = []
  if (fo !== undefined && ruf.length === 0)
    findings.push(finding('dmarc-fo-without-ruf', 'note', 'fo has no effect without ruf', 'remove fo'))
  const removed = others.filter(([name]) => REMOVED.includes(name)).map(([name, value]) => `${name}=${value}`)
  if (removed.length > 0) {
    const message = `${removed.join(' ')}: RFC 9989 removed these tags, and old receivers alone heed them`
    const remedy = 'remove them; t=y stands for a pct that was below 100'
    findings.push(finding('dmarc-removed-tags', 'warning', message, remedy))
  }
  const sized = [...rua, ...ruf].filter((uri) => /![0-9]+[kmgt]?$/i.test(uri))
  if (sized.length > 0) {
    const message = `${sized.join(' ')}: RFC 9989 has no size limits for reports`
    findings.push(finding('dmarc-report-size', 'note', message, 'remove the exclamation mark and what follows'))
  }
  const unknown = others.filter(([name]) => !REMOVED.includes(name)).map(([name]) => name)
  if (unknown.length > 0) {
    const message = `${unknown.join(', ')}: no such tags, receivers pass over them`
    findings.push(finding('dmarc-unknown-tags', 'warning', message, 'remove or mend them'))
  }
  return findings
}

/** Of all TXT values at `_dmarc.DOMAIN`: no record, one or more, with what is wrong in the one. */
export function lintDmarcSet(txt: readonly Untrusted[]): readonly RecordFinding[] {
  const records = txt.filter(isDmarc)
  const alike = txt.filter((value) => !isDmarc(value) && /^\s*v\s*=\s*dmarc/i.test(value))
  if (records.length > 1)
    return [
      finding(
        'dmarc-many',
        'error',
        `there are ${records.length} DMARC records, and receivers then use none`,
        'keep one',
      ),
    ]
  const near = alike.map((value) =>
    finding(
      'dmarc-version',
      'error',
      `${JSON.stringify(value)} does not begin with v=DMARC1; exactly, and receivers pass over it`,
      'begin it with v=DMARC1;',
    ),
  )
  if (records.length === 0)
    return near.length > 0 ? near : [finding('dmarc-none', 'warning', 'there is no DMARC record', 'publish one')]
  const { record, findings } = readDmarc(records[0]!)!
  return [...near, ...findings, ...lintDmarc(record)]
}
