// Runs `ssh -G` once for each question of a run, at most one process per processor at a time.
import { availableParallelism } from 'node:os'
import pLimit from 'p-limit'
import type { Answer } from './answer.ts'
import type { Question } from './ask-ssh.ts'

export type Ask = (question: Question) => Promise<Answer>

/** After a refusal nothing more is asked, unless that was a question for others: it ends the run. */
export function asker(ask: Ask): Ask {
  const known = new Map<string, Promise<Answer>>()
  const limit = pLimit(availableParallelism())
  let failure: { readonly error: unknown } | undefined
  const inTurn = async (question: Question): Promise<Answer> => {
    if (failure !== undefined) throw failure.error
    try {
      return await ask(question)
    } catch (error) {
      if (!question.isForOthers) failure ??= { error }
      throw error
    }
  }
  return (question) => {
    const { program, words, host, isForOthers } = question
    const key = JSON.stringify([program, words, host, isForOthers])
    const answer = known.get(key) ?? limit(inTurn, question)
    known.set(key, answer)
    return answer
  }
}
