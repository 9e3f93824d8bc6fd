// One question out of several, for a task whose state is what all of them answer.
import { ProbeError, type Probe } from '../model/probe.ts'
import type { Answer } from '../model/answer.ts'
import type { Script } from '../shell/script.ts'
import { raw } from '../shell/script.ts'

/** Asked as one script; foreseen part by part. @param split - the inverse of `join`. */
export function joinProbes<First, Rest, State>(
  first: Probe<First>,
  rest: readonly Probe<Rest>[],
  join: (first: First, rest: readonly Rest[]) => State,
  split: (state: State) => readonly [First, readonly Rest[]],
): Probe<State> {
  const all: readonly Probe<unknown>[] = [first, ...rest]
  return {
    to: 'host',
    key: `joined ${JSON.stringify(all.map(({ key }) => key))}`,
    reads: all.flatMap(({ reads }) => reads),
    question: { script: raw(`${all.map((probe) => `( ${scriptOf(probe).text}\n)\nprintf '\\0mailrun-next\\0'`).join('\n')}`) },
    parse(answer) {
      const parts = answer.stdout.split('\0mailrun-next\0')
      if (parts.length !== all.length + 1) throw new ProbeError('the answer was cut short')
      return join(first.parse(answerTo(first, { ...answer, stdout: parts[0]! })), rest.map((probe, index) => probe.parse(answerTo(probe, { ...answer, stdout: parts[index + 1]! }))))
    },
    facts(state) {
      const [one, more] = split(state)
      return [...first.facts(one), ...rest.flatMap((probe, index) => probe.facts(more[index]!))]
    },
    foresee(state, known) {
      const [one, more] = split(state)
      const next = first.foresee(one, known)
      const others = rest.map((probe, index) => probe.foresee(more[index]!, known))
      return next === undefined || others.some((each) => each === undefined) ? undefined : join(next, others as readonly Rest[])
    },
  }
}

const scriptOf = ({ question }: Probe<unknown>): Script => ('script' in question ? question.script : question.family.script([question.item]))

const answerTo = ({ question }: Probe<unknown>, answer: Answer): Answer => ('script' in question ? answer : question.family.split(answer, [question.item])[0]!)
