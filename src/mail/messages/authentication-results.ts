// Parses Authentication-Results header fields (RFC 8601, section 2.2). Pure functions.
import type { Untrusted } from '../../shell/untrusted.ts'

export interface AuthenticationResult {
  /** `spf`, `dkim`, `dmarc`, … */
  readonly method: string
  /** `pass`, `fail`, `none`, … */
  readonly result: string
  /** `header.d`, `smtp.mailfrom`, `reason`, … and what was said of each. */
  readonly properties: Readonly<Record<string, string>>
}

export interface AuthenticationResults {
  readonly authservId: string
  readonly results: readonly AuthenticationResult[]
}

/**
 * @param value - the field's body, folded or not; comments are left out.
 * @example parseAuthenticationResults('mx.example; dkim=pass header.d=a.example').results[0]?.result // 'pass'
 */
export function parseAuthenticationResults(value: Untrusted): AuthenticationResults {
  const [first = [], ...parts] = split(value)
  return {
    authservId: first[0] ?? '',
    results: parts.flatMap((words) => {
      const [outcome, ...properties] = words.map((word) => pair(word))
      if (outcome === undefined) return []
      const [method, result] = outcome
      if (result === undefined) return []
      return [
        {
          method: method.replace(/\/.*$/, '').toLowerCase(),
          result: result.toLowerCase(),
          properties: Object.fromEntries(properties.map(([name, text = '']) => [name.toLowerCase(), text])),
        },
      ]
    }),
  }
}

/** Words between the semicolons; comments are nested, quoted strings keep their blanks. */
function split(value: Untrusted): readonly (readonly string[])[] {
  const parts: string[][] = [[]]
  let [word, depth, quoted] = ['', 0, false]
  const end = (): void => {
    if (word !== '') parts.at(-1)?.push(word)
    word = ''
  }
  for (let at = 0; at < value.length; at += 1) {
    const char = value[at] ?? ''
    if (char === '\\' && (quoted || depth > 0)) {
      at += 1
      if (quoted) word += value[at] ?? ''
    } else if (quoted) {
      if (char === '"') quoted = false
      else word += char
    } else if (char === '(') depth += 1
    else if (depth > 0) depth -= char === ')' ? 1 : 0
    else if (char === '"') quoted = true
    else if (char === ';') {
      end()
      parts.push([])
    } else if (/\s/.test(char)) end()
    else word += char
  }
  end()
  return parts.map((words) => joined(words))
}

/** Blanks may stand around `=`. */
function joined(words: readonly string[]): readonly string[] {
  const groups: string[][] = []
  let isOpen = false
  for (const word of words) {
    const group = isOpen || word.startsWith('=') ? groups.at(-1) : undefined
    if (group === undefined) groups.push([word])
    else group.push(word)
    isOpen = word.endsWith('=')
  }
  return groups.map((group) => group.join(''))
}

function pair(word: string): readonly [string, string?] {
  const at = word.indexOf('=')
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)]
}
