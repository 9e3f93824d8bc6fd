// Describes milters that Postfix asks and that do not answer: which mail this affects, what Postfix does with it, and
// what to do.
import { endpointOf, type Endpoint } from './endpoint.ts'
import { milterUses, type MilterUse } from './milter-uses.ts'
import type { PostfixSources } from '../postfix/settings/sources.ts'
import type { MilterAnswer, MilterSocket, MilterAnswers } from './milter-answers.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface DeadMilter {
  /** Equal ones of several services are one. */
  readonly uses: readonly MilterUse[]
  readonly why: Untrusted
}

export interface MilterQuestion {
  readonly sources: PostfixSources
  readonly answers: MilterAnswers
  /** What is of no concern: the run brings it to life, or takes it out of the lists. */
  readonly expected: ((use: MilterUse) => boolean) | undefined
}

/** What Postfix asks in vain, in the order of its services. */
export const deadMilters = (question: MilterQuestion): readonly DeadMilter[] =>
  together(question, (use, { answers }) =>
    use.endpoint.kind === 'refused' ? use.endpoint.why : answers.get(keyOf(use.endpoint))?.dead,
  )

/** What Postfix may ask, and nobody spoke to: where it leads cannot be known, or it is more than is asked. */
export const unseenMilters = (question: MilterQuestion): readonly DeadMilter[] =>
  together(question, ({ endpoint }, { asked, foreseen, answers }) => {
    if (endpoint.kind === 'refused') return undefined
    if (endpoint.kind === 'unknown') return endpoint.why
    if (!asked) return 'only root can ask as Postfix does'
    return foreseen || answers.has(keyOf(endpoint)) ? undefined : 'it is none of those that could be asked'
  })

interface Known extends Pick<MilterAnswers, 'asked' | 'foreseen'> {
  readonly answers: ReadonlyMap<string, MilterAnswer>
}

/** Uses of which there is something to tell. */
function together(
  { sources, answers, expected }: MilterQuestion,
  tell: (use: MilterUse, known: Known) => Untrusted | undefined,
): readonly DeadMilter[] {
  const known: Known = {
    ...answers,
    answers: new Map(answers.answers.map((answer) => [keyOf(placeOf(answer.socket)), answer])),
  }
  type Together = { readonly uses: MilterUse[]; readonly why: Untrusted }
  const found = new Map<string, Together>()
  for (const use of milterUses(sources)) {
    const why = tell(use, known)
    if (why === undefined || expected?.(use) === true) continue
    const key = [use.instance, use.through.at(-1), use.item, use.action, use.chroot].join('\0')
    const one: Together = found.get(key) ?? { uses: [], why }
    one.uses.push(use)
    found.set(key, one)
  }
  return [...found.values()]
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
export const isPassedOver = ({ uses }: DeadMilter): boolean => uses[0]!.action === 'accept' && !stopsAt(uses[0]!)

/** Processes of Postfix end there, and no mail comes in. */
const stopsAt = ({ endpoint }: MilterUse): boolean => endpoint.kind === 'refused' && endpoint.stops === true

const BECOMES: Readonly<Record<string, string>> = {
  accept: 'passes without it',
  tempfail: 'is deferred (451)',
  reject: 'is rejected (550)',
  quarantine: 'is put on hold',
  shutdown: 'is deferred (421)',
}

/** One sentence of whom, what, why and what becomes of it, and what to do. */
export function wordsOn({ uses, why }: DeadMilter): string {
  const { action, endpoint, chroot } = uses[0]!
  const holder = holderOf(uses[0]!)
  if (stopsAt(uses[0]!)) return `Postfix stops at the milter ${asking(uses)}: ${why}; correct it in ${holder}`
  // For what is no milter at all, Postfix rejects nothing (milter8_create).
  const becomes = BECOMES[endpoint.kind === 'refused' && action === 'reject' ? 'tempfail' : action] ?? action
  const inside = chroot && endpoint.kind === 'unix' ? ` (in a chroot: it looks for ${endpoint.path})` : ''
  return (
    `Postfix asks the milter ${asking(uses)}, which is dead: ${why}${inside}; ` +
    `mail ${becomes}: ${endpoint.kind === 'refused' ? 'write it otherwise' : 'start it'}, or take it out of ${holder}`
  )
}

/** One sentence of what was not spoken to, and why. */
export const wordsOnUnseen = ({ uses, why }: DeadMilter): string =>
  `whether the milter ${asking(uses)} answers was not seen: ${why}`

/** `inet:a:1 (smtp/inet, submission/inet, by smtpd_milters)` */
function asking(uses: readonly MilterUse[]): string {
  const { item, instance } = uses[0]!
  const services = [...new Set(uses.map(({ service }) => service))].join(', ')
  const where = instance === '/etc/postfix' ? '' : ` of ${instance}`
  return `${item} (${services}${where}, by ${holderOf(uses[0]!)})`
}

const holderOf = ({ through, parameter }: MilterUse): string => through.at(-1) ?? parameter
