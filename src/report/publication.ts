// What a run publishes, for people: as it happens, and what is left to do at its end.
import type { DnsEvent, Publication } from '../dns/publication.ts'
import type { NotServed } from '../dns/served-everywhere.ts'
import { inZones } from '../mail/render/zones.ts'
import { zoneFragments } from '../mail/render/zone-fragment.ts'
import type { Colours } from './colour.ts'
import { dnsCountsText, dnsPlanText, notServedText, pushedText } from './dns-plan.ts'
import { harmless, harmlessLine } from './harmless.ts'
import { count } from './name-list.ts'
import { indented } from './task-lines.ts'

export const isDnsEvent = (event: { readonly kind: string }): event is DnsEvent => event.kind.startsWith('dns-')

const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n')

/** The moment it happens. */
export function dnsLines(event: DnsEvent, paint: Colours): readonly string[] {
  switch (event.kind) {
    case 'dns-plan': {
      const { records, findings } = event.plan
      const news = records.some(({ kind }) => kind !== 'served' && kind !== 'others') || findings.length > 0
      return news
        ? ['', paint.head('DNS'), ...linesOf(dnsPlanText(event.plan, paint)), '']
        : [`${paint.head('DNS')}: ${dnsCountsText(records)}`]
    }
    case 'dns-pushed':
      return linesOf(pushedText(event.pushed, paint))
    case 'dns-waiting':
      return [paint.doubtful(waitingText(event.missing, event.seconds))]
    case 'dns-served':
      return linesOf(notServedText(event.missing, event.records, paint))
    case 'dns-end':
      return []
  }
}

function waitingText(missing: readonly NotServed[], seconds: number): string {
  const servers = new Set(missing.map(({ server }) => server?.name)).size
  const records = new Set(missing.map(({ record }) => record)).size
  return `waits up to ${seconds} s for ${count(servers, 'name server')} to serve ${count(records, 'record')}`
}

/** What a person has to do about it. */
export function publicationLines(
  { plan, notServed, byHand, left, error }: Publication,
  paint: Colours,
): readonly string[] {
  const section = (head: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', head, ...lines]
  return [
    ...section(
      paint.doubtful('to be published by hand, for nothing says how records get there (dns.key_file, dns.host)'),
      byHand.length === 0
        ? []
        : linesOf(
            zoneFragments(
              inZones(byHand, {
                zones: [...new Set((plan?.records ?? []).flatMap(({ zone }) => zone?.zone ?? []))],
                domains: [],
              }),
            ),
          ),
    ),
    ...section(
      paint.doubtful('left alone in DNS'),
      left.map(({ record, why }) => `  ${paint.strong(`${record.name} ${record.type}`)}: ${harmlessLine(why)}`),
    ),
    ...section(
      paint.doubtful('not served by every name server yet'),
      notServed.length === 0
        ? []
        : linesOf(notServedText(notServed, new Set(notServed.map(({ record }) => record)).size, paint))
            .slice(0, -1)
            .map((line) => `  ${line}`),
    ),
    ...section(paint.bad('DNS failed'), error === undefined ? [] : indented(harmless(error), '  ')),
  ]
}
