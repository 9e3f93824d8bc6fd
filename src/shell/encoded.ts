// Finds base64 and hexadecimal forms of secrets in a text: whole or in part, wrapped into lines, in groups, or as a
// dump with addresses. The time grows with the length of the text, whatever it contains.
import { indexOf, partsOf } from './common-parts.ts'
import { dumpOf, withColumns } from './hex-dump.ts'
import { joined, type Span } from './spans.ts'
import type { Untrusted } from './untrusted.ts'

/** A text without what may stand between the letters of an encoding, and where each of them stood. */
interface View {
  readonly letters: string
  /** Where a letter stood in the text. */
  at(index: number): number
}

/** How an encoding is written. */
interface Alphabet {
  /** By code. */
  readonly kinds: Uint8Array
  /** What may stand in front of letters, each one character and an `x`. */
  readonly prefixes: string
  /** As the needles have it. */
  readonly plain: (letters: Untrusted) => string
  /** This many letters of a longer needle tell it. */
  readonly telling: number
  /** Where there is nothing but them: a line of a wrapped text, shown by itself. */
  readonly tellingAlone: number
}

/** What a character is; any other one ends what came before. */
const LETTER = 1
const BETWEEN = 2

function kindsOf(letters: RegExp, between: RegExp): Uint8Array {
  const kindOf = (character: string): number =>
    letters.test(character) ? LETTER : between.test(character) ? BETWEEN : 0
  return Uint8Array.from({ length: 128 }, (_, code) => kindOf(String.fromCharCode(code)))
}

const BASE64: Alphabet = {
  kinds: kindsOf(/[A-Za-z0-9+/_-]/, /\s/),
  prefixes: '',
  plain: (letters) => letters.replaceAll('-', '+').replaceAll('_', '/'),
  telling: 15,
  tellingAlone: 6,
}
const HEX: Alphabet = {
  kinds: kindsOf(/[0-9A-Fa-f]/, /[\s:,]/),
  prefixes: '0\\',
  plain: (letters) => letters.toLowerCase(),
  telling: 16,
  tellingAlone: 8,
}
/** Of any encoding that is looked for. */
const SHORTEST = BASE64.tellingAlone
/** Shorter ones are looked for without anything between, for they could be numbers that stand side by side. */
const APART_FROM_BYTES = 6
/** Between needles, and between letters that do not belong together. */
const GAP_OF_NEEDLES = '\u0000'
const GAP = '\u0001'
/** From this size on, a line alone is not looked up. */
const LOOKED_UP = 1 << 18

/** @param secrets - at least four characters each. */
export function encodedIn(secrets: readonly string[]): (text: Untrusted) => readonly Span[] {
  let made: { readonly base64: Finder; readonly hex: Finder } | undefined
  return (text) => {
    if (secrets.length === 0 || text.length < SHORTEST) return []
    made ??= {
      base64: finder(
        secrets.flatMap((secret) => base64(Buffer.from(secret))),
        BASE64,
      ),
      hex: finder(secrets.filter((secret) => Buffer.byteLength(secret) >= APART_FROM_BYTES).map(hexOf), HEX),
    }
    const dump = dumpOf(text)
    const spans = [
      ...made.base64(viewOf(text, BASE64)),
      ...made.hex(viewOf(text, HEX)),
      ...(dump === undefined ? [] : withColumns(made.hex(viewOf(dump.hex, HEX)), dump.lines)),
    ]
    return joined(spans.map((span) => withPadding(span, text)))
  }
}

const hexOf = (secret: string): string => Buffer.from(secret).toString('hex')

/**
 * Inside a longer base64 text it stands at one of three places; the letters that its neighbours share are not its own.
 * Where nothing follows, the last one is.
 */
function base64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const from = before === 0 ? 0 : before + 1
    const own = whole.slice(from)
    // Of a long one any part is found.
    const shared = (before + bytes.length) % 3 !== 0 && own.length <= BASE64.telling
    return [own, ...(shared ? [own.slice(0, -1)] : [])].filter((each) => each.length >= BASE64.tellingAlone)
  })
}

function viewOf(text: Untrusted, alphabet: Alphabet): View {
  const { kinds, plain } = alphabet
  const starts: number[] = []
  const places: number[] = []
  const parts: string[] = []
  let length = 0
  let place = 0
  const take = (part: Untrusted, from: number): void => {
    starts.push(length)
    places.push(from)
    parts.push(part)
    length += part.length
  }
  while (place < text.length) {
    const kind = kinds[text.charCodeAt(place)] ?? 0
    const skipped = kind === BETWEEN ? 1 : skippedAt(text, place, alphabet)
    place += skipped
    if (skipped > 0) continue
    const from = place
    while (kinds[text.charCodeAt(place)] === LETTER) place += 1
    if (place > from) take(text.slice(from, place), from)
    else {
      if (length > 0 && parts.at(-1) !== GAP) take(GAP, from)
      place += 1
    }
  }
  return {
    letters: plain(parts.join('')),
    at(index) {
      let [low, high] = [0, starts.length - 1]
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if (starts[middle]! <= index) low = middle
        else high = middle - 1
      }
      return places[low]! + index - starts[low]!
    },
  }
}

/** How often JSON in JSON doubles a backslash that stands for a line feed. */
const BACKSLASHES = 4

/** What stands between letters without being a blank: `0x`, `\\x`, a line feed as JSON writes it; its length. */
function skippedAt(text: Untrusted, place: number, { kinds, prefixes }: Alphabet): number {
  const first = text[place]!
  if (first !== '\\' && first !== '0') return 0
  if (prefixes.includes(first) && text[place + 1] === 'x' && kinds[text.charCodeAt(place + 2)] === LETTER) return 2
  let after = place
  while (text[after] === '\\' && after - place < BACKSLASHES) after += 1
  return after > place && (text[after] === 'n' || text[after] === 'r') ? after + 1 - place : 0
}

type Finder = (view: View) => readonly Span[]

function finder(needles: readonly string[], { telling, tellingAlone }: Alphabet): Finder {
  const long = [...new Set(needles.filter((needle) => needle.length >= telling))]
  const short = [...new Set(needles.filter((needle) => needle.length < telling))]
  const book = long.join(GAP_OF_NEEDLES)
  const index = indexOf(book)
  return ({ letters, at }) => {
    const found = [...short.flatMap((needle) => placesOf(needle, letters)), ...partsOf(book, index, letters, telling)]
    const alone = letters.length >= tellingAlone && letters.length < telling && !letters.includes(GAP)
    if (alone && book.length <= LOOKED_UP && book.includes(letters)) found.push({ start: 0, end: letters.length })
    return found.map(({ start, end }) => ({ start: at(start), end: at(end - 1) + 1 }))
  }
}

function placesOf(needle: string, letters: string): readonly Span[] {
  const found: Span[] = []
  for (let start = letters.indexOf(needle); start >= 0; start = letters.indexOf(needle, start + needle.length))
    found.push({ start, end: start + needle.length })
  return found
}

/** What fills up the last letters of base64 says how many there are. */
function withPadding({ start, end }: Span, text: Untrusted): Span {
  let after = end
  while (after - end < 2 && text[after] === '=') after += 1
  return { start, end: after }
}
