// Records for tests, and zones of those that hurt.
import type { MailRecord } from '../../../src/mail/records/dns-record.ts'
import type { Zone } from '../../../src/mail/formats/zones.ts'
import { dice } from './words.ts'

export const record = (name: string, value: string, more: Partial<MailRecord> = {}): MailRecord => ({
  name,
  type: 'TXT',
  ttl: 3600,
  value,
  purpose: 'spf',
  domain: 'example.org',
  publishedBy: 'fleet',
  why: ['a reason'],
  ...more,
})

/** Names, values and reasons that hurt: quotes, escapes across the 255th byte, comments, controls, other alphabets. */
export function hostileZone(seed: number): Zone {
  const roll = dice(seed)
  const zone = roll.pick(['example.org', 'xn--bcher-kva.example', 'a.b.c.example'])
  const piece = (): string =>
    roll.pick([
      'a',
      '"',
      '\\',
      ';',
      ' ',
      '(',
      ')',
      '\\"',
      '\\123',
      'é',
      '日本',
      '😀',
      '\n',
      '\t',
      '\0',
      '\x7f',
      '$ORIGIN x.',
      '@',
      '$',
      '%{i}',
      'x'.repeat(roll.below(260)),
      '\u2028',
    ])
  const label = (): string =>
    roll.pick(['mx1', '_dmarc', '*', '_domainkey', 'xn--e1afmkfd', '20261125a', 'in', 'txt', '3600', '1h'])
  const records = Array.from({ length: 1 + roll.below(6) }, (): MailRecord => {
    const first = roll.many(0, 2, label)
    const labels = first.map((each, index) => (each === '*' && index > 0 ? 'x' : each))
    const name = [...labels, zone].join('.')
    return roll.below(5) === 0
      ? record(name, roll.pick(['0 .', '10 mx1.example.org.', '65535 a.']), { type: 'MX', ttl: roll.below(100_000) })
      : record(name, roll.many(0, 12, piece).join(''), { ttl: roll.below(100_000), why: roll.many(0, 2, piece) })
  })
  return { zone, records }
}
