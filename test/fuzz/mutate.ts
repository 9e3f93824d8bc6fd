// Spoils a text in the ways in which texts are spoilt:
// cut, doubled, swapped, with pieces of its own language in the wrong places.
import type { Random } from './random.ts'

/** @param words - of the language that the text is in. */
export function mutated(random: Random, text: string, words: readonly string[]): string {
  let now = text
  for (let left = 1 + random.below(4); left > 0; left -= 1) now = once(random, now, words)
  return now
}

function once(random: Random, text: string, words: readonly string[]): string {
  const at = random.below(text.length + 1)
  const to = Math.min(text.length, at + 1 + random.below(random.oneIn(4) ? text.length + 1 : 8))
  const lines = text.split('\n')
  const line = random.below(lines.length)
  switch (random.below(9)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + text.slice(to)
    case 2:
      return text.slice(0, at) + random.pick(words) + text.slice(at)
    case 3:
      return text.slice(0, at) + random.pick(words) + text.slice(to)
    case 4:
      return text.slice(0, at) + character(random) + text.slice(at + 1)
    case 5:
      return text.slice(0, at) + text.slice(at, to).repeat(1 + random.below(3)) + text.slice(at)
    case 6:
      return lines.toSpliced(line, 1).join('\n')
    case 7:
      return lines.toSpliced(line, 0, lines[random.below(lines.length)]!).join('\n')
    default:
      return lines.toSpliced(line, 1, (random.oneIn(2) ? ' ' : '\t') + lines[line]!).join('\n')
  }
}

const ODD = [
  '\0',
  '\r',
  '\n',
  '\t',
  ' ',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '\ufffd',
  '\ud800',
  'é',
  '中',
  '😀',
  '%',
  '$',
  '\\',
  "'",
  '"',
  '`',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '<',
  '>',
  '|',
  '&',
  ';',
  ':',
  '#',
  '!',
  '*',
  '?',
  '=',
  ',',
  '-',
  '~',
  '@',
  '/',
  '.',
  '0',
  '9',
  'a',
  'Z',
  '_',
]

export const character = (random: Random): string => random.pick(ODD)

/** Of odd and ordinary characters. */
export const text = (random: Random, most: number): string =>
  random.list(most, () => (random.oneIn(3) ? character(random) : 'abcxyz019'[random.below(9)]!)).join('')
