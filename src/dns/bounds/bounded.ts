// Limits the questions for one name, or for one walk through DNS, because strangers decide where delegations, aliases
// and records lead.
import type { AskServer, ServerReply } from '../lookup/ask-server.ts'

export interface Bounded {
  /** What is over the bound is not asked, and comes to a silent server that says so. */
  readonly ask: AskServer
  /** Why no more is asked; `undefined` while there is room. What came of a look that met this is not the whole. */
  over(): string | undefined
}

export interface Bound {
  readonly questions: number
  /** In which answers are waited for. */
  readonly seconds: number
}

/** @param what - that is looked for, for messages. */
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
      // Answers that are waited for at the same time count once.
      const now = performance.now()
      spent += Math.min(reply.took ?? 0, now - covered)
      covered = now
      return reply
    },
  }
}
