// Writes records as JavaScript for DNSControl's dnsconfig.js. They extend a zone that is declared there.
import { mxParts } from './dns-text.ts'
import { relativeName, type Zone } from './zones.ts'

/** ES5 takes no line separators in strings. */
const text = (value: string): string =>
  JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')

/**
 * DNSControl cuts long strings and escapes by itself. The zone's other records stay in its `D( … )`, which must come
 * before.
 */
export function dnscontrolJs(zones: readonly Zone[]): string {
  return zones
    .map(({ zone, records }) => {
      const lines = records.map(({ name, type, ttl, value }) => {
        const label = text(relativeName(name, zone))
        if (type === 'TXT') return `  TXT(${label}, ${text(value)}, TTL(${ttl}))`
        const { preference, exchange } = mxParts(value)
        return `  MX(${label}, ${preference}, ${text(exchange)}, TTL(${ttl}))`
      })
      return `D_EXTEND(${text(zone)},\n${lines.join(',\n')}\n);\n`
    })
    .join('\n')
}
