// What `ssh -G` prints, as a list of settings.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { lowerAscii } from '../../../text/openssh-pattern.ts'

/** One keyword in lower case with a value as `ssh -G` prints it; keywords that add up come once for each value. */
export interface SshSetting {
  readonly keyword: string
  readonly value: string
  /** Of a value that lists files: each by itself, whatever it holds; `undefined`: blanks part them. */
  readonly parts?: readonly string[] | undefined
}

export type Answer = readonly SshSetting[]

export const answerOf = (printed: Untrusted): Answer =>
  printed.split('\n').flatMap((line) => {
    const end = line.indexOf(' ')
    return end <= 0 ? [] : [{ keyword: lowerAscii(line.slice(0, end)), value: line.slice(end + 1) }]
  })

/** `undefined`: it is not printed. */
export const valueOf = (answer: Answer, keyword: string): string | undefined =>
  answer.find((each) => each.keyword === keyword)?.value
