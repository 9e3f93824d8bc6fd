// Rules about a single DMARC record: whether it protects from forged mail, whether anybody gets reports, which tags
// have no effect.
import { foundIf, rule } from '../../../findings/rule.ts'
import type { DmarcPolicy, DmarcRecord } from './record.ts'

const STRENGTH: Readonly<Record<DmarcPolicy, number>> = { none: 0, quarantine: 1, reject: 2 }
const REMOVED = ['pct', 'rf', 'ri']

/** Whether anybody gets reports. */
const asksForReports = ({ rua = [] }: DmarcRecord): boolean => rua.length > 0

const noP = rule({
  id: 'dmarc-no-p',
  check: 'dmarc',
  severity: 'error',
  means: 'The record has no valid p.',
  remedy: 'add p',
  find: (record: DmarcRecord) =>
    foundIf(
      record.p === undefined,
      asksForReports(record)
        ? { severity: 'warning', message: 'there is no valid p, which means p=none' }
        : { message: 'there is no valid p and no rua, so receivers ignore the record' },
    ),
})

const noneWithoutRua = rule({
  id: 'dmarc-none-without-rua',
  check: 'dmarc',
  severity: 'error',
  means: 'p=none without rua protects nothing and reports nothing.',
  remedy: 'add rua=mailto:…, and later change p to quarantine',
  find: (record: DmarcRecord) =>
    foundIf((record.p ?? 'none') === 'none' && !asksForReports(record), {
      message: 'p=none without rua protects nothing and reports nothing',
    }),
})

const monitoring = rule({
  id: 'dmarc-monitoring',
  check: 'dmarc',
  severity: 'note',
  means: 'p=none: forged mail is delivered as before.',
  remedy: 'when the reports are clean, change p to quarantine and then to reject',
  find: (record: DmarcRecord) =>
    foundIf(record.p === 'none' && asksForReports(record), {
      message: 'p=none: mail that fails is delivered as before',
    }),
})

const noRua = rule({
  id: 'dmarc-no-rua',
  check: 'dmarc',
  severity: 'warning',
  means: 'There is no rua: nobody reports when good mail fails.',
  remedy: 'add rua=mailto:…',
  find: (record: DmarcRecord) =>
    foundIf((record.p ?? 'none') !== 'none' && !asksForReports(record), {
      message: `p=${record.p} without rua: nobody reports when good mail fails`,
    }),
})

const testMode = rule({
  id: 'dmarc-test-mode',
  check: 'dmarc',
  severity: 'warning',
  means: 't=y: receivers apply the next weaker policy.',
  remedy: 'remove t when the reports are clean',
  find: ({ t, p }: DmarcRecord) =>
    foundIf(t === 'y', {
      message: `t=y: receivers apply ${p === 'reject' ? 'quarantine' : 'none'} instead of ${p ?? 'none'}`,
    }),
})

const weakerSubdomains = rule({
  id: 'dmarc-weaker-subdomains',
  check: 'dmarc',
  severity: 'warning',
  means: 'Subdomains have a weaker policy: a forger can use one of them.',
  remedy: 'raise or remove sp and np',
  find: (record: DmarcRecord) =>
    (['sp', 'np'] as const).flatMap((tag) => {
      const { p } = record
      const below = record[tag]
      return foundIf(below !== undefined && STRENGTH[below] < STRENGTH[p ?? 'none'], {
        message: `${tag}=${below} is weaker than p=${p}: a forger can use a subdomain`,
        remedy: `raise or remove ${tag}`,
      })
    }),
})

const psd = rule({
  id: 'dmarc-psd',
  check: 'dmarc',
  severity: 'warning',
  means: 'psd=y says that the domain is a public suffix.',
  remedy: 'remove psd unless this is true',
  find: (record: DmarcRecord) =>
    foundIf(record.psd === 'y', {
      message: 'psd=y says that the domain is a public suffix, under which others register theirs',
    }),
})

const foWithoutRuf = rule({
  id: 'dmarc-fo-without-ruf',
  check: 'dmarc',
  severity: 'note',
  means: 'fo has no effect without ruf.',
  remedy: 'remove fo',
  find: ({ fo, ruf = [] }: DmarcRecord) =>
    foundIf(fo !== undefined && ruf.length === 0, { message: 'fo has no effect without ruf' }),
})

const removedTags = rule({
  id: 'dmarc-removed-tags',
  check: 'dmarc',
  severity: 'warning',
  means: 'RFC 9989 has removed these tags; only old receivers still use them.',
  remedy: 'remove them; t=y replaces a pct below 100',
  find({ others = [] }: DmarcRecord) {
    const removed = others.filter(([name]) => REMOVED.includes(name)).map(([name, value]) => `${name}=${value}`)
    const message = `${removed.join(' ')}: RFC 9989 has removed these tags, and only old receivers use them`
    return foundIf(removed.length > 0, { message })
  },
})

const reportSize = rule({
  id: 'dmarc-report-size',
  check: 'dmarc',
  severity: 'note',
  means: 'RFC 9989 has no size limits for reports.',
  remedy: 'remove the exclamation mark and everything after it',
  find({ rua = [], ruf = [] }: DmarcRecord) {
    const sized = [...rua, ...ruf].filter((uri) => /![0-9]+[kmgt]?$/i.test(uri))
    return foundIf(sized.length > 0, { message: `${sized.join(' ')}: RFC 9989 has no size limits for reports` })
  },
})

const unknownTags = rule({
  id: 'dmarc-unknown-tags',
  check: 'dmarc',
  severity: 'warning',
  means: 'These tags do not exist, and receivers ignore them.',
  remedy: 'remove or correct them',
  find({ others = [] }: DmarcRecord) {
    const unknown = others.filter(([name]) => !REMOVED.includes(name)).map(([name]) => name)
    return foundIf(unknown.length > 0, { message: `${unknown.join(', ')}: no such tags, receivers pass over them` })
  },
})

export const DMARC_RULES = [
  noP,
  noneWithoutRua,
  monitoring,
  noRua,
  testMode,
  weakerSubdomains,
  psd,
  foWithoutRuf,
  removedTags,
  reportSize,
  unknownTags,
]
