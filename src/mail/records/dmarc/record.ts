// A DMARC record: its parsed tags, and its text (RFC 9989, section 4.7; RFC 7489, section 6.3). DMARC is a DNS record
// at _dmarc.DOMAIN that asks receivers what to do with mail whose From has this domain and that passes neither SPF nor
// DKIM.
import { renderTags, type Tag } from '../tag-list.ts'

export type DmarcPolicy = 'none' | 'quarantine' | 'reject'
export type DmarcAlignment = 'r' | 's'

/** A tag that is left out is not in the record; what it then means is said here. */
export interface DmarcRecord {
  /**
   * What is asked of receivers where mail of the domain fails. Left out: none (RFC 9989); by RFC 7489 such a record
   * counts only with `rua`.
   */
  readonly p?: DmarcPolicy
  /** The same for subdomains; left out: as `p`. */
  readonly sp?: DmarcPolicy
  /** For subdomains that do not exist; left out: as `sp`. Older receivers pass over it. */
  readonly np?: DmarcPolicy
  /** DKIM's domain must be the same (`s`), or of the same organization (`r`, if left out). */
  readonly adkim?: DmarcAlignment
  /** The same for SPF's. */
  readonly aspf?: DmarcAlignment
  /** Where aggregate reports go: URIs, `mailto:` as a rule. */
  readonly rua?: readonly string[]
  /** Where failure reports go. */
  readonly ruf?: readonly string[]
  /** When failure reports are wanted; left out: `0`. */
  readonly fo?: readonly ('0' | '1' | 'd' | 's')[]
  /**
   * Whether the domain is a public suffix (`y`), surely an organization's topmost (`n`), or neither said (`u`, if left
   * out).
   */
  readonly psd?: 'y' | 'n' | 'u'
  /** `y`: testing; receivers apply the policy one step down. */
  readonly t?: 'y' | 'n'
  /** Tags that RFC 9989 removed (`pct`, `rf`, `ri`) and those that no one knows, as written. */
  readonly others?: readonly Tag[]
}

/** Valid under RFC 9989 and RFC 7489, which wants `p` right after `v`. */
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
