// Writes what a run publishes in DNS, for people: while it happens, and at the end what is left to do.
import type { DnsEvent, Publication } from '../../dns/push/publication.ts'
import type { NotServed } from '../../dns/served/served-everywhere.ts'
import { inZones } from '../../mail/formats/zones.ts'
import { zoneFragments } from '../../mail/formats/zone-fragment.ts'
import type { Colours } from '../write/colour.ts'
import { dnsCountsText, dnsPlanText, notServedText, pushedText } from '../dns/text.ts'
import type { Look } from '../screen.ts'
import { wrapped } from '../write/wrap.ts'
import { count } from '../write/name-list.ts'
import { documentText, EMPTY, indented, linesOf, said, term, type TerminalText } from '../write/terminal.ts'

/** The moment it happens. */
export function dnsLines(event: DnsEvent, look: Look): readonly TerminalText[] {
  const { columns, paint } = look
  switch (event.kind) {
    case 'dns-plan': {
      const { records, findings } = event.plan
      const news = records.some(({ kind }) => kind !== 'served' && kind !== 'others') || findings.length > 0
      return news
        ? [EMPTY, paint.head(term`DNS`), ...linesOf(dnsPlanText(event.plan, look)), EMPTY]
        : [term`${paint.head(term`DNS`)}: ${dnsCountsText(records)}`]
    }
    case 'dns-pushed':
      return linesOf(pushedText(event.pushed, paint))
    case 'dns-waiting':
      return wrapped(paint.doubtful(waitingText(event.missing, event.seconds)), columns)
    case 'dns-served':
      return linesOf(notServedText(event.missing, event.records, paint))
    case 'dns-end':
      return []
  }
}

function waitingText(missing: readonly NotServed[], seconds: number): TerminalText {
  const servers = new Set(missing.map(({ server }) => server?.name)).size
  const records = new Set(missing.map(({ record }) => record)).size
  return said(`waits up to ${seconds} s for ${count(servers, 'name server')} to serve ${count(records, 'record')}`)
}

/** What a person has to do about it. */
export function publicationLines(
  { plan, notServed, byHand, left, error }: Publication,
  paint: Colours,
): readonly TerminalText[] {
  const section = (head: TerminalText, lines: readonly TerminalText[]): readonly TerminalText[] =>
    lines.length === 0 ? [] : [EMPTY, head, ...lines]
  return [
    ...section(
      paint.doubtful(term`to be published by hand, for nothing says how records get there (dns.key_file, dns.host)`),
      byHand.length === 0
        ? []
        : linesOf(
            documentText(
              zoneFragments(
                inZones(byHand, {
                  zones: [...new Set((plan?.records ?? []).flatMap(({ zone }) => zone?.zone ?? []))],
                  domains: [],
                }),
              ),
            ),
          ),
    ),
    ...section(
      paint.doubtful(term`left alone in DNS`),
      left.map(({ record, why }) => term`  ${paint.strong(said(`${record.name} ${record.type}`))}: ${said(why)}`),
    ),
    ...section(
      paint.doubtful(term`not served by every name server yet`),
      notServed.length === 0
        ? []
        : linesOf(notServedText(notServed, new Set(notServed.map(({ record }) => record)).size, paint))
            .slice(0, -1)
            .map((line) => term`  ${line}`),
    ),
    ...section(paint.bad(term`DNS failed`), error === undefined ? [] : indented(error, term`  `)),
  ]
}
