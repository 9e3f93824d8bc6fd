// Shell wildcards as a regular expression, as Python's fnmatch reads them: * ? [abc] [!abc].

/** Matches the whole text. */
export function fileNamePattern(pattern: string): RegExp {
  let expression = ''
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at]!
    const set = char === '[' ? /^\[(!?)(\]?[^\]]*)\]/s.exec(pattern.slice(at)) : null
    if (char === '*') expression += '.*'
    else if (char === '?') expression += '.'
    else if (set !== null) {
      expression += `[${set[1] === '!' ? '^' : ''}${set[2]!.replace(/[\\\]^[]/g, '\\$&')}]`
      at += set[0].length - 1
    } else expression += char.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  }
  return new RegExp(`^(?:${expression})$`, 'su')
}
