// Quotes text for Perl.
import type { Untrusted } from './untrusted.ts'

/**
 * A literal of Perl, on one line, for the bytes of a text in UTF-8.
 *
 * Source: perlop(1), "Quote and Quote-like Operators".
 */
export function perlQuote(text: Untrusted): string {
  if (!/[\x00-\x1f\x7f]/.test(text)) return `'${text.replace(/[\\']/g, '\\$&')}'`
  const escaped = [...Buffer.from(text)].map((byte) => {
    const character = String.fromCharCode(byte)
    return /[\w./-]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`
  })
  return `"${escaped.join('')}"`
}

/** A list of literals: `('a', 'b')`. */
export const perlList = (texts: readonly Untrusted[]): string => `(${texts.map(perlQuote).join(', ')})`
