// Answers for walks through DNS, each by one authoritative server, so that no cache and no server speaks for another.
import type { Answer } from 'dns-packet'
import type { DnsAnswer, DnsQuestion } from '../mail/dns-walk.ts'
import { plainName, type AskServer } from './ask-server.ts'
import type { DnsVars } from './dns-vars.ts'
import { NotServedByGiven, zoneFinder, ZoneNotFound, type FindZone } from './find-zone.ts'
import { isSameServer, type NameServer } from './name-server.ts'
import { recordsAt, stringsOf } from './records-at.ts'
import { remembering } from './remembering.ts'

export interface Authorities {
  readonly servers: readonly NameServer[]
  /** Where there are none. */
  readonly why: string
}

export interface Authority {
  serversOf(name: string): Promise<Authorities>
  /**
   * Follows CNAMEs.
   *
   * @param first - is asked for what it is an authority of; of other names, the first of their servers that answers
   */
  resolve(question: DnsQuestion, first: NameServer | undefined): Promise<DnsAnswer>
}

const MOST_ALIASES = 8

/**
 * Each question is put to each server once, for as long as the value is.
 *
 * @param vars - the var `dns`. Names that its `servers` do not serve, such as those of other domains that SPF includes,
 *   are looked for from the root down.
 */
export function authority(vars: DnsVars, asked: AskServer): Authority {
  const ask = remembering(asked)
  const { servers: given, ...elsewhere } = vars
  const findGiven = zoneFinder(ask, vars)
  const findElsewhere = given === undefined ? findGiven : zoneFinder(ask, elsewhere)
  const findZone: FindZone = (name) =>
    findGiven(name).catch((error: unknown) => {
      if (error instanceof NotServedByGiven) return findElsewhere(name)
      throw error
    })

  const serversOf = async (text: string): Promise<Authorities> => {
    try {
      return { servers: (await findZone(plainName(text))).servers, why: '' }
    } catch (error) {
      if (!(error instanceof ZoneNotFound)) throw error
      return { servers: [], why: error.message }
    }
  }
  const resolve = async (question: DnsQuestion, first: NameServer | undefined, aliases: number): Promise<DnsAnswer> => {
    const [name, { type }] = [plainName(question.name), question]
    // SPF's macros and includes may come to anything.
    if (!isDnsName(name)) return { kind: 'no-name' }
    const { servers, why } = await serversOf(name)
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
      else return resolve({ name: there.target, type }, first, aliases - 1)
    }
    return { kind: 'failed', why: failure }
  }
  return { serversOf, resolve: (question, first) => resolve(question, first, MOST_ALIASES) }
}

/** RFC 1035, section 2.3.4. */
const isDnsName = (name: string): boolean =>
  Buffer.byteLength(name) <= 253 && name.split('.').every((label) => label !== '' && Buffer.byteLength(label) <= 63)

/** As {@link DnsAnswer} has it. */
function valueOf(record: Answer): string {
  switch (record.type) {
    case 'TXT':
      return Buffer.concat(stringsOf(record.data)).toString()
    case 'MX':
      return `${record.data.preference ?? 0} ${plainName(record.data.exchange)}`
    case 'A':
    case 'AAAA':
      return record.data
    case 'NS':
    case 'PTR':
    case 'CNAME':
      return plainName(record.data)
    default:
      throw new Error(`a record of type ${record.type} was not asked for`)
  }
}
