// The answer of a host to one question or one change: exit status and output.
import type { Untrusted } from '../../shell/untrusted.ts'

/** Exit status and output; the output is bytes read as latin1, so that nothing is lost: decode with {@link utf8}. */
export interface Answer {
  readonly code: number
  readonly stdout: Untrusted
  readonly stderr: Untrusted
}

/** Text of an answer, decoded once and as a whole. */
export const utf8 = (latin1: Untrusted): Untrusted => Buffer.from(latin1, 'latin1').toString('utf8')
