// Limits all questions of one command for one domain. Strangers decide how many aliases, name servers, mail exchangers
// and includes a domain leads to; a limit on each name does not limit their number.
import type { AskServer, ServerReply } from '../lookup/ask-server.ts'
import { DOMAIN_NAME_QUESTIONS, DOMAIN_QUESTIONS, DOMAIN_SECONDS } from './bounds.ts'
import type { Looking } from '../lookup/look.ts'

export interface DomainBounds {
  /**
   * What is over the domain's bound is not asked, and comes to a silent server that says so.
   *
   * @param sake - what is looked for on mailrun's own account, such as the name of a record that is wanted or a host's
   *   address: the bound is the wider, the more of them a domain has
   */
  asking(ask: AskServer, domain: string, sake: string): AskServer
  /** The same for a look. */
  looking(looking: Looking, domain: string, sake: string): Looking
}

interface Spent {
  readonly questions: Set<string>
  readonly sakes: Set<string>
  /** Milliseconds that answers were waited for; those that were waited for at the same time count once. */
  waited: number
  covered: number
  /** Once there is no room any more. */
  over: string | undefined
}

/** For one command, or one look at DNS: who asks the same server the same question again is not counted again. */
export function domainBounds(): DomainBounds {
  const domains = new Map<string, Spent>()
  const spentOn = (domain: string): Spent => {
    const spent = domains.get(domain) ?? {
      questions: new Set(),
      sakes: new Set(),
      waited: 0,
      covered: 0,
      over: undefined,
    }
    domains.set(domain, spent)
    return spent
  }
  const asking: DomainBounds['asking'] = (ask, domain, sake) => {
    const spent = spentOn(domain)
    spent.sakes.add(sake)
    return async (server, question): Promise<ServerReply> => {
      const why = overBy(spent, domain, JSON.stringify([server, question]))
      if (why !== undefined) return { kind: 'silent', why: `not asked: ${why}`, over: why }
      const reply = await ask(server, question)
      const now = performance.now()
      spent.waited += Math.min(reply.took ?? 0, now - spent.covered)
      spent.covered = now
      return reply
    }
  }
  return {
    asking,
    looking({ ask, findZone }, domain, sake) {
      const own = asking(ask, domain, sake)
      return { ask: own, findZone: (name, within = own) => findZone(name, within) }
    },
  }
}

/** Counts a question that is new. */
function overBy(spent: Spent, domain: string, question: string): string | undefined {
  const { questions, sakes } = spent
  if (spent.over !== undefined) return spent.over
  const room = DOMAIN_QUESTIONS + DOMAIN_NAME_QUESTIONS * sakes.size
  if (!questions.has(question) && questions.size >= room) spent.over = `${domain} leads to more than ${room} questions`
  else if (spent.waited >= DOMAIN_SECONDS * 1000)
    spent.over = `${domain} leads to more than ${DOMAIN_SECONDS} s of waiting for answers`
  questions.add(question)
  return spent.over
}
