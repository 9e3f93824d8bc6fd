// A probe: a question to a host, made of text that only reads, and a parser of the answer.
import type { Script } from '../../shell/script.ts'
import type { Answer } from './answer.ts'
import type { Fact } from '../task/fact.ts'
import type { Resource } from '../task/resource.ts'

/**
 * Many questions of one kind that one script can answer: twelve paths, three packages. The script prints one answer per
 * item; `split` takes them apart, in the order of the items.
 */
export interface Family {
  /** Equal names are one family: same script, same split. */
  readonly name: string
  /** It is asked before others, which then need less. */
  readonly early?: true
  script(items: readonly string[]): Script
  split(answer: Answer, items: readonly string[]): readonly Answer[]
}

export type Question =
  | { readonly script: Script }
  | { readonly family: Family; readonly item: string }
  /** Several questions as one, each asked as itself; `parse` is given {@link partsAnswer}. */
  | { readonly parts: readonly Probe<unknown>[] }

/** The questions that are really asked for a probe: itself, or its parts. */
export const leavesOf = (probe: Probe<unknown>): readonly Probe<unknown>[] =>
  'parts' in probe.question ? probe.question.parts.flatMap(leavesOf) : [probe]

/** The answers to the parts as one. */
export const partsAnswer = (answers: readonly Answer[]): Answer => ({
  code: 0,
  stdout: JSON.stringify(answers),
  stderr: '',
})

/** The inverse of {@link partsAnswer}. */
export const answersOfParts = ({ stdout }: Answer): readonly Answer[] => JSON.parse(stdout) as readonly Answer[]

export interface Probe<State> {
  /** Whom it is put to. */
  readonly to: 'host'
  /** Equal keys are the same question, asked once. */
  readonly key: string
  /** Whatever, when changed, may change the answer. */
  readonly reads: readonly Resource[]
  readonly question: Question
  /** @throws ProbeError when the answer is none that the question can have. */
  parse(answer: Answer): State
  /** What a state, answered or foreseen, says of resources. */
  facts(state: State): readonly Fact[]
  /**
   * The state once `fact` holds too; `undefined` where it cannot be known: then the engine asks again after the change.
   */
  foresee(state: State, fact: Fact): State | undefined
}

/** The answer to a question made no sense: the host lacks a program, or the question is wrong. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError'
}

/** The answer is another host's, and not known yet. */
export class AnswerAwaited extends Error {
  override readonly name = 'AnswerAwaited'
}

type ProbeShape<State> = Omit<Probe<State>, 'to' | 'question' | 'facts' | 'foresee'> &
  Partial<Pick<Probe<State>, 'facts' | 'foresee'>> &
  ({ readonly script: Script } | { readonly family: Family; readonly item: string })

/**
 * Makes a probe. Without `facts` nobody else learns from its state; without `foresee` a change of what it reads is a
 * wall: the engine applies what stands before and asks again.
 *
 * @example
 * const kernel = defineProbe({ key: 'kernel', reads: [], script: sh`uname -r`, parse: ({ stdout }) => stdout.trim() })
 */
export function defineProbe<State>(shape: ProbeShape<State>): Probe<State> {
  const { key, reads } = shape
  return {
    to: 'host',
    key,
    reads,
    question: 'script' in shape ? { script: shape.script } : { family: shape.family, item: shape.item },
    parse: (answer) => shape.parse(answer),
    facts: (state) => shape.facts?.(state) ?? [],
    foresee: (state, fact) => shape.foresee?.(state, fact),
  }
}
