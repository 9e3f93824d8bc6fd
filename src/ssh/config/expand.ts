// TOKENS, environment variables and `~` in values, as misc.c expands them.
import { Refusal } from './files/refusal.ts'
import { fromBytes } from './files/bytes.ts'
import { homeOf, type Here } from './machine.ts'

/** By letter. */
export type Tokens = Readonly<Record<string, string>>

/** @throws Refusal for a token that is not known here, or a `%` at the end. */
export function expandTokens(text: string, tokens: Tokens): string {
  return expand(text, tokens, undefined)
}

/** @throws Refusal as `expandTokens`, and for a variable that is not set or has no end. */
export function expandAll(text: string, tokens: Tokens, here: Here): string {
  return expand(text, tokens, here)
}

/** @throws Refusal for a variable that is not set or has no end. */
export function expandVariables(text: string, here: Here): string {
  return expand(text, undefined, here)
}

function expand(text: string, tokens: Tokens | undefined, here: Here | undefined): string {
  let expanded = ''
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!
    if (here !== undefined && char === '$' && text[at + 1] === '{') {
      const end = text.indexOf('}', at)
      const name = text.slice(at + 2, end)
      if (end < 0 || name === '')
        throw new Refusal(`${shown(text)} holds an environment variable without a name or a closing }`)
      const value = here.env(fromBytes(name))
      if (value === undefined)
        throw new Refusal(`the environment variable ${shown(name)} is not set (in ${shown(text)})`)
      expanded += value
      at = end
    } else if (tokens !== undefined && char === '%') {
      at += 1
      const token = text[at]
      if (token === undefined) throw new Refusal(`${shown(text)} ends in a single %; write %% for a %`)
      if (token !== '%' && !Object.hasOwn(tokens, token)) {
        const known = Object.keys(tokens).map((each) => `%${each}`)
        throw new Refusal(`%${shown(token)} is no token here (in ${shown(text)}); there are ${known.join(' ')} and %%`)
      }
      expanded += token === '%' ? '%' : tokens[token]!
    } else expanded += char
  }
  return expanded
}

/** @throws Refusal where there is no such user. */
export function expandHome(path: string, here: Here): string {
  if (!path.startsWith('~')) return path
  const [, user = '', rest = ''] = /^~([^/]*)\/*(.*)$/s.exec(path)!
  const home = user === '' ? here.home : homeOf(user)
  if (home === undefined) throw new Refusal(`there is no user ${shown(user)} (in ${shown(path)})`)
  return `${home.endsWith('/') ? home : `${home}/`}${rest}`
}

export const shown = (text: string): string => JSON.stringify(fromBytes(text))
