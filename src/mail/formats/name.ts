// DNS names as text: the bytes of a name's labels, and the one way to write them (RFC 1035, section 5.1; RFC 4343).
import type { Untrusted } from '../../shell/untrusted.ts'

/** A label holds 63 bytes, a name 255 with its lengths and the root's (RFC 1035, section 2.3.4). */
const [LABEL_BYTES, NAME_BYTES] = [63, 255] as const

/** Bytes that stand for themselves in every language of DNS; `/` is in names of RFC 2317. */
const PLAIN = /^[a-z0-9_*/-]$/

const isUpper = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a

function written(byte: number): string {
  const character = String.fromCharCode(isUpper(byte) ? byte + 0x20 : byte)
  return PLAIN.test(character) ? character : `\\${String(byte).padStart(3, '0')}`
}

/**
 * The one text of a name: lower case (of ASCII alone, RFC 4343), every byte but letters, digits and `-_*` and `/` as
 * `\DDD`, no final dot, the root empty. Two names are the same where their texts are.
 */
export const nameOfLabels = (labels: readonly Untrusted<Uint8Array>[]): string =>
  labels.map((label) => [...label].map(written).join('')).join('.')

const LABEL = /^(?:[a-z0-9_*/-]|\\(?:[01]\d\d|2[0-4]\d|25[0-5]))+$/

/** The labels of such a text; `undefined` for what is none, or too long for DNS. */
export function labelsOfName(name: Untrusted): readonly Untrusted<Uint8Array>[] | undefined {
  // Longer than any name can be written.
  if (name.length > NAME_BYTES * 4) return undefined
  if (name === '') return []
  const texts = name.split('.')
  if (!texts.every((text) => LABEL.test(text))) return undefined
  const labels = texts.map((text) =>
    Uint8Array.from(
      [...text.matchAll(/\\(\d{3})|([^])/g)].map(([, code, plain]) => Number(code ?? plain!.charCodeAt(0))),
    ),
  )
  return areLabels(labels) ? labels : undefined
}

const areLabels = (labels: readonly Untrusted<Uint8Array>[]): boolean =>
  labels.every(({ length }) => length > 0 && length <= LABEL_BYTES) &&
  labels.reduce((sum, { length }) => sum + 1 + length, 1) <= NAME_BYTES

/** Of a name as mail's records write it: UTF-8, a backslash being one. `undefined` for what DNS cannot hold. */
export function nameOfText(text: string): string | undefined {
  if (text.length > NAME_BYTES) return undefined
  const labels = text.split('.').map((label) => Buffer.from(label))
  return areLabels(labels) ? nameOfLabels(labels) : undefined
}

/** RFC 952, RFC 1123; underscores are met in names of hosts, too. */
export const isHostName = (name: Untrusted): boolean =>
  name.length <= 253 && name.split('.').every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))

/** Characters of a stranger's name that a message shows. */
const SHOWN = 80

/** For messages: one line, bounded. */
export function shownName(name: Untrusted): string {
  const text = JSON.stringify(name.replaceAll(/[^\x20-\x7e]/g, '?'))
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…"`
}
