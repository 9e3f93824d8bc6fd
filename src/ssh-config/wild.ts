// A file name against a pattern of stars, bytes and sets of bytes, in time that grows with pattern times name.

const STAR = -1
const ANY = -2
/** A byte, STAR, ANY, or a set of bytes, as glob(7) has them. */
export type Wild = readonly (number | ((byte: number) => boolean))[]

export const wildOf = (pattern: string): Wild => Array.from(pattern, (char) => (char === '*' ? STAR : char === '?' ? ANY : char.charCodeAt(0)))

/** The whole text, which is bytes. */
export function matches(wild: Wild, text: string): boolean {
  let at = 0
  let inText = 0
  let star = -1
  let resume = 0
  while (inText < text.length) {
    const token = wild[at]
    const byte = text.charCodeAt(inText)
    if (token === STAR) {
      star = at
      resume = inText
      at += 1
    } else if (token === byte || token === ANY || (typeof token === 'function' && token(byte))) {
      at += 1
      inText += 1
    } else if (star >= 0) {
      at = star + 1
      resume += 1
      inText = resume
    } else return false
  }
  while (wild[at] === STAR) at += 1
  return at === wild.length
}
