// The two ways in which OpenSSH 9.2 splits a line into words: strdelim() for keywords and Match, argv_split() of misc.c
// for arguments.

const DELIMITER = /[ \t\r\n"=]/

/**
 * The next word up to white space or one `=`, and what follows; the word is undefined where a quotation has no end or
 * nothing is left.
 */
export function nextWord(text: string | undefined): {
  readonly word: string | undefined
  readonly rest: string | undefined
} {
  if (text === undefined) return { word: undefined, rest: undefined }
  const at = text.search(DELIMITER)
  if (at < 0) return { word: text, rest: undefined }
  if (text[at] === '"') {
    const end = text.indexOf('"', at + 1)
    if (end < 0) return { word: undefined, rest: undefined }
    return { word: text.slice(0, at) + text.slice(at + 1, end), rest: withoutSpace(text.slice(end + 1)) }
  }
  let rest = withoutSpace(text.slice(at + 1))
  if (text[at] !== '=' && rest.startsWith('=')) rest = withoutSpace(rest.slice(1))
  return { word: text.slice(0, at), rest }
}

export const withoutSpace = (text: string): string => text.replace(/^[ \t\r\n]+/, '')

/**
 * Quotes of both kinds and backslashes; a word that begins with `#` ends the line. Undefined where a quotation has no
 * end.
 */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at]!
    if (char === ' ' || char === '\t') {
      at += 1
      continue
    }
    if (char === '#') break
    const { word, end } = oneWord(text, at)
    if (word === undefined) return undefined
    words.push(word)
    at = end
  }
  return words
}

function oneWord(text: string, from: number): { readonly word: string | undefined; readonly end: number } {
  let word = ''
  let quote = ''
  let at = from
  for (; at < text.length; at += 1) {
    const char = text[at]!
    const next = text[at + 1] ?? ''
    const escapable = quote === '' ? `'"\\ ` : `'"\\`
    if (char === '\\' && next !== '' && escapable.includes(next)) {
      at += 1
      word += next
    } else if (quote === '' && (char === ' ' || char === '\t')) break
    else if (quote === '' && (char === '"' || char === "'")) quote = char
    else if (quote !== '' && char === quote) quote = ''
    else word += char
  }
  return { word: quote === '' ? word : undefined, end: at }
}
