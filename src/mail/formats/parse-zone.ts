// Parses the TXT and MX records of a zone file (RFC 1035, section 5; RFC 2308, section 4, for $TTL).
import { MailrunError } from '../../core/mailrun-error.ts'
import type { DnsRecord } from '../records/dns-record.ts'
import { zoneEntries, type Entry, type Word } from './zone-entries.ts'

interface Reading {
  origin: string | undefined
  ttl: number | undefined
  lastTtl: number | undefined
  owner: string | undefined
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** RFC 2181, section 8. */
const LONGEST_TTL = 2 ** 31 - 1

/**
 * Seconds, also written as BIND does: `1h30m`.
 *
 * @throws MailrunError for more than there may be
 */
function secondsOf(text: string, where: string): number | undefined {
  const seconds = inSeconds(text)
  if (seconds !== undefined && seconds > LONGEST_TTL)
    throw new MailrunError(`a TTL of ${text}, and ${LONGEST_TTL} seconds are the most`, where)
  return seconds
}

function inSeconds(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  return /^(?:\d+[smhdw])+$/i.test(text)
    ? [...text.matchAll(/(\d+)([smhdw])/gi)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * UNITS[unit!.toLowerCase()]!,
        0,
      )
    : undefined
}

/**
 * Records of other types are passed over. Names come out in lower case without a final dot.
 *
 * @param file - for errors.
 * @param origin - that relative names are below; `undefined`: `$ORIGIN` must come first.
 * @throws MailrunError with file:line
 */
export function parseZone(text: string, file: string, origin: string | undefined): readonly DnsRecord[] {
  const reading: Reading = { origin, ttl: undefined, lastTtl: undefined, owner: undefined }
  return zoneEntries(text, file).flatMap((entry) => {
    const where = `${file}:${entry.line}`
    const first = entry.words[0]!.text.toUpperCase()
    if (!entry.indented && first.startsWith('$')) {
      directive(first, entry, reading, where)
      return []
    }
    return record(entry, reading, where)
  })
}

function directive(name: string, { words }: Entry, reading: Reading, where: string): void {
  const value = words[1]?.text ?? ''
  const seconds = name === '$TTL' ? secondsOf(value, where) : undefined
  if (name === '$ORIGIN' && value !== '') reading.origin = absolute(value, reading, where)
  else if (name === '$TTL' && seconds !== undefined) reading.ttl = seconds
  else
    throw new MailrunError(
      `${words.map(({ text }) => text).join(' ')} cannot be read here: $ORIGIN NAME and $TTL SECONDS can`,
      where,
    )
}

function absolute(name: string, { origin }: Reading, where: string): string {
  if (name.endsWith('.')) return name.slice(0, -1).toLowerCase()
  if (origin === undefined) throw new MailrunError(`${name} is relative, and no $ORIGIN came before it`, where)
  return (name === '@' ? origin : origin === '' ? name : `${name}.${origin}`).toLowerCase()
}

function record({ words, indented }: Entry, reading: Reading, where: string): readonly DnsRecord[] {
  const rest = [...words]
  if (!indented) reading.owner = absolute(rest.shift()!.text, reading, where)
  if (reading.owner === undefined) throw new MailrunError('a record without a name, and none came before it', where)
  let given: number | undefined
  for (; rest.length > 0; rest.shift()) {
    const word = rest[0]!
    const seconds = word.quoted ? undefined : secondsOf(word.text, where)
    if (seconds !== undefined) given = seconds
    else if (/^(?:CH|HS|CS)$/i.test(word.text)) throw new MailrunError(`class ${word.text}: IN is wanted`, where)
    else if (word.quoted || !/^IN$/i.test(word.text)) break
  }
  const type = rest.shift()?.text.toUpperCase()
  if (type === undefined) throw new MailrunError('a record without a type', where)
  if (given !== undefined) reading.lastTtl = given
  if (type !== 'TXT' && type !== 'MX') return []
  const ttl = given ?? reading.ttl ?? reading.lastTtl
  if (ttl === undefined) throw new MailrunError('a record without a TTL, and no $TTL came before it', where)
  return [{ name: reading.owner, type, ttl, value: type === 'TXT' ? txtOf(rest, where) : mxOf(rest, reading, where) }]
}

function txtOf(words: readonly Word[], where: string): string {
  if (words.length === 0) throw new MailrunError('a TXT record without a string', where)
  const long = words.find(({ bytes }) => bytes.length > 255)
  if (long !== undefined) throw new MailrunError(`a string of ${long.bytes.length} bytes, and 255 are the most`, where)
  const bytes = Buffer.concat(words.map((word) => word.bytes))
  const text = bytes.toString()
  if (!Buffer.from(text).equals(bytes)) throw new MailrunError('a TXT record that is no text in UTF-8', where)
  return text
}

function mxOf(words: readonly Word[], reading: Reading, where: string): string {
  const [preference = '', exchange = ''] = words.map(({ text }) => text)
  if (!/^\d{1,5}$/.test(preference) || exchange === '' || words.length > 2)
    throw new MailrunError('an MX record is a preference and a name: 10 mx1.example.org.', where)
  return `${Number(preference)} ${exchange === '.' ? '' : absolute(exchange, reading, where)}.`
}
