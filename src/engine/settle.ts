// Follows a plan through its questions to others than the host, as far as the answers are known. A pure function.
import type { OutsideAnswer, OutsideQuestion, AnswerTo } from '../core/probe/outside-question.ts'
import type { Plan, SettledPlan } from '../core/task/plan.ts'

/** `unanswered`: to be asked. `later`: what they ask for is about to be brought about; the task waits for it. */
export type Settled<State> =
  | SettledPlan<State>
  | { readonly kind: 'unanswered'; readonly questions: readonly OutsideQuestion[] }
  | { readonly kind: 'later'; readonly questions: readonly OutsideQuestion[] }

export function settle<State>(plan: Plan<State>, answerTo: AnswerTo): Settled<State> {
  let next = plan
  while (next.kind === 'ask') {
    const answers = next.questions.map((question) => ({ question, answer: answerTo(question) }))
    const unanswered = answers.filter(({ answer }) => answer === undefined)
    if (unanswered.length > 0) return { kind: 'unanswered', questions: unanswered.map(({ question }) => question) }
    const later = answers.filter(({ answer }) => answer?.kind === 'later')
    if (later.length > 0) return { kind: 'later', questions: later.map(({ question }) => question) }
    next = next.then(answers.map(({ answer }) => answer as OutsideAnswer))
  }
  return next
}
