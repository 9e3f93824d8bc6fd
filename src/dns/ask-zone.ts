// What a name server that is to know says of a name: the records, that there are none, or why that cannot be told.
import { plainName, type AskServer } from './ask-server.ts'
import type { NameServer } from './name-server.ts'
import { mxRdata, txtRdata, type Rdata, type Rrset } from './rrset.ts'

export type ServerAnswer =
  | { readonly kind: 'found'; readonly rrset: Rrset }
  /** The server answers with authority that there are none. */
  | { readonly kind: 'none' }
  /** The name is an alias (CNAME), which allows no other records beside it. */
  | { readonly kind: 'alias'; readonly target: string }
  | { readonly kind: 'failed'; readonly why: string }

/** What is not said with authority is a failure: it may come from a cache, and be old. */
export async function askZone(ask: AskServer, server: NameServer, name: string, type: 'TXT' | 'MX'): Promise<ServerAnswer> {
  const reply = await ask(server, { name, type, recursion: false })
  if (reply.kind === 'silent') return { kind: 'failed', why: reply.why }
  const { code, authoritative, answers } = reply
  if (code !== 'NOERROR' && code !== 'NXDOMAIN') return { kind: 'failed', why: CODES[code] ?? code }
  if (!authoritative) return { kind: 'failed', why: `answers without authority: it does not serve the zone of ${name}` }
  const here = answers.filter((each) => plainName(each.name) === name)
  const alias = here.find((each) => each.type === 'CNAME')
  if (alias?.type === 'CNAME') return { kind: 'alias', target: plainName(alias.data) }
  const rdata = here.flatMap((each): readonly Rdata[] => {
    if (each.type === 'TXT' && type === 'TXT') return [txtRdata(stringsOf(each.data))]
    return each.type === 'MX' && type === 'MX' ? [mxRdata(each.data.preference ?? 0, plainName(each.data.exchange))] : []
  })
  const ttl = here.find((each) => each.type === type && 'ttl' in each)
  return rdata.length === 0 ? { kind: 'none' } : { kind: 'found', rrset: { ttl: (ttl as { readonly ttl?: number } | undefined)?.ttl ?? 0, rdata } }
}

const CODES: Readonly<Record<string, string>> = {
  SERVFAIL: 'SERVFAIL: it cannot load or verify the zone, or a secondary whose copy has expired',
  REFUSED: 'REFUSED: it does not serve this zone, or not to this machine',
  NOTAUTH: 'NOTAUTH: it does not serve this zone',
}

function stringsOf(data: string | Buffer | readonly (string | Buffer)[]): readonly Uint8Array[] {
  const list = Array.isArray(data) ? (data as readonly (string | Buffer)[]) : [data as string | Buffer]
  return list.map((each) => Buffer.from(each as Buffer))
}
