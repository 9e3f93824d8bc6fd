// Reads Python literals of one line, as ast.literal_eval does for values in Ansible's INI inventories: numbers, texts,
// lists, dictionaries, True, False, None.

/** What is no literal stands for itself, as a text: `{ literal: false }`. */
export function pythonLiteral(text: string): { readonly literal: boolean; readonly value: unknown } {
  try {
    return { literal: true, value: new Reader(tokensOf(text)).whole() }
  } catch (error) {
    if (error instanceof NoLiteral) return { literal: false, value: text }
    throw error
  }
}

class NoLiteral extends Error {}

/** A value by itself, or one of `[ ] ( ) { } , :`; the last is `end`. */
type Token = { readonly value: string | number | boolean | null } | { readonly sign: string }

const BLANKS = /[ \t\r\n]*/y
const SIGN = /[[\](){},:]/y
const WORD = /(?:True|False|None)\b/y
const WORDS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null }
const NUMBER =
  /([+-]?)(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?![\w.])/y
const QUOTE = /([rRuU]?)('''|"""|'|")/y
/** Without quotes, or one: whether that ends the text is looked at before. */
const PLAIN = /[^\\'"]+|['"]/y
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([^xuUN]))/suy
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
}

function tokensOf(text: string): readonly Token[] {
  if (text.includes('\0')) throw new NoLiteral()
  const tokens: Token[] = []
  const texts: string[] = []
  let at = 0
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    at += found?.[0].length ?? 0
    return found
  }
  for (;;) {
    next(BLANKS)
    const quote = next(QUOTE)
    if (quote !== null) {
      const { end, value } = textFrom(text, at, quote[2]!, /r/i.test(quote[1]!))
      texts.push(value)
      at = end
      continue
    }
    // Adjacent texts are one.
    if (texts.length > 0) tokens.push({ value: texts.splice(0).join('') })
    if (at === text.length || text[at] === '#') return [...tokens, { sign: 'end' }]
    tokens.push(tokenFrom(next))
  }
}

function tokenFrom(next: (pattern: RegExp) => RegExpExecArray | null): Token {
  const sign = next(SIGN)?.[0]
  if (sign !== undefined) return { sign }
  const word = next(WORD)?.[0]
  return { value: word === undefined ? numberOf(next(NUMBER)) : WORDS[word]! }
}

function numberOf(found: RegExpExecArray | null): number {
  const [, sign, digits = ''] = found ?? []
  // It has no stray underscores, and a whole one no leading zeros.
  if (/^$|__|_$|_[.eE]|\._|^0[\d_]*[1-9][\d_]*$/.test(digits)) throw new NoLiteral()
  const value = Number(digits.replaceAll('_', ''))
  const isWhole = Number.isInteger(value) && !/[.eE]/.test(digits)
  // A whole number that JavaScript cannot hold exactly stays a text.
  if (Number.isNaN(value) || (isWhole && !Number.isSafeInteger(value))) throw new NoLiteral()
  return sign === '-' ? -value : value
}

/** The text whose first character stands at `from`; `end` is behind its closing quote. */
function textFrom(text: string, from: number, quote: string, isRaw: boolean): { end: number; value: string } {
  const parts: string[] = []
  let at = from
  while (!text.startsWith(quote, at)) {
    PLAIN.lastIndex = at
    ESCAPE.lastIndex = at
    const plain = PLAIN.exec(text)?.[0]
    const escape = isRaw ? /^\\[^]/.exec(text.slice(at, at + 2)) : ESCAPE.exec(text)
    const piece = plain ?? escape?.[0]
    // It ends without a quote, or in half an escape: too few digits, or the name of a character.
    if (piece === undefined) throw new NoLiteral()
    parts.push(plain === undefined && !isRaw ? unescaped(escape!) : piece)
    at += piece.length
  }
  return { end: at + quote.length, value: parts.join('') }
}

function unescaped([written, x, u, U, octal, letter]: RegExpExecArray): string {
  if (letter !== undefined) return ESCAPES[letter] ?? written
  const point = octal === undefined ? Number.parseInt((x ?? u ?? U)!, 16) : Number.parseInt(octal, 8)
  if (point > 0x10ffff) throw new NoLiteral()
  return String.fromCodePoint(point)
}

/** Nested deeper than this nothing is meant. */
const DEPTH = 100

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  /** Without brackets, commas make a tuple. */
  whole(): unknown {
    const first = this.#value(0)
    if (this.#take('end')) return first
    if (!this.#take(',')) throw new NoLiteral()
    return [first, ...this.#until('end', () => this.#value(0)).items]
  }

  #value(depth: number): unknown {
    if (depth > DEPTH) throw new NoLiteral()
    const inner = (): unknown => this.#value(depth + 1)
    if (this.#take('[')) return this.#until(']', inner).items
    if (this.#take('(')) {
      const { items, endsInComma } = this.#until(')', inner)
      return items.length === 1 && !endsInComma ? items[0] : items
    }
    if (this.#take('{')) return this.#braces(inner)
    const token = this.#tokens[this.#at++]!
    if ('sign' in token) throw new NoLiteral()
    return token.value
  }

  /** A dictionary, or a set, which is a list here. */
  #braces(inner: () => unknown): unknown {
    const entries: [string, unknown][] = []
    const { items } = this.#until('}', () => {
      const key = inner()
      if (!this.#take(':')) return key
      if (typeof key === 'object' && key !== null) throw new NoLiteral()
      entries.push([String(key), inner()])
      return key
    })
    if (entries.length > 0 && entries.length < items.length) throw new NoLiteral()
    return entries.length < items.length ? items : Object.fromEntries(entries)
  }

  #until(end: string, item: () => unknown): { readonly items: readonly unknown[]; readonly endsInComma: boolean } {
    const items: unknown[] = []
    let endsInComma = false
    while (!this.#take(end)) {
      if (items.length > 0 && !endsInComma) throw new NoLiteral()
      items.push(item())
      endsInComma = this.#take(',')
    }
    return { items, endsInComma }
  }

  #take(sign: string): boolean {
    const token = this.#tokens[this.#at]
    const isIt = token !== undefined && 'sign' in token && token.sign === sign
    if (isIt) this.#at += 1
    return isIt
  }
}
