// What is risky, wrong or out of date in a DMARC record by itself.
import { finding, type RecordFinding } from '../record-finding.ts'
import { isDmarc, readDmarc } from './parse.ts'
import type { DmarcPolicy, DmarcRecord } from './record.ts'

const STRENGTH: Readonly<Record<DmarcPolicy, number>> = { none: 0, quarantine: 1, reject: 2 }
const REMOVED = ['pct', 'rf', 'ri']

export function lintDmarc(record: DmarcRecord): readonly RecordFinding[] {
  const { p, rua = [], ruf = [], fo, psd, t, others = [] } = record
  const removed = others.filter(([name]) => REMOVED.includes(name)).map(([name, value]) => `${name}=${value}`)
  const unknown = others.filter(([name]) => !REMOVED.includes(name)).map(([name]) => name)
  const weaker = (['sp', 'np'] as const).filter(
    (tag) => record[tag] !== undefined && STRENGTH[record[tag]] < STRENGTH[p ?? 'none'],
  )
  const sized = [...rua, ...ruf].filter((uri) => /![0-9]+[kmgt]?$/i.test(uri))
  return [
    ...(p === undefined
      ? [
          finding(
            'dmarc-no-p',
            rua.length > 0 ? 'warning' : 'error',
            rua.length > 0
              ? 'there is no valid p, which means p=none'
              : 'there is no valid p and no rua: receivers pass over the record',
            'add p',
          ),
        ]
      : []),
    ...((p ?? 'none') === 'none' && rua.length === 0
      ? [
          finding(
            'dmarc-none-without-rua',
            'error',
            'p=none without rua protects nothing and tells nothing',
            'add rua=mailto:…, and go on to p=quarantine',
          ),
        ]
      : []),
    ...(p === 'none' && rua.length > 0
      ? [
          finding(
            'dmarc-monitoring',
            'note',
            'p=none: mail that fails is delivered as before',
            'once reports are clean, go on to p=quarantine and p=reject',
          ),
        ]
      : []),
    ...(p !== undefined && p !== 'none' && rua.length === 0
      ? [
          finding(
            'dmarc-no-rua',
            'warning',
            `p=${p} without rua: nobody tells when good mail fails`,
            'add rua=mailto:…',
          ),
        ]
      : []),
    ...(t === 'y'
      ? [
          finding(
            'dmarc-test-mode',
            'warning',
            `t=y: receivers apply ${p === 'reject' ? 'quarantine' : 'none'} instead of ${p ?? 'none'}`,
            'remove t once reports are clean',
          ),
        ]
      : []),
    ...weaker.map((tag) =>
      finding(
        'dmarc-weaker-subdomains',
        'warning',
        `${tag}=${record[tag]} is weaker than p=${p}: whoever forges takes a subdomain`,
        `raise or remove ${tag}`,
      ),
    ),
    ...(psd === 'y'
      ? [
          finding(
            'dmarc-psd',
            'warning',
            'psd=y says that the domain is a public suffix, under which others register theirs',
            'remove psd unless that is so',
          ),
        ]
      : []),
    ...(fo !== undefined && ruf.length === 0
      ? [finding('dmarc-fo-without-ruf', 'note', 'fo has no effect without ruf', 'remove fo')]
      : []),
    ...(removed.length > 0
      ? [
          finding(
            'dmarc-removed-tags',
            'warning',
            `${removed.join(' ')}: RFC 9989 removed these tags, and old receivers alone heed them`,
            'remove them; t=y stands for a pct that was below 100',
          ),
        ]
      : []),
    ...(sized.length > 0
      ? [
          finding(
            'dmarc-report-size',
            'note',
            `${sized.join(' ')}: RFC 9989 has no size limits for reports`,
            'remove the exclamation mark and what follows',
          ),
        ]
      : []),
    ...(unknown.length > 0
      ? [
          finding(
            'dmarc-unknown-tags',
            'warning',
            `${unknown.join(', ')}: no such tags, receivers pass over them`,
            'remove or mend them',
          ),
        ]
      : []),
  ]
}

/** Of all TXT values at `_dmarc.DOMAIN`: no record, one or more, with what is wrong in the one. */
export function lintDmarcSet(txt: readonly string[]): readonly RecordFinding[] {
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
