// Expands `$name` in values of Postfix's parameters, as its mac_expand(3) does. Each part of the result knows where it
// is written.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { compared, conditionalOf, type Conditional } from './conditional.ts'
import { macroAt } from './macro.ts'
import type { Range } from './range.ts'

/** Where a parameter is set: main.cf, or an option of a service. */
export interface Holder {
  readonly parameter: Untrusted
  /** Left out: main.cf. */
  readonly service?: Untrusted
  readonly value: Untrusted
}

/** A part of a holder's value, and the reference that led to it. */
export interface Place extends Range {
  readonly holder: Holder
  /** The reference that led to the holder. Left out: this is the value that was asked for. */
  readonly from?: Place
}

export interface Piece {
  readonly text: string
  readonly place: Place
}

export interface Expansion {
  readonly pieces: readonly Piece[]
  /** Names that were looked up. */
  readonly names: ReadonlySet<string>
  /** Why Postfix does not start with this value, or what mailrun does not know. */
  readonly problem?: string
}

/** Where a parameter is set; a text: its built-in value; `undefined`: mailrun does not know it. */
export type Lookup = (name: Untrusted) => Holder | string | undefined

/** Limits of one expansion. Postfix limits only the depth, and expands each of `$b$b` again. */
const MOST_TEXT = 65_536
const MOST_NAMES = 1000
const MOST_DEPTH = 100

class Stopped extends Error {}

/** The value of a holder, expanded. */
export function expansion(holder: Holder, lookup: Lookup): Expansion {
  const expanding = new Expanding(lookup)
  try {
    const pieces = expanding.parsed({ holder, start: 0, end: holder.value.length }, 0)
    return { pieces, names: expanding.names }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    return { pieces: [], names: expanding.names, problem: error.message }
  }
}

export const textOf = (pieces: readonly { readonly text: string }[]): string => pieces.map(({ text }) => text).join('')

class Expanding {
  readonly names = new Set<string>()
  readonly #lookup: Lookup
  #looked = 0
  #text = 0

  constructor(lookup: Lookup) {
    this.#lookup = lookup
  }

  /** mac_parse(3): text and macros of a place. */
  parsed(place: Place, depth: number): Piece[] {
    const { value, parameter } = place.holder
    if (depth > MOST_DEPTH) throw new Stopped(`${parameter} leads to itself`)
    const pieces: Piece[] = []
    for (let at = place.start; at < place.end;) {
      let end = at
      while (end < place.end && value[end] !== '$') end++
      if (end > at) pieces.push(this.#literal(place, at, end))
      at = end
      if (at >= place.end) break
      if (value[at + 1] === '$' && at + 1 < place.end) {
        pieces.push({ text: '$', place: { ...place, start: at, end: at + 2 } })
        at += 2
        continue
      }
      const found = macroAt(place.holder.value, { start: at, end: place.end })
      if (typeof found === 'string') throw new Stopped(`${parameter} has ${found}`)
      const { macro, after } = found
      for (const piece of this.#expanded({ ...place, start: at, end: after }, macro, depth + 1)) pieces.push(piece)
      at = after
    }
    return pieces
  }

  #literal(place: Place, start: number, end: number): Piece {
    this.#text += end - start
    if (this.#text > MOST_TEXT) throw new Stopped(`${place.holder.parameter} expands to more than ${MOST_TEXT} bytes`)
    return { text: place.holder.value.slice(start, end), place: { ...place, start, end } }
  }

  /** The value of a macro. */
  #expanded(reference: Place, macro: Range, depth: number): readonly Piece[] {
    const read = conditionalOf(reference.holder.value, macro)
    if (typeof read === 'string') throw new Stopped(`${reference.holder.parameter}: ${read}`)
    if (read.kind === 'name') return this.#named(reference, read.name, depth)
    const branch = this.#holds(reference, read, depth) ? read.then : read.otherwise
    return branch === undefined ? [] : this.parsed({ ...reference, ...branch }, depth)
  }

  #named(reference: Place, name: Untrusted, depth: number): readonly Piece[] {
    const found = this.#find(name)
    if (found === undefined) return [{ text: `$${name}`, place: reference }]
    if (typeof found === 'string') return found === '' ? [] : [{ text: found, place: reference }]
    return this.parsed({ holder: found, start: 0, end: found.value.length, from: reference }, depth)
  }

  #find(name: Untrusted): Holder | string | undefined {
    this.names.add(name)
    this.#looked += 1
    if (this.#looked > MOST_NAMES) throw new Stopped(`it names more than ${MOST_NAMES} parameters`)
    return this.#lookup(name)
  }

  #holds(reference: Place, { test }: Extract<Conditional, { kind: 'test' }>, depth: number): boolean {
    if ('name' in test) {
      const found = this.#find(test.name)
      if (found === undefined)
        throw new Stopped(`it depends on $${test.name}, whose built-in value mailrun does not know`)
      return (typeof found === 'string' ? found : found.value) !== ''
    }
    const [left, right] = [test.left, test.right].map((side) => {
      const text = textOf(this.parsed({ ...reference, ...side }, depth))
      if (text.includes('$')) throw new Stopped('it compares a value that mailrun does not know')
      return text
    }) as [string, string]
    return compared(left, test.operator, right)
  }
}
