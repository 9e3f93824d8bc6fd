// Files of a glob(7) pattern, as glob(3) finds them for Include: in byte order, no hidden ones for a wildcard, none
// where nothing is.
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { matchesWild, type Wild } from '../text/wild.ts'
import { fromBytes } from './bytes.ts'
import { homeOf, type Here } from './machine.ts'

/** GLOB_TILDE goes by $HOME first, other than the rest of OpenSSH. */
export function filesOf(pattern: string, here: Here): readonly string[] {
  const [, user, rest = ''] = /^~([^/]*)(.*)$/s.exec(pattern) ?? []
  const home = user === undefined ? undefined : user === '' ? here.env('HOME') || here.home : homeOf(user)
  const path = user === undefined || home === undefined ? pattern : `${home}${rest}`
  // A file is asked for under each name so far; slashes stay as they are written.
  let found: readonly string[] = ['']
  const parts = path.split(/(\/+)/)
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    if (part === '' || part.startsWith('/')) found = found.map((each) => each + part)
    else if (!/[*?[]/.test(part))
      found = found.map((each) => each + part.replace(/\\(.)/gs, '$1')).filter((each) => exists(each, isLast))
    else
      found = found
        .flatMap((each) =>
          entriesOf(each)
            .filter((name) => matchesName(part, name))
            .map((name) => each + name),
        )
        .filter((each) => isLast || isFolder(each))
    if (found.length === 0) return []
  }
  return [...found].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

const asPath = (bytes: string): Buffer => Buffer.from(bytes, 'latin1')

function exists(path: string, isLast: boolean): boolean {
  try {
    return isLast ? lstatSync(asPath(path)) !== undefined : isFolder(path)
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

const matchesName = (pattern: string, name: string): boolean =>
  (!name.startsWith('.') || pattern.startsWith('.') || pattern.startsWith('\\.')) &&
  matchesWild(wildName(pattern), name)

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

/** For messages. */
export const shownPath = (bytes: string): string => fromBytes(bytes)
