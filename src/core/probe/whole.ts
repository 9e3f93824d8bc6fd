// Detects an answer that was cut short: a whole answer ends with the word that its script prints last.
import { utf8, type Answer } from './answer.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { ProbeError } from './probe.ts'

const MARK = '\0end'

/** Shell text that ends an answer; after it nothing is printed. */
export const END = `printf '\\0end'`

/** The same in Perl. */
export const PERL_END = String.raw`print "\0end";`

/**
 * The answer's text without its end, as bytes in latin1.
 *
 * @param what - `the group mail cannot be asked for`
 * @throws ProbeError where the end is missing
 */
export function whole({ stdout, stderr }: Pick<Answer, 'stdout' | 'stderr'>, what: string): Untrusted {
  if (!stdout.endsWith(MARK)) throw new ProbeError(`${what}: ${utf8(stderr).trim() || 'the answer was cut short'}`)
  return stdout.slice(0, -MARK.length)
}
