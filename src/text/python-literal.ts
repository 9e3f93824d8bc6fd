// Reads Python literals, as ast.literal_eval does for the values in Ansible's INI inventories: numbers, texts, lists,
// dictionaries, True, False, None.

/** What is no literal stands for itself, as a text: `{ literal: false }`. */
export function pythonLiteral(text: string): { readonly literal: boolean; readonly value: unknown } {
  const reader = new Reader(text)
  try {
    const value = reader.whole()
    return { literal: true, value }
  } catch (error) {
    if (error instanceof NoLiteral) return { literal: false, value: text }
    throw error
  }
}

class NoLiteral extends Error {}

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
const NUMBER = /^[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/
const WORDS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null }
/** Nested deeper than this nothing is meant. */
const DEPTH = 100

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text.replace(/^[ \t]+/, '')
  }

  whole(): unknown {
    if (this.#text.includes('\0')) throw new NoLiteral()
    const value = this.#value(0)
    this.#blanks()
    // Without brackets, commas make a tuple.
    if (this.#peek() === ',') return this.#rest([value])
    if (this.#peek() !== '' && this.#peek() !== '#') throw new NoLiteral()
    return value
  }

  #rest(items: unknown[]): unknown[] {
    while (this.#peek() === ',') {
      this.#at += 1
      this.#blanks()
      if (this.#peek() === '') break
      items.push(this.#value(0))
      this.#blanks()
    }
    if (this.#peek() !== '' && this.#peek() !== '#') throw new NoLiteral()
    return items
  }

  #value(depth: number): unknown {
    if (depth > DEPTH) throw new NoLiteral()
    this.#blanks()
    const char = this.#peek()
    if (char === '[') return this.#items(']', depth)
    if (char === '(') return this.#tuple(depth)
    if (char === '{') return this.#braces(depth)
    if (/^[rRuU]?['"]/.test(this.#text.slice(this.#at))) return this.#texts()
    const word = /^(?:True|False|None)\b/.exec(this.#text.slice(this.#at))?.[0]
    if (word !== undefined) {
      this.#at += word.length
      return WORDS[word]
    }
    return this.#number()
  }

  #number(): number {
    const found = NUMBER.exec(this.#text.slice(this.#at))?.[0]
    if (found === undefined) throw new NoLiteral()
    // A number is not followed by letters, and has no stray underscores; a whole one has no leading zeros.
    const goesOn = /[\w.]/.test(this.#text[this.#at + found.length] ?? '')
    const hasLeadingZero = /^[+-]?0[\d_]*[1-9][\d_]*$/.test(found)
    const hasStrayUnderscore = /__|_$|_[.eE]|\._/.test(found)
    if (goesOn || hasLeadingZero || hasStrayUnderscore) throw new NoLiteral()
    this.#at += found.length
    const plain = found.replaceAll('_', '')
    const [, sign = '', digits = ''] = /^([+-]?)(.*)$/.exec(plain) ?? []
    const value = Number(digits)
    const isWhole = Number.isInteger(value) && !/[.eE]/.test(digits)
    // A whole number that JavaScript cannot hold exactly stays a text.
    if (Number.isNaN(value) || (isWhole && !Number.isSafeInteger(value))) throw new NoLiteral()
    return sign === '-' ? -value : value
  }

  /** Adjacent texts are one. */
  #texts(): string {
    let all = ''
    while (/^[rRuU]?['"]/.test(this.#text.slice(this.#at))) {
      all += this.#one()
      this.#blanks()
    }
    return all
  }

  #one(): string {
    const rawText = /[rR]/.test(this.#peek())
    if (/[rRuU]/.test(this.#peek())) this.#at += 1
    const quote = this.#text.startsWith(this.#peek().repeat(3), this.#at) ? this.#peek().repeat(3) : this.#peek()
    this.#at += quote.length
    let text = ''
    for (;;) {
      if (this.#at >= this.#text.length) throw new NoLiteral()
      if (this.#text.startsWith(quote, this.#at)) break
      const char = this.#peek()
      if (char !== '\\') {
        text += char
        this.#at += 1
        continue
      }
      text += this.#escape(rawText)
    }
    this.#at += quote.length
    return text
  }

  #escape(rawText: boolean): string {
    const next = this.#text[this.#at + 1]
    if (next === undefined) throw new NoLiteral()
    const code = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3}))/.exec(
      this.#text.slice(this.#at),
    )
    if (!rawText && code !== null) {
      this.#at += code[0].length
      const point =
        code[4] !== undefined ? Number.parseInt(code[4], 8) : Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '0', 16)
      if (point > 0x10ffff) throw new NoLiteral()
      return String.fromCodePoint(point)
    }
    // Too few digits, and names of characters.
    if (!rawText && /[xuUN]/.test(next)) throw new NoLiteral()
    this.#at += 2
    return rawText || ESCAPES[next] === undefined ? `\\${next}` : ESCAPES[next]
  }

  #items(end: string, depth: number): unknown[] {
    this.#at += 1
    const items: unknown[] = []
    for (;;) {
      this.#blanks()
      if (this.#peek() === end) break
      items.push(this.#value(depth + 1))
      this.#blanks()
      if (this.#peek() === ',') this.#at += 1
      else if (this.#peek() !== end) throw new NoLiteral()
    }
    this.#at += 1
    return items
  }

  /** One item without a comma is no tuple. */
  #tuple(depth: number): unknown {
    const from = this.#at
    const items = this.#items(')', depth)
    const inner = this.#text.slice(from + 1, this.#at - 1).trimEnd()
    return items.length === 1 && !inner.endsWith(',') ? items[0] : items
  }

  #braces(depth: number): unknown {
    this.#at += 1
    const entries: [string, unknown][] = []
    const items: unknown[] = []
    for (;;) {
      this.#blanks()
      if (this.#peek() === '}') break
      const key = this.#value(depth + 1)
      this.#blanks()
      if (this.#peek() === ':') {
        this.#at += 1
        if (typeof key === 'object' && key !== null) throw new NoLiteral()
        entries.push([String(key), this.#value(depth + 1)])
        this.#blanks()
      } else items.push(key)
      if (this.#peek() === ',') this.#at += 1
      else if (this.#peek() !== '}') throw new NoLiteral()
    }
    this.#at += 1
    if (items.length > 0 && entries.length > 0) throw new NoLiteral()
    return items.length > 0 ? items : Object.fromEntries(entries)
  }

  #blanks(): void {
    while (/[ \t\r\n]/.test(this.#peek())) this.#at += 1
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }
}
