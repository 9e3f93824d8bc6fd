// Finds out which parts of a Match line of ssh_config(5) can differ between destinations.
import { lowerAscii } from '../../../text/openssh-pattern.ts'
import { namesDestination } from '../tokens.ts'

/** A condition that every host fails whose names are none of these. */
export interface Guard {
  readonly kind: 'host' | 'originalhost'
  /** A list in lower case. */
  readonly patterns: string
}

export interface MatchLine {
  /** Of `host` and `originalhost`, without `!`. */
  readonly hostPatterns: readonly string[]
  readonly asksUser: boolean
  /** A command that is given the destination, after these conditions. */
  readonly exec: readonly Guard[] | undefined
}

/** The same for all destinations that have the options in common. */
const CONSTANT = new Set(['localuser', 'tagged', 'localnetwork', 'version', 'sessiontype', 'command'])
const ALONE = new Set(['all', 'canonical', 'final'])

/** One word, plain or in double quotes, in which every OpenSSH finds the same. */
const WORD = /\s*(?:"([^"\\]*)"|([^\s"'\\=#]+))(?=\s|$)/y

/** @returns `undefined` where it cannot be known. */
export function matchLine(rest: string): MatchLine | undefined {
  const words = plainWords(rest)
  if (words === undefined) return undefined
  const guards: Guard[] = []
  const hostPatterns: string[] = []
  let asksUser = false
  let exec: readonly Guard[] | undefined
  for (let at = 0; at < words.length; at += 1) {
    const word = lowerAscii(words[at]!)
    const name = word.replace(/^!/, '')
    if (ALONE.has(name)) continue
    const argument = words[(at += 1)]
    if (argument === undefined) return undefined
    if (name === 'host' || name === 'originalhost') {
      const patterns = lowerAscii(argument)
      hostPatterns.push(...patterns.split(',').map((each) => each.replace(/^!/, '')))
      if (name === word) guards.push({ kind: name, patterns })
    } else if (name === 'user') asksUser = true
    else if (name === 'exec') {
      if (namesDestination(argument)) exec ??= [...guards]
    } else if (!CONSTANT.has(name)) return undefined
  }
  return { hostPatterns, asksUser, exec }
}

function plainWords(text: string): readonly string[] | undefined {
  const words: string[] = []
  let end = 0
  for (;;) {
    const rest = text.slice(end).trimStart()
    if (rest === '' || rest.startsWith('#')) return words
    WORD.lastIndex = end
    const found = WORD.exec(text)
    if (found === null) return undefined
    words.push(found[1] ?? found[2]!)
    end = WORD.lastIndex
  }
}
