// Makes one probe of several, for a task whose state consists of all their answers.
import { answersOfParts, type Probe } from './probe.ts'

/**
 * A probe out of one and any number of others. Each part is asked as itself, so that other tasks' equal questions cost
 * nothing; foreseen part by part.
 *
 * @param split - the inverse of `join`.
 * @example
 * // Whether a file is there, and whether its unit runs.
 * joinProbes(
 *   pathProbe({ path, wanted: 'digest' }),
 *   [unitProbe({ unit, restartOn: [path], reloadOn: [], listens: [] })],
 *   (file, [unit]) => ({ file, unit: unit! }),
 *   ({ file, unit }) => [file, [unit]],
 * )
 */
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
    question: { parts: all },
    parse(answer) {
      const [one, ...more] = answersOfParts(answer)
      return join(
        first.parse(one!),
        rest.map((probe, index) => probe.parse(more[index]!)),
      )
    },
    facts(state) {
      const [one, more] = split(state)
      return [...first.facts(one), ...rest.flatMap((probe, index) => probe.facts(more[index]!))]
    },
    foresee(state, known) {
      const [one, more] = split(state)
      const next = first.foresee(one, known)
      const others = rest.map((probe, index) => probe.foresee(more[index]!, known))
      return next === undefined || others.some((each) => each === undefined)
        ? undefined
        : join(next, others as readonly Rest[])
    },
  }
}
