// Finds the parts that two texts have in common, with an index of the words of one of them. The time grows with the
// length of the other text, whatever it contains.
import type { Span } from './spans.ts'

/** What two texts must have in common to be compared: at most half of what tells a needle. */
const GRAM = 8
/**
 * Where in the book words of {@link GRAM} letters stand, one after the other; 0: none, else one more than the place.
 */
export type Index = Int32Array

/** A word that comes again and again is kept so often. */
const KEPT = 8

export function indexOf(book: string): Index {
  const words = Math.ceil(book.length / GRAM)
  const index = new Int32Array(1 << (32 - Math.clz32(Math.max(8, 2 * words))))
  for (let place = 0; place + GRAM <= book.length; place += GRAM) {
    const slot = slotOf(book, place)
    for (let tried = 0; tried < KEPT; tried += 1) {
      const at = (slot + tried) & (index.length - 1)
      if (index[at] !== 0) continue
      index[at] = place + 1
      break
    }
  }
  return index
}

/** By multiplication, as FNV-1a does. */
function slotOf(text: string, place: number): number {
  let hash = 0x811c9dc5
  for (let offset = 0; offset < GRAM; offset += 1) hash = Math.imul(hash ^ text.charCodeAt(place + offset), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}

/** What of the book stands in the letters, at least `telling` of it. */
export function partsOf(book: string, index: Index, letters: string, telling: number): readonly Span[] {
  const found: Span[] = []
  let from = 0
  for (let place = 0; book !== '' && place + GRAM <= letters.length; place += 1) {
    const part = partAt(book, index, letters, place, from)
    if (part === undefined || part.end - part.start < telling) continue
    found.push(part)
    from = part.end
    place = part.end - 1
  }
  return found
}

/** The longest of those that are known of the word at `place`, back to `from` at most. */
function partAt(book: string, index: Index, letters: string, place: number, from: number): Span | undefined {
  const slot = slotOf(letters, place)
  let longest: Span | undefined
  for (let tried = 0; tried < KEPT; tried += 1) {
    const known = index[(slot + tried) & (index.length - 1)]! - 1
    if (known < 0) break
    if (!book.startsWith(letters.slice(place, place + GRAM), known)) continue
    let [start, end] = [place, place + GRAM]
    while (start > from && place - start < GRAM && book[known - (place - start) - 1] === letters[start - 1]) start -= 1
    while (end < letters.length && book[known + end - place] === letters[end]) end += 1
    if (longest === undefined || end - start > longest.end - longest.start) longest = { start, end }
  }
  return longest
}
