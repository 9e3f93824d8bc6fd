// Answers the questions of a walk through DNS, each from one authoritative server, so that no cache and no other server
// answers in its place.
import type { DnsAnswer, DnsQuestion } from '../../mail/records/dns-walk.ts'
import { nameOfText } from '../../mail/formats/name.ts'
import { plainName, type AskServer } from './ask-server.ts'
import { bounded } from '../bounds/bounded.ts'
import { domainBounds, type DomainBounds } from '../bounds/domain-bounds.ts'
import { MOST_ALIASES, MOST_QUESTIONS, MOST_WALK_QUESTIONS, NAME_SECONDS, WALK_SECONDS } from '../bounds/bounds.ts'
import type { DnsVars } from '../dns-vars.ts'
import { finderBy, oneEach, varsOf, type VarsOf } from './finder-by.ts'
import { NotServedByGiven, zoneFinder, ZoneNotFound, type FindZone } from './find-zone.ts'
import type { Looking } from './look.ts'
import type { Answer } from './message.ts'
import { isSameServer, type NameServer } from './name-server.ts'
import { recordsAt } from './records-at.ts'
import { remembering } from './remembering.ts'

export interface Authorities {
  readonly servers: readonly NameServer[]
  /** Where there are none. */
  readonly why: string
}

export interface Authority extends Asking {
  /**
   * The same on behalf of a domain. All questions to which the domain leads have one common limit.
   *
   * @param sake - the domain and what is looked for, see {@link DomainBounds}
   */
  of(domain: string, sake: string): Asking
}

export interface Asking {
  /** @param name - any text */
  serversOf(name: string): Promise<Authorities>
  /**
   * Follows CNAMEs.
   *
   * @param first - this server is asked about names of its own zones; for other names, the first server that answers
   */
  resolve(question: DnsQuestion, first: NameServer | undefined): Promise<DnsAnswer>
  /**
   * The same for questions that lead to each other, as in SPF: one limit holds for all of them.
   *
   * @param what - their purpose, for messages
   */
  walker(what: string): Resolving
}

export type Resolving = Pick<Asking, 'serversOf' | 'resolve'>

/**
 * Each question is sent to each server once, as long as the returned value is used.
 *
 * @param vars - the var `dns`, or that of each name. Names that its `servers` do not serve, such as those of other
 *   domains that SPF includes, are looked for from the root down.
 * @param bounds - on what each domain leads to, where more than this value is asked for its sake
 */
export function authority(
  vars: DnsVars | VarsOf<DnsVars>,
  asked: AskServer,
  bounds: DomainBounds = domainBounds(),
): Authority {
  const ask = remembering(asked)
  const of = varsOf<DnsVars>(vars)
  const findGiven = finderBy(ask, of)
  const finderElsewhere = oneEach((own: DnsVars) => {
    const { servers: _given, ...elsewhere } = own
    return zoneFinder(ask, elsewhere)
  })
  const findZone: FindZone = (name, within = ask) =>
    findGiven(name, within).catch((error: unknown) => {
      if (error instanceof NotServedByGiven && of(name).servers !== undefined)
        return finderElsewhere(of(name))(name, within)
      throw error
    })
  const resolving = (within: AskServer): Resolving => ({
    serversOf: (text) => serversFor(nameOfText(text.replace(/\.$/, '')), findZone, within),
    resolve({ name: text, type }, first) {
      const name = nameOfText(text.replace(/\.$/, ''))
      // SPF's macros and includes may produce any text.
      if (name === undefined) return Promise.resolve({ kind: 'no-name' })
      const bound = bounded(within, name, { questions: MOST_QUESTIONS, seconds: NAME_SECONDS })
      return answerFor({ name, type }, first, { ask: bound.ask, findZone }, MOST_ALIASES)
    },
  })
  const asking = (within: AskServer): Asking => ({
    ...resolving(within),
    walker: (what) => resolving(bounded(within, what, { questions: MOST_WALK_QUESTIONS, seconds: WALK_SECONDS }).ask),
  })
  return { ...asking(ask), of: (domain, sake) => asking(bounds.asking(ask, domain, sake)) }
}

async function serversFor(name: string | undefined, findZone: FindZone, within: AskServer): Promise<Authorities> {
  if (name === undefined) return { servers: [], why: 'that is no name of DNS' }
  try {
    return { servers: (await findZone(name, within)).servers, why: '' }
  } catch (error) {
    if (!(error instanceof ZoneNotFound)) throw error
    return { servers: [], why: error.message }
  }
}

async function answerFor(
  question: DnsQuestion,
  first: NameServer | undefined,
  looking: Looking,
  aliases: number,
): Promise<DnsAnswer> {
  const { name, type } = question
  const { ask, findZone } = looking
  const { servers, why } = await serversFor(name, findZone, ask)
  const own = first === undefined ? undefined : servers.find((each) => isSameServer(each, first))
  let failure = why
  for (const server of own === undefined ? servers : [own]) {
    const there = await recordsAt(ask, server, name, type)
    if (there.kind === 'failed') failure = there.why
    else if (there.kind === 'records') {
      return there.records.length > 0
        ? { kind: 'found', values: there.records.map(valueOf) }
        : { kind: there.exists ? 'no-data' : 'no-name' }
    } else if (aliases === 0) return { kind: 'failed', why: `more than ${MOST_ALIASES} CNAMEs one after the other` }
    else return answerFor({ name: there.target, type }, first, looking, aliases - 1)
  }
  return { kind: 'failed', why: failure }
}

/** In the form of {@link DnsAnswer}. */
function valueOf(record: Answer): string {
  switch (record.type) {
    case 'TXT':
      return Buffer.concat(record.data).toString()
    case 'MX':
      return `${record.data.preference} ${plainName(record.data.exchange)}`
    case 'A':
    case 'AAAA':
      return record.data
    case 'NS':
    case 'PTR':
    case 'CNAME':
      return plainName(record.data)
    case 'SOA':
      throw new Error('a record of type SOA was not asked for')
  }
}
