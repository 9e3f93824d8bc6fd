// Matches texts with patterns of `*` and `?`. The time is at most the length of the pattern times that of the text.

/**
 * A pattern character by character: `*`, `?`, a character that stands for itself, or a set of them. A text is one
 * without sets.
 */
export type Wild = ArrayLike<string | ((char: string) => boolean)>

const takes = (token: Wild[number] | undefined, char: string): boolean =>
  typeof token === 'function' ? token(char) : token === '?' || token === char

/** Whether the pattern is the whole text's. */
export function matchesWild(wild: Wild, text: string): boolean {
  let at = 0
  let next = 0
  /** Where the last star stands, and how much of the text it has eaten: no earlier star ever need eat more. */
  let star = -1
  let eaten = 0
  while (at < text.length) {
    const token = wild[next]
    const char = text[at]!
    if (token === '*') {
      star = next
      eaten = at
      next += 1
    } else if (takes(token, char)) {
      at += 1
      next += 1
    } else if (star >= 0) {
      eaten += 1
      at = eaten
      next = star + 1
    } else return false
  }
  while (wild[next] === '*') next += 1
  return next === wild.length
}
