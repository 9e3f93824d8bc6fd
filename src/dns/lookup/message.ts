// DNS messages (RFC 1035, section 4): writes questions, and parses answers of strangers. A name keeps every byte that
// it has, in the text form of `nameOfLabels`. (The package dns-packet reads labels as UTF-8 and joins them with dots,
// whatever they contain.)
import { SocketAddress } from 'node:net'
import { labelsOfName, nameOfLabels } from '../../mail/formats/name.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

interface RecordOf<Type extends string, Data> {
  readonly type: Type
  readonly name: Untrusted
  /** Seconds. */
  readonly ttl?: number
  readonly data: Data
}

/** Of the types that mailrun asks for; names as `nameOfLabels` writes them. */
export type Answer =
  | RecordOf<'A' | 'AAAA', string>
  | RecordOf<'NS' | 'CNAME' | 'PTR', Untrusted>
  | RecordOf<'TXT', readonly Untrusted<Uint8Array>[]>
  | RecordOf<'MX', { readonly preference: number; readonly exchange: Untrusted }>
  | RecordOf<'SOA', Soa>

export interface Soa {
  readonly mname: Untrusted
  readonly rname: Untrusted
  readonly serial: number
  /** Seconds. */
  readonly minimum: number
}

const TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28 } as const
export type QuestionType = keyof typeof TYPES
const TYPE_NAMES = new Map<number, QuestionType>(
  Object.entries(TYPES).map(([name, number]) => [number, name as QuestionType]),
)
const [IN, OPT] = [1, 41] as const
const HEADER_BYTES = 12

export interface Question {
  /** As `nameOfLabels` writes it; empty: the root. */
  readonly name: string
  readonly type: QuestionType
  /** Of resolvers alone. */
  readonly recursion: boolean
}

export interface Message {
  readonly id: number
  readonly response: boolean
  readonly authoritative: boolean
  readonly truncated: boolean
  /** `NOERROR`; `RCODE23` for one without a name. */
  readonly code: string
  /** `undefined`: none, as some servers answer FORMERR. */
  readonly question: { readonly name: Untrusted; readonly type: QuestionType | undefined } | undefined
  readonly answers: readonly Answer[]
  readonly authorities: readonly Answer[]
  readonly additionals: readonly Answer[]
}

/** RFC 1035, section 4.1.1; RFC 2136, section 2.2. */
const CODES = 'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE'.split(' ')

/** Bits of the header's third and fourth byte. */
const [RESPONSE, AUTHORITATIVE, TRUNCATED, RECURSION_DESIRED] = [0x8000, 0x0400, 0x0200, 0x0100] as const

/**
 * @param udpBytes - that an answer over UDP may have (EDNS, RFC 6891); `undefined`: without EDNS
 * @throws Error for a name that DNS cannot hold
 */
export function questionBytes(id: number, question: Question, udpBytes: number | undefined): Buffer {
  const labels = labelsOfName(question.name)
  if (labels === undefined) throw new Error(`${JSON.stringify(question.name)} is no name of DNS`)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(question.recursion ? RECURSION_DESIRED : 0, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(udpBytes === undefined ? 0 : 1, 10)
  const name = labels.flatMap((label) => [Buffer.from([label.length]), label])
  const opt = udpBytes === undefined ? [] : [Buffer.from([0, ...word(OPT), ...word(udpBytes), 0, 0, 0, 0, 0, 0])]
  return Buffer.concat([header, ...name, Buffer.from([0, ...word(TYPES[question.type]), ...word(IN)]), ...opt])
}

const word = (number: number): readonly number[] => [number >> 8, number & 0xff]

/** Nothing of a message counts that is not whole and well-formed. */
export function readMessage(bytes: Untrusted<Buffer>): Message | undefined {
  try {
    return new Reader(bytes).message()
  } catch (error) {
    if (error instanceof Malformed || error instanceof RangeError) return undefined
    throw error
  }
}

class Malformed extends Error {}

/** RFC 1035, section 2.3.4. */
const NAME_BYTES = 255
/** One after the other: a name has 127 labels at most. */
const MOST_POINTERS = 127

interface Name {
  readonly name: string
  /** In bytes, as it is written without pointers. */
  readonly size: number
  /** Where it stands, the place behind it. */
  readonly end: number
}

class Reader {
  readonly #bytes: Untrusted<Buffer>
  /** By their places. */
  readonly #known = new Map<number, Name>()
  #at = 0

  constructor(bytes: Untrusted<Buffer>) {
    this.#bytes = bytes
  }

  message(): Message {
    const [id, flags, questions, answers, authorities, additionals] = [1, 2, 3, 4, 5, 6].map(() => this.#word()) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    if (questions > 1) throw new Malformed()
    return {
      id,
      response: (flags & RESPONSE) !== 0,
      authoritative: (flags & AUTHORITATIVE) !== 0,
      truncated: (flags & TRUNCATED) !== 0,
      code: CODES[flags & 0xf] ?? `RCODE${flags & 0xf}`,
      question: questions === 0 ? undefined : this.#question(),
      answers: this.#records(answers),
      authorities: this.#records(authorities),
      additionals: this.#records(additionals),
    }
  }

  #question(): { readonly name: string; readonly type: QuestionType | undefined } {
    const [name, type, kind] = [this.#name(), this.#word(), this.#word()]
    return { name, type: kind === IN ? TYPE_NAMES.get(type) : undefined }
  }

  #records(count: number): readonly Answer[] {
    const records: Answer[] = []
    for (let read = 0; read < count; read += 1) {
      const [name, number, kind, ttl] = [this.#name(), this.#word(), this.#word(), this.#long()]
      const end = this.#word() + this.#at
      if (end > this.#bytes.length) throw new Malformed()
      const type = kind === IN ? TYPE_NAMES.get(number) : undefined
      if (type === undefined) this.#at = end
      // RFC 2181, section 8: a TTL with its first bit set counts as 0.
      else records.push({ name, ttl: ttl > 0x7fff_ffff ? 0 : ttl, ...this.#data(type, end) } as Answer)
      if (this.#at !== end) throw new Malformed()
    }
    return records
  }

  #data(type: QuestionType, end: number): Pick<Answer, 'type' | 'data'> {
    switch (type) {
      case 'A':
        return { type, data: [...this.#take(4)].join('.') }
      case 'AAAA':
        return { type, data: this.#ipv6() }
      case 'NS':
      case 'CNAME':
      case 'PTR':
        return { type, data: this.#name() }
      case 'MX':
        return { type, data: { preference: this.#word(), exchange: this.#name() } }
      case 'TXT':
        return { type, data: this.#strings(end) }
      case 'SOA':
        return { type, data: this.#soa() }
    }
  }

  #soa(): Soa {
    const [mname, rname, serial] = [this.#name(), this.#name(), this.#long()]
    this.#take(12)
    return { mname, rname, serial, minimum: this.#long() }
  }

  #strings(end: number): readonly Uint8Array[] {
    const strings: Uint8Array[] = []
    while (this.#at < end) strings.push(this.#take(this.#byte()))
    if (strings.length === 0) throw new Malformed()
    return strings
  }

  #ipv6(): string {
    const address = this.#take(16)
      .toString('hex')
      .replace(/.{4}(?!$)/g, '$&:')
    return new SocketAddress({ address, family: 'ipv6' }).address
  }

  #name(): string {
    const { name, end } = this.#nameAt(this.#at, 0)
    this.#at = end
    return name
  }

  /** Each pointer leads to before the name that it ends: so there is no loop. What it leads to is read once. */
  #nameAt(start: number, pointers: number): Name {
    const labels: Untrusted<Uint8Array>[] = []
    let [at, size] = [start, 1]
    for (;;) {
      const length = this.#bytes.readUInt8(at)
      if (length >= 0xc0) {
        const target = this.#bytes.readUInt16BE(at) - 0xc000
        if (target >= start || pointers > MOST_POINTERS) throw new Malformed()
        return this.#kept(start, labels, this.#known.get(target) ?? this.#nameAt(target, pointers + 1), size, at + 2)
      }
      size += length === 0 ? 0 : length + 1
      if (length > 63 || size > NAME_BYTES || at + 1 + length > this.#bytes.length) throw new Malformed()
      if (length === 0) return this.#kept(start, labels, { name: '', size: 1, end: 0 }, size, at + 1)
      labels.push(this.#bytes.subarray(at + 1, at + 1 + length))
      at += length + 1
    }
  }

  #kept(start: number, labels: readonly Untrusted<Uint8Array>[], rest: Name, own: number, end: number): Name {
    const size = own + rest.size - 1
    if (size > NAME_BYTES) throw new Malformed()
    const dot = labels.length > 0 && rest.name !== '' ? '.' : ''
    const name = { name: `${nameOfLabels(labels)}${dot}${rest.name}`, size, end }
    this.#known.set(start, name)
    return name
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Malformed()
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  #byte(): number {
    return this.#take(1).readUInt8()
  }

  #word(): number {
    return this.#take(2).readUInt16BE()
  }

  #long(): number {
    return this.#take(4).readUInt32BE()
  }
}
