// A fact that can be gathered of a host: what it is in words, and its question, which changes nothing.
import type { Answer } from '../../../core/probe/answer.ts'
import { defineProbe, ProbeError, type Probe } from '../../../core/probe/probe.ts'
import { END, whole } from '../../../core/probe/whole.ts'
import { raw } from '../../../shell/script.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

export interface NamedFact<Value> {
  /** A few words, for the docs. */
  readonly about: string
  readonly probe: Probe<Value>
}

/** Longer answers are none. */
const MOST_CHARACTERS = 64 << 10

/**
 * @param script - shell text that prints the answer.
 * @param read - `undefined` where the text is no such answer.
 */
export const namedFact = <Value>(
  name: string,
  about: string,
  script: string,
  read: (text: Untrusted) => Value | undefined,
): NamedFact<Value> => ({
  about,
  probe: defineProbe<Value>({
    key: `fact ${name}`,
    reads: [],
    script: raw(`{\n${script}\n} 2>/dev/null\n${END}`),
    parse(answer) {
      const value = read(textOf(answer, name))
      if (value === undefined) throw new ProbeError(`the host cannot tell ${name}`)
      return value
    },
    foresee: (state) => state,
  }),
})

function textOf(answer: Answer, name: string): Untrusted {
  const text = whole(answer, `the fact ${name} cannot be asked for`)
  return Buffer.from(text.slice(0, MOST_CHARACTERS), 'latin1').toString('utf8').trim()
}

/** Prints nothing where the host has no such program. */
export const ifInstalled = (program: string, script: string): string =>
  `if command -v ${program} >/dev/null; then\n${script} || echo '?'\nfi`

/** The whole answer in one word of these characters, of at most 100. */
export const word = (text: Untrusted): string | undefined => (/^[\w.+:~-]{1,100}$/.test(text) ? text : undefined)
