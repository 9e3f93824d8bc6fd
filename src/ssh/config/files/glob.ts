// Files of a glob(7) pattern, as glob(3) finds them for Include: in byte order, no hidden ones for a wildcard, none
// where nothing is.
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { matchesWild, type Wild } from '../../../text/wild.ts'
import { homeOf, type Here } from '../machine.ts'

export function filesOf(pattern: string, here: Here): readonly string[] {
  // A file is asked for under each name so far; slashes stay as they are written.
  let found: readonly string[] = ['']
  const parts = inHome(pattern, here).split(/(\/+)/)
  for (const [index, part] of parts.entries()) {
    found = withPart(found, part, index === parts.length - 1)
    if (found.length === 0) return []
  }
  return [...found].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/** GLOB_TILDE goes by $HOME first, other than the rest of OpenSSH. */
function inHome(pattern: string, here: Here): string {
  const tilde = /^~([^/]*)(.*)$/s.exec(pattern)
  if (tilde === null) return pattern
  const [, user = '', rest = ''] = tilde
  const home = user === '' ? here.env('HOME') || here.home : homeOf(user)
  return home === undefined ? pattern : `${home}${rest}`
}

/** The names with the next part of the path after them, as far as there are such files. */
function withPart(names: readonly string[], part: string, isLast: boolean): readonly string[] {
  if (part === '' || part.startsWith('/')) return names.map((each) => each + part)
  if (!/[*?[]/.test(part)) {
    const plain = part.replace(/\\(.)/gs, '$1')
    return names.map((each) => each + plain).filter((each) => exists(each, isLast))
  }
  const entries = names.flatMap((each) =>
    entriesOf(each)
      .filter((name) => matchesName(part, name))
      .map((name) => each + name),
  )
  return entries.filter((each) => isLast || isFolder(each))
}

const asPath = (bytes: string): Buffer => Buffer.from(bytes, 'latin1')

function exists(path: string, isLast: boolean): boolean {
  if (!isLast) return isFolder(path)
  try {
    lstatSync(asPath(path))
    return true
  } catch {
    return false
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(asPath(path)).isDirectory()
  } catch {
    return false
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder === '' ? Buffer.from('.') : asPath(folder), { encoding: 'buffer' }).map((name) =>
      name.toString('latin1'),
    )
  } catch {
    return []
  }
}

function matchesName(pattern: string, name: string): boolean {
  const takesHidden = pattern.startsWith('.') || pattern.startsWith('\\.')
  return (takesHidden || !name.startsWith('.')) && matchesWild(wildName(pattern), name)
}

/** fnmatch(3): sets in brackets, and backslashes that take away a meaning. */
function wildName(pattern: string): Wild {
  const wild: Wild[number][] = []
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at]!
    const set = char === '[' ? /^\[[!^]?\]?(?:\[:[a-z]+:\]|\\.|[^\]\\])*\]/s.exec(pattern.slice(at))?.[0] : undefined
    if (set !== undefined) {
      wild.push(setOf(set))
      at += set.length - 1
    } else if (char === '\\' && at + 1 < pattern.length) {
      at += 1
      const plain = pattern[at]!
      wild.push((each) => each === plain)
    } else wild.push(char)
  }
  return wild
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[0-9A-Za-z]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t-\r]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
}

function setOf(set: string): (char: string) => boolean {
  const negated = /^\[[!^]/.test(set)
  const tests: ((char: string) => boolean)[] = []
  const inside = set.slice(negated ? 2 : 1, -1)
  for (const [, name, from, to] of inside.matchAll(/\[:([a-z]+):\]|\\?(.)(?:-\\?(.))?/gs)) {
    if (name !== undefined) tests.push((char) => CLASSES[name]?.test(char) ?? false)
    else tests.push((char) => char >= from! && char <= (to ?? from!))
  }
  return (char) => tests.some((test) => test(char)) !== negated
}
