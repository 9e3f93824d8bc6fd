// Turns shell wildcards (* ? [abc] [!abc]) into a regular expression, as Python's fnmatch does.

/** Matches the whole text. */
export function fileNamePattern(pattern: string): RegExp {
  let expression = ''
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at]!
    const set = char === '[' ? /^\[(!?)(\]?[^\]]*)\]/s.exec(pattern.slice(at)) : null
    if (char === '*') expression += '.*'
    else if (char === '?') expression += '.'
    else if (set !== null) {
      expression += setExpression([...set[2]!], set[1] === '!')
      at += set[0].length - 1
    } else expression += char.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  }
  return new RegExp(`^(?:${expression})$`, 'su')
}

/** A range that runs backwards holds nothing. */
function setExpression(members: readonly string[], negated: boolean): string {
  const escaped = (char: string): string => char.replace(/[\\\]^[-]/, '\\$&')
  let inside = ''
  for (let at = 0; at < members.length; at += 1) {
    const [first, dash, last] = [members[at]!, members[at + 1], members[at + 2]]
    if (dash !== '-' || last === undefined) {
      inside += escaped(first)
      continue
    }
    if (first.codePointAt(0)! <= last.codePointAt(0)!) inside += `${escaped(first)}-${escaped(last)}`
    at += 2
  }
  if (inside === '') return negated ? '.' : '(?!)'
  return `[${negated ? '^' : ''}${inside}]`
}
