// Parses the services in a master.cf, as master(8) and its daemons read them (master(5)).
import type { Untrusted } from '../../../shell/untrusted.ts'
import { itemRanges, pairOf, unbraced } from '../../milters/milter-list.ts'
import type { PostfixService } from './sources.ts'

export interface MasterQuestion {
  /** main.cf's master_service_disable: `inet`, `submission/inet`, `!x/unix`. */
  readonly disabled: Untrusted
  /** main.cf's compatibility_level: below 1, a service is in a chroot unless it says no. */
  readonly compatibilityLevel: Untrusted
}

const CHROOT = 4
const COMMAND = 7

export function masterServices(text: Untrusted, { disabled, compatibilityLevel }: MasterQuestion): PostfixService[] {
  const off = patternsOf(disabled)
  const chrootUnsaid = !(Number.parseInt(compatibilityLevel, 10) >= 1)
  return logicalLines(text).flatMap((line): PostfixService[] => {
    const words = wordsOf(line)
    const [name, type] = words
    const command = words[COMMAND]
    if (name === undefined || type === undefined || command === undefined) return []
    if (isDisabled(name, type, off)) return []
    const chroot = words[CHROOT] === '-' ? chrootUnsaid : words[CHROOT] === 'y'
    const overrides = optionsIn(words.slice(COMMAND + 1))
    return [{ name: `${name}/${type}`, command: command.slice(command.lastIndexOf('/') + 1), chroot, overrides }]
  })
}

/** Lines that begin with white space go on the one before, also where comments and empty lines stand between them. */
export function logicalLines(text: Untrusted): readonly string[] {
  const lines: string[][] = []
  for (const line of text.split('\n')) {
    if (/^\s*(?:#|$)/.test(line)) continue
    if (/^\s/.test(line)) lines.at(-1)?.push(line)
    else lines.push([line])
  }
  return lines.map((parts) => parts.join(' '))
}

/** Commas part nothing here. */
const wordsOf = (line: Untrusted): readonly string[] => {
  const plain = line.replaceAll(',', '\0')
  return itemRanges(plain).map(({ start, end }) => line.slice(start, end))
}

/** `-o name=value`, `-oname=value`, `-o { name = value }`, in what follows the command. */
function optionsIn(words: readonly Untrusted[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>()
  for (let at = 0; at < words.length; at++) {
    // master(8) takes the braces from any word.
    const word = unbraced(words[at]!).trim()
    if (!word.startsWith('-')) break
    const letters = /^-[cdDlSuvVz]*/.exec(word)![0].length
    if (word[letters] !== 'o') {
      // Others with a value of their own: -n, -s, -t, -i, -m.
      if (letters < word.length && letters + 1 === word.length) at++
      continue
    }
    const given = letters + 1 < word.length ? word.slice(letters + 1) : words[++at]
    const pair = given === undefined ? undefined : pairOf(unbraced(given))
    if (pair !== undefined) options.set(...pair)
  }
  return options
}

interface Pattern {
  readonly rank: number
  readonly off: boolean
}

/** match_service_match(3) of Postfix, by pattern: of those that fit, the first counts. */
function patternsOf(disabled: Untrusted): ReadonlyMap<string, Pattern> {
  const patterns = new Map<string, Pattern>()
  for (const [rank, pattern] of disabled
    .toLowerCase()
    .split(/[\s,]+/)
    .entries()) {
    const bare = pattern.replace(/^!+/, '')
    if (bare !== '' && !patterns.has(bare)) patterns.set(bare, { rank, off: (pattern.length - bare.length) % 2 === 0 })
  }
  return patterns
}

function isDisabled(name: Untrusted, type: Untrusted, patterns: ReadonlyMap<string, Pattern>): boolean {
  const found = [`${name}/${type}`, type].flatMap((each) => patterns.get(each.toLowerCase()) ?? [])
  return found.sort((one, other) => one.rank - other.rank)[0]?.off ?? false
}
