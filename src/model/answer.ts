// What a host answered to one question or one change.

/** Exit status and output; the output is bytes read as latin1, so that nothing is lost: decode with {@link utf8}. */
export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Text of an answer, decoded once and as a whole. */
export const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8')
