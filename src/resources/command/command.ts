// Asks whether a command is needed: whether its product exists, whether the product is older than its sources, and what
// the command's own questions say.
import { utf8 } from '../../core/probe/answer.ts'
import type { Fact, PathFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import type { Resource } from '../../core/task/resource.ts'
import type { Known } from '../../core/unknown.ts'
import { lines, raw, type Script } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { END, whole } from '../../core/probe/whole.ts'

export interface CommandState {
  readonly creates: boolean
  /** Unknown only as foreseen: a command may leave it, and need not fulfil `onlyIf` either. */
  readonly removes: Known<boolean>
  /** Whether one of the sources is newer than `creates`. */
  readonly stale: boolean
  /** Sources that are not there. */
  readonly missing: readonly string[]
  /** Whether the question succeeded; `undefined`: not asked. */
  readonly unless: boolean | undefined
  readonly onlyIf: Known<boolean> | undefined
}

/** What is asked; `undefined` where a guard is not given. */
export interface CommandGuards {
  readonly creates: string | undefined
  readonly removes: string | undefined
  readonly staleAgainst: readonly string[]
  readonly unless: Script | undefined
  readonly onlyIf: Script | undefined
  readonly reads: readonly Resource[]
}

const ANSWER = /^(yes|no)\n(yes|no)\n(yes|no)\n([yn]*)\n(yes|no|none)\n(yes|no|none)\n$/

/**
 * Whether a command is needed, by its guards, all of them in one question.
 *
 * @example
 * const none = { removes: undefined, staleAgainst: [], unless: undefined, onlyIf: undefined, reads: [] }
 * const probe = commandProbe({ ...none, creates: '/etc/dh.pem' })
 */
export function commandProbe(guards: CommandGuards): Probe<CommandState> {
  const { creates, removes, staleAgainst, unless, onlyIf, reads } = guards
  const paths = [creates, removes, ...staleAgainst].filter((path) => path !== undefined)
  return defineProbe<CommandState>({
    key: `command ${JSON.stringify([creates, removes, staleAgainst, unless?.text, onlyIf?.text])}`,
    reads: [...paths.map((path): Resource => `path:${path}`), ...reads],
    script: lines([
      raw('there() { if [ -e "$1" ] || [ -L "$1" ]; then echo yes; else echo no; fi; }'),
      thereQuestion(creates),
      thereQuestion(removes),
      creates === undefined || staleAgainst.length === 0 ? raw('echo no; echo') : staleQuestion(creates, staleAgainst),
      ownQuestion(unless),
      ownQuestion(onlyIf),
      raw(END),
    ]),
    parse(answer) {
      const what = 'the guards cannot be asked'
      const match = ANSWER.exec(whole(answer, what))
      if (match === null)
        throw new ProbeError(
          `${what}: ${utf8(answer.stderr).trim() || `they said ${JSON.stringify(utf8(answer.stdout))}`}`,
        )
      const [, product, source, stale, letters, first, second] = match
      const reported = (word: Untrusted | undefined): boolean | undefined =>
        word === 'none' ? undefined : word === 'yes'
      return {
        creates: product === 'yes',
        removes: source === 'yes',
        stale: stale === 'yes',
        missing: staleAgainst.filter((_, index) => letters?.[index] === 'n'),
        unless: reported(first),
        onlyIf: reported(second),
      }
    },
    foresee: (state, known) => foresee(guards, state, known),
  })
}

const thereQuestion = (path: string | undefined): Script => (path === undefined ? raw('echo no') : sh`there ${path}`)

/** Whether a source is newer than the product; below that a letter for each source, whether it is there. */
const staleQuestion = (product: string, sources: readonly string[]): Script => sh`
if [ -e ${product} ] && [ "$(find ${sources} -maxdepth 0 -newer ${product} -printf x 2>/dev/null)" ]
then echo yes
else echo no
fi
for p in ${sources}; do [ -e "$p" ] && printf y || printf n; done
echo`

/** Whether a question that the task brings succeeds. A newline ends it, for it may end in a comment. */
const ownQuestion = (question: Script | undefined): Script =>
  question === undefined
    ? raw('echo none')
    : sh`
if ( ${question}
) >/dev/null 2>&1
then echo yes
else echo no
fi`

function foresee(
  { creates, removes, staleAgainst, reads }: CommandGuards,
  state: CommandState,
  known: Fact,
): CommandState | undefined {
  if (reads.includes(known.resource)) return undefined
  if (!known.resource.startsWith('path:')) return state
  const path = known.resource.slice('path:'.length)
  const value = known.value as PathFact
  const gone = (each: string | undefined): boolean =>
    each !== undefined && value.kind === 'absent' && each.startsWith(`${path}/`)
  const there = value.kind !== 'absent'
  let next: CommandState = state
  if (path === creates) next = { ...next, creates: there, stale: false }
  if (gone(creates)) next = { ...next, creates: false, stale: false }
  if (path === removes) next = { ...next, removes: there }
  if (gone(removes)) next = { ...next, removes: false }
  if (staleAgainst.includes(path)) {
    // Written again, it will be newer than what is there now.
    const rewritten = value.kind === 'file' && typeof value.mtime !== 'string'
    next = {
      ...next,
      stale: next.stale || rewritten,
      missing: there ? next.missing.filter((each) => each !== path) : [...next.missing, path],
    }
  }
  return next
}
