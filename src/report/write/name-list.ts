// Writes names of hosts, and places, in one line, shortened if there are many.

const SHOWN_AT_MOST = 6

/** `mx1, mx2 and mx3`; of many: `mx1, mx2, mx3, mx4, mx5 and 15 more`. */
export function nameList(names: readonly string[]): string {
  if (names.length <= 1) return names.join('')
  if (names.length <= SHOWN_AT_MOST) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return `${names.slice(0, SHOWN_AT_MOST - 1).join(', ')} and ${names.length - SHOWN_AT_MOST + 1} more`
}

/** `a; b; c`; of many: `a; b; c; d; e; and 15 more`. */
export function placeList(places: readonly string[]): string {
  if (places.length <= SHOWN_AT_MOST) return places.join('; ')
  return `${places.slice(0, SHOWN_AT_MOST - 1).join('; ')}; and ${places.length - SHOWN_AT_MOST + 1} more`
}

/** Lines, of which the last counts those that are left out. */
export const shortened = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more`]

export const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`
