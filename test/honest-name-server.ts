// A sound name server on this machine, for zones of a test: what it says is the same in every round.
import { createSocket } from 'node:dgram'
import { decode, encode, AUTHORITATIVE_ANSWER, type Answer } from 'dns-packet'
import type { ServerAddress } from '../src/dns/lookup/name-server.ts'

const within = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`)

/** @param records - of the zone, beside its SOA record; answers are small */
export async function honestNameServer(
  zone: string,
  records: readonly Answer[],
): Promise<ServerAddress & { close(): void }> {
  const socket = createSocket('udp4')
  const soa: Answer = {
    type: 'SOA',
    name: zone,
    ttl: 300,
    data: { mname: `ns1.${zone}`, rname: `x.${zone}`, serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 60 },
  }
  socket.on('message', (bytes, { port, address }) => {
    const { id, questions = [] } = decode(bytes)
    const { name = '', type = 'A' } = questions[0] ?? {}
    const known = within(name.toLowerCase(), zone)
    const answers = [...records, soa].filter((each) => each.name === name.toLowerCase() && each.type === type)
    const code = !known ? 5 : records.some((each) => within(each.name, name.toLowerCase())) || name === zone ? 0 : 3
    socket.send(
      encode({
        type: 'response',
        id: id ?? 0,
        flags: (known ? AUTHORITATIVE_ANSWER : 0) | code,
        questions,
        answers,
        authorities: known && answers.length === 0 ? [soa] : [],
      }),
      port,
      address,
    )
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { address: '127.0.0.1', port: socket.address().port, close: () => socket.close() }
}
