// Writes records as text for somebody who types them into the web form of a DNS provider.
import type { MailRecord, Purpose } from '../records/dns-record.ts'
import { mxParts } from './dns-text.ts'
import { relativeName, type Zone } from './zones.ts'

const ADVICE: Readonly<Record<Purpose, string | undefined>> = {
  spf:
    'If there is a TXT record that begins with v=spf1 already, change that one: two of them count as none. ' +
    'Leave other TXT records alone.',
  'spf-helo': undefined,
  dkim:
    'Paste the value as one line. ' +
    'If the form refuses more than 255 characters, cut it there and give the pieces in quotes: "…" "…".',
  dmarc: 'If there is a DMARC record already, change that one.',
  'dmarc-report': undefined,
  'null-mx': 'Priority 0, and a dot as the mail server. Remove other MX records.',
  adsp: undefined,
}

/** Each advice once a zone, at the first record that it is about. */
export function webFormText(zones: readonly Zone[]): string {
  return zones
    .map(({ zone, records }) => {
      const asks = records.every(({ publishedBy }) => publishedBy === 'other')
      const head = asks ? `${zone}: ask whoever runs this zone for` : `${zone}`
      const blocks = records.map((record, index) =>
        block(record, zone, index + 1, records.findIndex(({ purpose }) => purpose === record.purpose) === index),
      )
      return `${head}\n${'='.repeat(head.length)}\n\n${blocks.join('\n')}`
    })
    .join('\n')
}

function block(
  { name, type, ttl, value, purpose, why }: MailRecord,
  zone: string,
  number: number,
  first: boolean,
): string {
  const relative = relativeName(name, zone)
  const note = relative === '@' ? `the domain itself: some forms want it empty, or ${name}` : `in full: ${name}`
  const mx = type === 'MX' ? mxParts(value) : undefined
  const lines = [
    `${number}. ${why.map((each) => each.replaceAll(/[\x00-\x1f\x7f]/g, '?')).join('; ')}`,
    `   Type:   ${type}`,
    `   Name:   ${relative}  (${note})`,
    ...(mx === undefined ? [`   Value:  ${value}`] : [`   Priority: ${mx.preference}`, `   Server: ${mx.exchange}`]),
    `   TTL:    ${ttl}`,
    ...(first && ADVICE[purpose] !== undefined ? [`   ${ADVICE[purpose]}`] : []),
  ]
  return lines.map((line) => `${line}\n`).join('')
}
