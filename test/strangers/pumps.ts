// Texts that nearly match a regular expression: for each part that may come any number of times, what comes before it,
// and then that part again and again.

/** The longest that a part's own text grows to. */
const LONGEST = 60

interface Part {
  /** A text that the part matches. */
  readonly text: string
  readonly repeats: boolean
}

/** What to repeat, and what stands before it. */
export interface Pump {
  readonly before: string
  readonly again: string
}

/** @param source - of a regular expression; what is not understood in it is passed over. */
export function pumpsOf(source: string): readonly Pump[] {
  const pumps: Pump[] = []
  readAlternatives({ source, at: 0 }, '', pumps)
  return pumps.slice(0, 24)
}

interface Cursor {
  readonly source: string
  at: number
}

/** The first alternative's text. */
function readAlternatives(cursor: Cursor, before: string, pumps: Pump[]): string {
  let first: string | undefined
  let text = ''
  while (cursor.at < cursor.source.length && cursor.source[cursor.at] !== ')') {
    if (cursor.source[cursor.at] === '|') {
      first ??= text
      text = ''
      cursor.at += 1
      continue
    }
    const part = readPart(cursor, before + text, pumps)
    if (part.repeats && part.text !== '') pumps.push({ before: before + text, again: part.text })
    text = (text + part.text).slice(0, LONGEST)
  }
  pumps.push({ before, again: first ?? text }, { before, again: text })
  return first ?? text
}

function readPart(cursor: Cursor, before: string, pumps: Pump[]): Part {
  const text = readAtom(cursor, before, pumps)
  const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(cursor.source.slice(cursor.at))?.[0] ?? ''
  cursor.at += quantifier.length
  const least = Number(/^\{(\d+)/.exec(quantifier)?.[1] ?? 1)
  return { text: text.repeat(Math.min(least, 8) || 1), repeats: /^[*+]|,/.test(quantifier) }
}

function readAtom(cursor: Cursor, before: string, pumps: Pump[]): string {
  const { source } = cursor
  const char = source[cursor.at]!
  cursor.at += 1
  switch (char) {
    case '(': {
      const lead = /^\?(?::|=|!|<=|<!|<[A-Za-z]\w*>)/.exec(source.slice(cursor.at))?.[0] ?? ''
      cursor.at += lead.length
      const text = readAlternatives(cursor, before, pumps)
      cursor.at += 1
      return /^\?<?!/.test(lead) ? '' : text
    }
    case '[':
      return readClass(cursor)
    case '\\': {
      const escape = source[cursor.at]!
      cursor.at += 1
      if (escape === 'p' || escape === 'P') {
        cursor.at = source.indexOf('}', cursor.at) + 1
        return 'a'
      }
      return escaped(escape)
    }
    case '^':
    case '$':
      return ''
    case '.':
      return 'a'
    default:
      return char
  }
}

const escaped = (char: string): string =>
  ({ s: ' ', S: 'a', d: '1', D: 'a', w: 'a', W: ' ', n: '\n', r: '\r', t: '\t', b: '', B: '', 0: '\0' })[char] ?? char

/** A character of the class. */
function readClass(cursor: Cursor): string {
  const { source } = cursor
  const start = cursor.at
  while (source[cursor.at] !== ']') cursor.at += source[cursor.at] === '\\' ? 2 : 1
  const body = source.slice(start, cursor.at)
  cursor.at += 1
  const pattern = new RegExp(`[${body}]`)
  return ['a', '1', ' ', 'Z', ...body, '\n', '-', '.'].find((char) => pattern.test(char)) ?? 'a'
}
