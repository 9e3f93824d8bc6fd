// Reads the version of a zone that a name server has: the serial of its SOA record (RFC 1035, section 3.3.13).
import { plainName, type AskServer } from './ask-server.ts'
import type { NameServer } from './name-server.ts'

/** SOA serial; `undefined` where the server does not tell. */
export async function serialOf(ask: AskServer, server: NameServer, zone: string): Promise<number | undefined> {
  const reply = await ask(server, { name: zone, type: 'SOA', recursion: false })
  const soa =
    reply.kind === 'reply' && reply.authoritative
      ? reply.answers.find((each) => each.type === 'SOA' && plainName(each.name) === zone)
      : undefined
  return soa?.type === 'SOA' ? soa.data.serial : undefined
}

/** Serial number arithmetic (RFC 1982). */
export const isNewer = (a: number, b: number): boolean => a !== b && ((a - b) & 0xffff_ffff) >>> 0 < 0x8000_0000
