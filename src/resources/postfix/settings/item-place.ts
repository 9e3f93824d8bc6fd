// The place of an item in a list of Postfix: the parameter, and the position in its value.
import type { Expansion, Holder, Piece, Place } from './expand.ts'
import type { Range } from './range.ts'

export interface Edit extends Range {
  readonly holder: Holder
}

/** Finds places in one expanded list. */
export class ItemPlaces {
  readonly #pieces: readonly Piece[]
  /** Where each piece begins in the text. */
  readonly #starts: readonly number[]

  constructor({ pieces }: Expansion) {
    this.#pieces = pieces
    let at = 0
    this.#starts = pieces.map(({ text }) => {
      const start = at
      at += text.length
      return start
    })
  }

  /** The innermost value that holds all of a part of the text, by itself or by what it refers to. */
  placeOf({ start, end }: Range): Edit | undefined {
    const chains: Place[][] = []
    for (let index = this.#indexOf(start); index < this.#pieces.length && this.#starts[index]! < end; index++)
      chains.push(chainOf(partOf(this.#pieces[index]!, this.#starts[index]!, { start, end })))
    const [first, ...rest] = chains
    if (first === undefined) return undefined
    let depth = 0
    while (rest.every((chain) => isAt(chain, first, depth + 1))) {
      if (depth + 1 >= first.length) break
      depth += 1
    }
    const places = chains.map((chain) => chain[depth]!)
    return {
      holder: places[0]!.holder,
      start: Math.min(...places.map((place) => place.start)),
      end: Math.max(...places.map((place) => place.end)),
    }
  }

  /** The last piece that begins there or before. */
  #indexOf(at: number): number {
    let [low, high] = [0, this.#starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= at) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** The place of a part of a piece; of what is not written as it reads, the whole. */
function partOf({ text, place }: Piece, begins: number, { start, end }: Range): Place {
  if (place.holder.value.slice(place.start, place.end) !== text) return place
  const [from, to] = [Math.max(start - begins, 0), Math.min(end - begins, text.length)]
  return { ...place, start: place.start + from, end: place.start + to }
}

/** From the value that was asked for down to the place. */
function chainOf(place: Place): Place[] {
  const chain: Place[] = []
  for (let at: Place | undefined = place; at !== undefined; at = at.from) chain.push(at)
  return chain.reverse()
}

/** Whether both come to the same value at this depth, by the same reference. */
function isAt(chain: readonly Place[], first: readonly Place[], depth: number): boolean {
  if (chain[depth] === undefined || first[depth] === undefined) return false
  const [by, byOther] = [chain[depth - 1], first[depth - 1]]
  return by?.start === byOther?.start && by?.end === byOther?.end
}
