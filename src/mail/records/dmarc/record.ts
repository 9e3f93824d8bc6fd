// A DMARC record: its parsed tags, and its text (RFC 9989, section 4.7; RFC 7489, section 6.3). DMARC is a DNS record
// at _dmarc.DOMAIN that asks receivers what to do with mail whose From has this domain and that passes neither SPF nor
// DKIM.
import { renderTags, type Tag } from '../tag-list.ts'

export type DmarcPolicy = 'none' | 'quarantine' | 'reject'
export type DmarcAlignment = 'r' | 's'

/** An absent tag is not in the record. The comments say what this means. */
export interface DmarcRecord {
  /**
   * What receivers are asked to do if mail of the domain fails. Left out: none (RFC 9989). Under RFC 7489, such a
   * record is valid only with `rua`.
   */
  readonly p?: DmarcPolicy
  /** The same for subdomains; left out: as `p`. */
  readonly sp?: DmarcPolicy
  /** For subdomains that do not exist; left out: as `sp`. Older receivers ignore it. */
  readonly np?: DmarcPolicy
  /** DKIM's domain must be the same (`s`), or of the same organization (`r`, if left out). */
  readonly adkim?: DmarcAlignment
  /** The same for SPF's domain. */
  readonly aspf?: DmarcAlignment
  /** The destinations of aggregate reports: URIs, usually `mailto:`. */
  readonly rua?: readonly string[]
  /** The destinations of failure reports. */
  readonly ruf?: readonly string[]
  /** When failure reports are wanted; left out: `0`. */
  readonly fo?: readonly ('0' | '1' | 'd' | 's')[]
  /**
   * Whether the domain is a public suffix (`y`), the topmost domain of an organization (`n`), or neither is stated
   * (`u`, the default).
   */
  readonly psd?: 'y' | 'n' | 'u'
  /** `y`: testing; receivers apply the next weaker policy. */
  readonly t?: 'y' | 'n'
  /** Tags that RFC 9989 removed (`pct`, `rf`, `ri`), and unknown tags, as they are written. */
  readonly others?: readonly Tag[]
}

/** Valid under RFC 9989 and under RFC 7489, which requires `p` directly after `v`. */
export function renderDmarc(record: DmarcRecord): string {
  const { p, sp, np, adkim, aspf, rua, ruf, fo, psd, t, others = [] } = record
  const given: readonly (readonly [string, string | undefined])[] = [
    ['p', p],
    ['sp', sp],
    ['np', np],
    ['adkim', adkim],
    ['aspf', aspf],
    ['rua', rua?.join(',')],
    ['ruf', ruf?.join(',')],
    ['fo', fo?.join(':')],
    ['psd', psd],
    ['t', t],
  ]
  return renderTags([
    ['v', 'DMARC1'],
    ...given.flatMap(([name, value]): readonly Tag[] => (value === undefined ? [] : [[name, value]])),
    ...others,
  ])
}
