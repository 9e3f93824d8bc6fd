// A name server that answers as it likes: each way of it is a behaviour, and a seed chooses what it says.
import type { Socket } from 'node:net'
import { mixed, randomOf, type Random } from './fuzz/random.ts'
import { readMessage, type Message } from '../src/dns/lookup/message.ts'
import {
  hostileServer,
  mxRecord,
  rawName,
  rawRecord,
  rawReply,
  type Behaviour,
  type HostileServer,
} from './unit/dns/hostile-server.ts'

export const DNS_BEHAVIOURS = [
  'odd-names',
  'spoiled',
  'guesses',
  'loops',
  'huge',
  'lies',
  'texts',
  'codes',
  'floods',
  'drips',
] as const
export type DnsBehaviour = (typeof DNS_BEHAVIOURS)[number]

/** The zone that it serves, and one that it does not serve and lies about. */
export interface HostileZone {
  readonly zone: string
  readonly other: string
}

type Records = readonly Buffer[]
const TYPE = { A: 1, NS: 2, CNAME: 5, SOA: 6, MX: 15, TXT: 16, AAAA: 28 } as const
/** Bits of a message's flags: an answer with authority; cut short. */
const [AUTHORITATIVE, CUT] = [0x8400, 0x8600] as const
const DRIP_MS = 150
/** Of one flood over TCP. */
const FLOOD_BYTES = 64 << 20

const TEXTS = [
  'v=spf1 -all',
  'v=spf1 include:OTHER include:ZONE include:%{d}.ZONE a:%{i}.%{s} ~all',
  `v=spf1 ${'include:x.ZONE '.repeat(200)}-all`,
  'v=spf1 redirect=ZONE',
  'v=spf1 ip4:0.0.0.0/0 ip6:::/0 +all',
  `v=spf1${' '.repeat(5000)}-all`,
  'v=DMARC1; p=reject; rua=mailto:x@OTHER,mailto:\u001b]52;c;aGk=\u0007@ZONE',
  `v=DMARC1; ${'p=none; '.repeat(2000)}`,
  'v=DKIM1; k=rsa; p=',
  `v=DKIM1; p=${'A'.repeat(60_000)}`,
  `v=DKIM1; h=sha256; p=MIIBIjANBg\n\u001b[2J\nserved  all 4 records`,
  '\u202e\u2066\u200f\u061c\u2028 hidden',
  '\n\r\t\u0000\u009b31m"\\;(',
  '<script>|`id`$(id)',
] as const
const LABELS = [
  'x\ny',
  'a.b',
  '\u001b[2J',
  '"',
  '\\',
  ' ',
  '-',
  '*',
  '_domainkey',
  'evil',
  'test',
  '',
  '(',
  ';',
] as const

const label = (random: Random): Uint8Array =>
  random.oneIn(3)
    ? Buffer.from(random.pick(LABELS)).subarray(0, 63)
    : Buffer.from(Array.from({ length: 1 + random.below(random.oneIn(4) ? 63 : 6) }, () => random.below(256)))

/** A label of no bytes would be the root. */
const name = (random: Random, zone: Labels): Buffer =>
  rawName([label(random), ...random.list(4, () => label(random)), ...zone].filter((each) => each.length > 0))

const strings = (bytes: Uint8Array): Buffer =>
  Buffer.concat(
    Array.from({ length: Math.max(1, Math.ceil(bytes.length / 255)) }, (_, index) => {
      const piece = bytes.subarray(index * 255, index * 255 + 255)
      return Buffer.concat([Buffer.from([piece.length]), piece])
    }),
  )
const txt = (text: string, owner?: Uint8Array): Buffer => rawRecord(TYPE.TXT, strings(Buffer.from(text)), owner)
const cname = (target: Uint8Array): Buffer => rawRecord(TYPE.CNAME, target)
const soa = (owner: Uint8Array, mname: Uint8Array): Buffer =>
  rawRecord(TYPE.SOA, Buffer.concat([mname, rawName(['x']), Buffer.alloc(16, 1), Buffer.from([0, 0, 0, 60])]), owner)

const soundSoa = (zone: Labels): Buffer => soa(rawName(zone), rawName(['ns1', ...zone]))

type Labels = readonly string[]

interface Saying {
  readonly random: Random
  readonly zone: Labels
  readonly other: Labels
}

/** What stands in the answer to a question. */
function recordsFor(behaviour: DnsBehaviour, type: number, { random, zone, other }: Saying): Records {
  const text = (): string => random.pick(TEXTS).replaceAll('ZONE', zone.join('.')).replaceAll('OTHER', other.join('.'))
  // Its zone is found more often than not, so that what is below is asked for.
  if (type === TYPE.SOA && !random.oneIn(4)) return [soundSoa(zone)]
  switch (behaviour) {
    case 'odd-names':
      return [
        soa(random.oneIn(2) ? rawName(zone) : name(random, zone), name(random, zone)),
        ...random.list(4, () => cname(name(random, zone))),
        ...random.list(8, () =>
          mxRecord(
            random.below(65_536),
            [label(random), ...zone].filter((each) => each.length > 0),
          ),
        ),
        ...random.list(3, () => rawRecord(TYPE.NS, name(random, zone))),
      ]
    case 'loops':
      return [cname(rawName([random.oneIn(2) ? 'loop' : `n${random.below(1e6)}`, ...zone]))]
    case 'huge':
      return random.oneIn(2)
        ? Array.from({ length: 900 }, (_, index) => txt(`${index} ${text().slice(0, 40)}`))
        : [txt(text()), txt('y'.repeat(1 + random.below(60_000)))]
    case 'lies':
      return [
        txt('v=spf1 +all', rawName(other)),
        txt('v=DKIM1; p=', rawName(['mx1', '_domainkey', ...other])),
        soa(random.pick([rawName([]), rawName(['test']), rawName(other)]), rawName(['ns1', ...other])),
        cname(rawName(other)),
      ].filter(() => !random.oneIn(3))
    case 'texts':
      return random.list(6, () => txt(text()))
    default:
      return [txt(text())]
  }
}

/** Bytes are changed, taken out, or come twice. */
function spoiled(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes)
  for (let count = 1 + random.below(8); count > 0; count -= 1)
    changed.writeUInt8(random.below(256), 2 + random.below(changed.length - 2))
  const cut = random.below(changed.length)
  return random.oneIn(3)
    ? changed.subarray(0, cut)
    : random.oneIn(3)
      ? Buffer.concat([changed, changed.subarray(cut)])
      : changed
}

interface Asked extends Saying {
  readonly question: Buffer
  readonly message: Message
}

function datagrams(behaviour: DnsBehaviour, asked: Asked): readonly Buffer[] {
  const { question, message, random } = asked
  const type = (TYPE[message.question?.type as keyof typeof TYPE] as number | undefined) ?? 0
  const records = recordsFor(behaviour, type, asked)
  const sound = rawReply(question, records)
  switch (behaviour) {
    case 'spoiled':
      return [spoiled(sound, random)]
    case 'guesses':
      return Array.from({ length: random.pick([20, 90, 300]) }, (_, index) => {
        const guess = Buffer.from(sound)
        guess.writeUInt16BE((message.id + 1 + index) & 0xffff, 0)
        return guess
      })
    case 'codes':
      return [rawReply(question, [], random.pick([0x8000, AUTHORITATIVE, 0x8403, CUT, 0x0400]) | random.below(16))]
    case 'floods':
    case 'drips':
      return [rawReply(question, [], CUT)]
    default:
      return sound.length > 1200 ? [rawReply(question, [], CUT)] : [sound]
  }
}

function overTcp(behaviour: DnsBehaviour, socket: Socket, asked: Asked): void {
  const { question, random } = asked
  const records = recordsFor(behaviour, TYPE.TXT, asked)
  const answer = rawReply(question, records).subarray(0, 0xffff)
  const framed = Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 0xff]), answer])
  switch (behaviour) {
    case 'drips': {
      let at = 0
      const drip = setInterval(() => socket.write(framed.subarray(at, (at += 1))), DRIP_MS)
      socket.on('close', () => clearInterval(drip))
      return
    }
    case 'floods': {
      let sent = 0
      const flood = (): void => {
        if (socket.destroyed || sent >= FLOOD_BYTES) return
        sent += 1 << 16
        socket.write(Buffer.alloc(1 << 16, random.below(256)), flood)
      }
      socket.write(random.oneIn(2) ? framed : Buffer.from([0xff, 0xff]), flood)
      return
    }
    case 'spoiled':
    case 'codes':
      if (random.oneIn(2)) socket.destroy()
      else socket.end(spoiled(framed, random))
      return
    default:
      socket.end(framed)
  }
}

/** @param seed - chooses by each question what is said */
export function hostileManners(
  behaviour: DnsBehaviour,
  seed: number,
  { zone, other }: HostileZone,
): Required<Pick<Behaviour, 'udp' | 'tcp'>> {
  const labels = { zone: zone.split('.'), other: other.split('.') }
  let count = 0
  const readBy = (question: Buffer): Asked | undefined => {
    const message = readMessage(question)
    const random = randomOf(mixed(seed, message?.question?.name ?? '', (count += 1)))
    return message === undefined ? undefined : { question, message, random, ...labels }
  }
  return {
    udp(question) {
      const asked = readBy(question)
      return asked === undefined ? [] : datagrams(behaviour, asked)
    },
    tcp: (socket) =>
      socket.on('data', (bytes: Buffer) => {
        const asked = readBy(bytes.subarray(2))
        if (asked !== undefined) overTcp(behaviour, socket, asked)
      }),
  }
}

/** Serves a zone on 127.0.0.1, in its way. */
export const hostileNameServer = (behaviour: DnsBehaviour, seed: number, zones: HostileZone): Promise<HostileServer> =>
  hostileServer(hostileManners(behaviour, seed, zones))
