// Texts as OpenSSH sees them: one character of a string for each byte, so that `?` and widths mean bytes, and only
// ASCII has case.
import { lowerAscii } from '../../../text/openssh-pattern.ts'

/** Almost all are, and then are the same as bytes. */
const isPlain = (text: string): boolean => !/[^\x00-\x7f]/.test(text)

export const toBytes = (text: string): string => (isPlain(text) ? text : Buffer.from(text, 'utf8').toString('latin1'))

export const fromBytes = (bytes: string): string =>
  isPlain(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')

export { lowerAscii as lower }

/** As strcasecmp(3) finds them equal in the C locale. */
export const sameWord = (a: string, b: string): boolean => lowerAscii(a) === lowerAscii(b)
