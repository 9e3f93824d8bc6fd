// Asks each server each question once, for a command that looks at DNS at one moment.
import type { AskServer } from './ask-server.ts'

export function remembering(ask: AskServer): AskServer {
  const asked = new Map<string, ReturnType<AskServer>>()
  return (server, question) => {
    const key = JSON.stringify([server, question])
    const answer = asked.get(key) ?? ask(server, question)
    asked.set(key, answer)
    return answer
  }
}
