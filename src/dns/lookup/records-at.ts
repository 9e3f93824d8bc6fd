// Reads from an authoritative answer the records at a name.
import { plainName, type AskServer, type ServerQuestion } from './ask-server.ts'
import type { Answer } from './message.ts'
import type { NameServer } from './name-server.ts'

/** Where no set of records is known. */
export type NoRecords =
  /** The name is an alias (CNAME), which allows no other records beside it. */
  { readonly kind: 'alias'; readonly target: string } | { readonly kind: 'failed'; readonly why: string }

export type RecordsAt =
  /** Of the name and type that were asked for; perhaps none. */
  | {
      readonly kind: 'records'
      readonly records: readonly Answer[]
      /** `false`: there is no such name (NXDOMAIN). */
      readonly exists: boolean
    }
  | NoRecords

/** What is not said with authority is a failure: it may come from a cache, and be old. @param name - in lower case */
export async function recordsAt(
  ask: AskServer,
  server: NameServer,
  name: string,
  type: ServerQuestion['type'],
): Promise<RecordsAt> {
  const reply = await ask(server, { name, type, recursion: false })
  if (reply.kind === 'silent') return { kind: 'failed', why: reply.why }
  const { code, authoritative, answers } = reply
  if (code !== 'NOERROR' && code !== 'NXDOMAIN') return { kind: 'failed', why: CODES[code] ?? code }
  if (!authoritative) return { kind: 'failed', why: `answers without authority: it does not serve the zone of ${name}` }
  const here = answers.filter((each) => plainName(each.name) === name)
  const alias = here.find((each) => each.type === 'CNAME')
  if (alias?.type === 'CNAME' && type !== 'CNAME') return { kind: 'alias', target: plainName(alias.data) }
  return { kind: 'records', records: here.filter((each) => each.type === type), exists: code === 'NOERROR' }
}

const CODES: Readonly<Record<string, string>> = {
  SERVFAIL: 'SERVFAIL: it cannot load or verify the zone, or a secondary whose copy has expired',
  REFUSED: 'REFUSED: it does not serve this zone, or not to this machine',
  NOTAUTH: 'NOTAUTH: it does not serve this zone',
}
