// The interface through which plans ask somebody other than the host, such as name servers. The room `dns` implements
// it.
import type { OutsideAnswer, OutsideQuestion, AnswerTo } from '../core/probe/outside-question.ts'
import { isKnown } from '../core/unknown.ts'

export type OutsideReply = OutsideAnswer | { readonly kind: 'later' }

/** Asks once and waits for nothing; what goes wrong is an answer, too. */
export type AskOutside = (question: OutsideQuestion, signal: AbortSignal) => Promise<OutsideReply>

/** For runs whose tasks ask nobody. */
export const askNobody: AskOutside = () =>
  Promise.resolve({ kind: 'not-served', where: ['no name server is asked in this run'] })

/** What is known, and a way to learn more of it. */
export interface Outside {
  readonly answerTo: AnswerTo
  /** Learns the answers to these, once for as long as this value lives. */
  learn(questions: readonly OutsideQuestion[], ask: AskOutside, signal: AbortSignal): Promise<void>
}

export function outside(): Outside {
  const known = new Map<string, OutsideReply>()
  return {
    answerTo: (question) => known.get(keyOf(question)),
    async learn(questions, ask, signal) {
      const wanted = new Map(questions.map((question) => [keyOf(question), question]))
      const answers = await Promise.all(
        [...wanted].map(async ([key, question]) => [key, await ask(question, signal)] as const),
      )
      for (const [key, answer] of answers) known.set(key, answer)
    },
  }
}

/** Equal keys are the same question. */
const keyOf = ({ to, record, dns }: OutsideQuestion): string =>
  JSON.stringify([to, record.name, record.type, isKnown(record.value) ? record.value : null, record.purpose, dns])
