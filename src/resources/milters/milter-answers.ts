// Connects to each milter that a host's Postfix names, as Postfix does, and reports which ones answer, and why others
// do not.
import { utf8 } from '../../core/probe/answer.ts'
import { factAbout } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import { readerQuestion } from '../reader/reader.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { MILTER_ANSWERS_PROGRAM } from './milter-answers-program.ts'
import { MAIN_CF } from '../postfix/postfix-parameters.ts'
import { MASTER_CF } from '../postfix/postfix-services.ts'
import { fromHex } from '../../shell/perl-words.ts'

/** Where a milter listens, as the host names it. */
export type MilterSocket =
  /** As it is outside of any chroot. */
  | { readonly kind: 'unix'; readonly path: Untrusted }
  /** In lower case, without brackets. */
  | { readonly kind: 'inet'; readonly host: Untrusted; readonly port: Untrusted }

export interface MilterAnswer {
  readonly socket: MilterSocket
  /** Why it is dead; `undefined`: it greets back. */
  readonly dead: Untrusted | undefined
}

export interface MilterAnswers {
  /** Only root can be Postfix's user: `false` means that nobody was asked. */
  readonly asked: boolean
  /** Postfix's files are to change: what they name then was asked by nobody. */
  readonly foreseen?: boolean
  readonly answers: readonly MilterAnswer[]
}

/** What the answers rest on, that a run may change: what is foreseen of it is seen only when it is asked again. */
export const milterAnswers: Probe<MilterAnswers> = defineProbe<MilterAnswers>({
  key: 'milter-answers',
  reads: [`path:${MAIN_CF}`, `path:${MASTER_CF}`],
  script: readerQuestion({
    apart: true,
    program: `
if (!-e '${MAIN_CF}') { print "end\\n"; exit 0 }
${MILTER_ANSWERS_PROGRAM}`,
  }),
  parse: ({ stdout, stderr }) => {
    const lines = utf8(stdout).trimEnd().split('\n')
    if (lines.at(-1) !== 'end')
      throw new ProbeError(`the milters of Postfix cannot be spoken to: ${utf8(stderr).trim() || 'no answer'}`)
    return { asked: lines[0] !== 'not-root', answers: lines.flatMap(answerOf) }
  },
  foresee: (state, known) =>
    factAbout(known, 'path', MAIN_CF) === undefined && factAbout(known, 'path', MASTER_CF) === undefined
      ? state
      : { ...state, foreseen: true },
})

function answerOf(line: Untrusted): readonly MilterAnswer[] {
  const [, where = '', how = '', why] =
    /^((?:unix|inet)(?: [0-9a-f-]+){1,2}) (alive|dead)(?: ([0-9a-f-]+))?$/.exec(line) ?? []
  const [kind, first = '', second] = where.split(' ')
  if (how === '') return []
  const socket: MilterSocket =
    kind === 'inet' && second !== undefined
      ? { kind: 'inet', host: fromHex(first), port: fromHex(second) }
      : { kind: 'unix', path: fromHex(first) }
  return [{ socket, dead: how === 'alive' ? undefined : fromHex(why ?? '') }]
}
