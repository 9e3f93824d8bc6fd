// Milters that Postfix asks and that do not answer: whose mail that concerns, what becomes of it, and what to do.
import { endpointOf, sameSocket, type Endpoint } from '../postfix/endpoint.ts'
import { milterUses, type MilterUse } from '../postfix/milter-uses.ts'
import type { PostfixSources } from '../postfix/sources.ts'
import type { MilterAnswer, MilterSocket } from '../probes/milter-answers.ts'
import type { Untrusted } from '../shell/untrusted.ts'

export interface DeadMilter {
  /** Equal ones of several services are one. */
  readonly uses: readonly MilterUse[]
  readonly why: Untrusted
}

export interface MilterQuestion {
  readonly sources: PostfixSources
  readonly answers: readonly MilterAnswer[]
  /** What is of no concern: the run brings it to life, or takes it out of the lists. */
  readonly expected: readonly Endpoint[]
}

/** What Postfix asks in vain, in the order of its services. */
export function deadMilters({ sources, answers, expected }: MilterQuestion): readonly DeadMilter[] {
  const { host } = sources
  const known = new Map(answers.map((answer) => [keyOf(placeOf(answer.socket)), answer.dead]))
  type Together = { readonly uses: MilterUse[]; readonly why: Untrusted }
  const dead = new Map<string, Together>()
  for (const use of milterUses(sources)) {
    const why = use.endpoint.kind === 'refused' ? use.endpoint.why : known.get(keyOf(use.endpoint))
    if (why === undefined || expected.some((each) => sameSocket(use.endpoint, each, host))) continue
    const key = [use.instance, use.through.at(-1), use.item, use.action, use.chroot].join('\0')
    const together: Together = dead.get(key) ?? { uses: [], why }
    together.uses.push(use)
    dead.set(key, together)
  }
  return [...dead.values()]
}

const placeOf = (socket: MilterSocket): Endpoint =>
  endpointOf(socket.kind === 'unix' ? `unix:${socket.path}` : `inet:[${socket.host}]:${socket.port}`, {
    chroot: false,
    queueDirectory: '/',
  })

function keyOf(place: Endpoint): string {
  if (place.kind === 'unix') return `unix:${place.path}`
  return place.kind === 'inet' ? `inet:${place.host}:${place.port}` : place.kind
}

/** Mail goes on without it. */
export const isPassedOver = ({ uses }: DeadMilter): boolean => uses[0]!.action === 'accept'

const BECOMES: Readonly<Record<string, string>> = {
  accept: 'passes without it',
  tempfail: 'is deferred (451)',
  reject: 'is rejected (550)',
  quarantine: 'is put on hold',
  shutdown: 'is deferred (421)',
}

/** One sentence of whom, what, why and what becomes of it, and what to do. */
export function wordsOn({ uses, why }: DeadMilter): string {
  const [{ item, through, action, instance, parameter }] = uses as [MilterUse]
  const services = [...new Set(uses.map(({ service }) => service))].join(', ')
  const holder = through.at(-1) ?? parameter
  const where = instance === '/etc/postfix' ? '' : ` of ${instance}`
  return (
    `Postfix asks the milter ${item} (${services}${where}, by ${holder}), which is dead: ${why}; ` +
    `mail ${BECOMES[action] ?? action}: start it, or take it out of ${holder}`
  )
}
