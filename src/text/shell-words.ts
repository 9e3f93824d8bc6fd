// Splits a line into words as Python's shlex.split does. Ansible reads INI inventories and arguments for ssh in this
// way.

/** @throws Error for a quotation without an end, and for a backslash at the end. */
export function shellWords(line: string, { comments }: { readonly comments: boolean }): readonly string[] {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at]!
    if (/[ \t\r\n]/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (comments && char === '#') {
      // Also within a word: `a#b` is `a`.
      const end = line.indexOf('\n', at)
      if (end < 0) break
      at = end - 1
    } else if (char === '\\') {
      at += 1
      if (at >= line.length) throw new Error('No escaped character')
      word = (word ?? '') + line[at]!
    } else if (char === "'" || char === '"') {
      const [text, end] = quoted(line, at, char)
      word = (word ?? '') + text
      at = end
    } else word = (word ?? '') + char
  }
  if (word !== undefined) words.push(word)
  return words
}

/** The text, and where its closing quote stands; in double quotes a backslash escapes a quote and itself. */
function quoted(line: string, from: number, quote: string): readonly [string, number] {
  let text = ''
  for (let at = from + 1; at < line.length; at += 1) {
    const char = line[at]!
    if (char === quote) return [text, at]
    const next = line[at + 1]
    const isEscape = quote === '"' && char === '\\'
    if (isEscape && (next === '"' || next === '\\')) {
      at += 1
      text += line[at]!
    } else text += char
  }
  throw new Error('No closing quotation')
}
