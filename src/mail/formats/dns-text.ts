// The only writer of text for name servers: lines of zone files, and of the programs that change zones, are made of the
// checked parts that are defined here.
import { MailrunError } from '../../core/mailrun-error.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { isOwnerName } from '../records/dns-record.ts'
import { parseNetwork } from '../records/spf/network.ts'
import { labelsOfName, shownName } from './name.ts'

declare const checked: unique symbol

/** A checked part of a line, which cannot change the rest of the line. Only the functions in this folder make it. */
export type DnsText<Kind extends string = string> = string & { readonly [checked]: Kind }

/** A full name, with its final dot. */
export type DnsName = DnsText<'name'>
/** A name relative to an `$ORIGIN`, or `@`. */
export type RelativeDnsName = DnsText<'relative name'>
/** The RDATA of a record in presentation format (RFC 1035, section 5.1). */
export type DnsData = DnsText<'data'>
/** An IPv4 or IPv6 address. */
export type DnsAddress = DnsText<'address'>
/** The name of a type of record. */
export type DnsType = 'TXT' | 'MX' | 'CNAME' | DnsText<'type'>
/** A TSIG key with its algorithm and name, as `hmac-sha256:NAME SECRET`; it is secret. `tsig-key.ts` makes it. */
export type DnsKey = DnsText<'key'>
/** One line of any of these languages. */
export type DnsLine = DnsText<'line'>

const as = <Text extends DnsText>(text: string): Text => text as Text

/**
 * The name of a record of mail, or of a zone.
 *
 * @param name - in lower case, without a final dot; empty: the root
 * @throws MailrunError for an invalid one
 */
export function dnsName(name: string): DnsName {
  if (name === '') return as('.')
  if (isOwnerName(name)) return as(`${name}.`)
  throw new MailrunError(`${shownName(name)} is no name for a record in DNS: ${OWNERS}`)
}

const OWNERS = 'labels of letters, digits, hyphens and underscores are wanted, 63 characters each and 253 in all'

/**
 * A name from DNS, which may contain any byte.
 *
 * @param name - as {@link nameOfLabels} writes it
 * @throws MailrunError if it is not written in this form
 */
export function nameFromDns(name: Untrusted): DnsName {
  if (labelsOfName(name) === undefined) throw new MailrunError(`${shownName(name)} is no name of DNS`)
  return as(`${name}.`)
}

/** @param zone - the zone of the name. @throws MailrunError for an invalid name */
export function relativeDnsName(name: string, zone: string): RelativeDnsName {
  const [whole, origin] = [dnsName(name), dnsName(zone)]
  if (whole === origin) return as('@')
  if (!whole.endsWith(`.${origin}`)) throw new MailrunError(`${whole} is not in the zone ${origin}`)
  return as(whole.slice(0, -origin.length - 1))
}

/** The most bytes in a string of a TXT record (RFC 1035, section 3.3.14). */
const STRING_BYTES = 255

function quotedString(bytes: Untrusted<Uint8Array>): string {
  if (bytes.length > STRING_BYTES)
    throw new MailrunError(`a string of a TXT record has ${bytes.length} bytes, and ${STRING_BYTES} are the most`)
  return `"${[...bytes].map(presentation).join('')}"`
}

function presentation(byte: number): string {
  if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`
}

/** @throws MailrunError for no string, or one of more than 255 bytes */
export function txtData(strings: readonly Untrusted<Uint8Array>[]): DnsData {
  if (strings.length === 0) throw new MailrunError('a TXT record without a string is none')
  return as(strings.map(quotedString).join(' '))
}

/**
 * The strings of a TXT value. It is cut by bytes, even inside a character. Backslash and quote are escaped; a byte that
 * is not printable ASCII is written as `\DDD`.
 *
 * @throws MailrunError for half a surrogate pair, which no bytes stand for
 */
export function characterStrings(value: string): readonly string[] {
  return cut(value).map(quotedString)
}

function cut(value: string): readonly Uint8Array[] {
  const bytes = Buffer.from(value)
  if (bytes.toString() !== value) throw new MailrunError(`${JSON.stringify(value)} cannot be written in UTF-8`)
  const strings: Uint8Array[] = []
  for (let from = 0; from < bytes.length || from === 0; from += STRING_BYTES)
    strings.push(bytes.subarray(from, from + STRING_BYTES))
  return strings
}

/** @throws MailrunError for a preference that is none */
export function mxData(preference: number, exchange: DnsName): DnsData {
  if (!Number.isInteger(preference) || preference < 0 || preference > 65_535)
    throw new MailrunError(`${preference} is no preference of an MX record: 0 to 65535 is wanted`)
  return as(`${preference} ${exchange}`)
}

/**
 * The RDATA of a record of mail.
 *
 * @param value - of TXT its strings joined, of MX as in `10 mx1.example.org.`
 * @throws MailrunError for an MX record that is none
 */
export function dataOf({ type, value }: { readonly type: 'TXT' | 'MX'; readonly value: string }): DnsData {
  if (type === 'TXT') return txtData(cut(value))
  const { preference, exchange } = mxParts(value)
  return mxData(preference, exchange)
}

/**
 * The parts of an MX record, for formats that write each part by itself.
 *
 * @throws MailrunError for an invalid one
 */
export function mxParts(value: string): { readonly preference: number; readonly exchange: DnsName } {
  const [, preference, exchange] = /^(\d{1,5}) ([^ ]*)\.$/.exec(value) ?? []
  if (exchange === undefined)
    throw new MailrunError(
      `an MX record is a preference and a name, as in 10 mx1.example.org.; got ${shownName(value)}`,
    )
  return { preference: Number(preference), exchange: nameFromDns(exchange) }
}

/**
 * RDATA of any type, as somebody else wrote it: words, and strings in quotes.
 *
 * @throws MailrunError if it would not end inside the line
 */
export function writtenData(text: string): DnsData {
  if (!/^(?:[!#-'*-:<-[\]-~]|\\[!-~]|"(?:[ !#-[\]-~]|\\[ -~])*"| )+$/.test(text))
    throw new MailrunError(
      `${shownName(text)} is no data of a record: words in printable ASCII are wanted, on one line`,
    )
  return as(text)
}

/** @throws MailrunError */
export function typeOf(text: string): DnsType {
  if (!/^[A-Z][A-Z0-9-]{0,15}$/.test(text)) throw new MailrunError(`${shownName(text)} is no type of a record`)
  return as<DnsText<'type'>>(text)
}

/** @param address - of IPv6 perhaps with a zone (RFC 4007). @throws MailrunError for what is none */
export function addressText(address: string): DnsAddress {
  const [, plain] = /^([^%/]+)(?:%[\w.-]+)?$/.exec(address) ?? []
  if (plain === undefined || parseNetwork(plain) === undefined)
    throw new MailrunError(`${shownName(address)} is no address of a name server`)
  return as(address)
}

/** A comment of a zone file, in one line. It may contain printable ASCII and characters outside of ASCII. */
export const commentLine = (text: string): DnsLine =>
  as(`; ${text.replaceAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, '?')}`)

/**
 * One line. The words of the template come from the code; values are checked parts.
 *
 * @throws MailrunError for a number that is not whole
 * @example dnsLine`update add ${dnsName('example.org')} ${3600} TXT ${dataOf(record)}`
 */
export function dnsLine(
  strings: TemplateStringsArray,
  ...values: readonly (DnsName | RelativeDnsName | DnsData | DnsAddress | DnsType | DnsKey | number)[]
): DnsLine {
  const wrong = values.find((value) => typeof value === 'number' && !(Number.isSafeInteger(value) && value >= 0))
  if (wrong !== undefined) throw new MailrunError(`${wrong} is no whole number`)
  return as(String.raw(strings, ...values))
}
