// Limits the questions for one name, or for one walk through DNS, because strangers decide where delegations, aliases
// and records lead.
import type { AskServer, ServerReply } from '../lookup/ask-server.ts'

export interface Bounded {
  /** Questions above the limit are not asked. They get the result of a server that does not answer, with the reason. */
  readonly ask: AskServer
  /** Why no more questions are asked; `undefined` below the limit. With a reason, the result is incomplete. */
  over(): string | undefined
}

export interface Bound {
  readonly questions: number
  /** Seconds to wait for answers, in total. */
  readonly seconds: number
}

/** @param what - is looked for; used in messages */
export function bounded(ask: AskServer, what: string, { questions, seconds }: Bound): Bounded {
  let [put, spent, covered] = [0, 0, 0]
  let why: string | undefined
  return {
    over: () => why,
    async ask(server, question): Promise<ServerReply> {
      if (put >= questions) why ??= `${what} takes more than ${questions} questions`
      else if (spent >= seconds * 1000) why ??= `${what} takes more than ${seconds} s of waiting for answers`
      if (why !== undefined) return { kind: 'silent', why: `not asked: ${why}`, over: why }
      put += 1
      const reply = await ask(server, question)
      if (reply.kind === 'silent') why ??= reply.over
      // Time in which several answers are waited for counts once.
      const now = performance.now()
      spent += Math.min(reply.took ?? 0, now - covered)
      covered = now
      return reply
    },
  }
}
