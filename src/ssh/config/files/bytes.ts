// Converts texts to strings with one character for each byte, as OpenSSH sees them: `?` and widths count bytes, and only
// ASCII letters have case.
import { lowerAscii } from '../../../text/openssh-pattern.ts'

/** Whether a text is ASCII, as almost all are; then it is the same as its bytes. */
const isPlain = (text: string): boolean => !/[^\x00-\x7f]/.test(text)

export const toBytes = (text: string): string => (isPlain(text) ? text : Buffer.from(text, 'utf8').toString('latin1'))

export const fromBytes = (bytes: string): string =>
  isPlain(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')

export { lowerAscii as lower }

/** Whether strcasecmp(3) finds two words equal in the C locale. */
export const sameWord = (a: string, b: string): boolean => lowerAscii(a) === lowerAscii(b)
