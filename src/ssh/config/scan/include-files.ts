// Finds the files that an Include of ssh_config(5) may read: all that ssh reads, and perhaps more.
import { readdirSync } from 'node:fs'
import { lowerAscii } from '../../../text/openssh-pattern.ts'
import { hereOf } from '../here.ts'

export type IncludedBy = 'user' | 'system'

/**
 * A set in brackets stands for any character here: what is read in vain only makes a finer difference between hosts.
 *
 * @returns `undefined` where it cannot be known: tokens and variables (OpenSSH 9.9 and newer), homes of others.
 */
export function includedFiles(pattern: string, by: IncludedBy): readonly string[] | undefined {
  if (/[%$]/.test(pattern) || /^~[^/]/.test(pattern)) return undefined
  return anchored(pattern, by).flatMap(filesOf)
}

/** glob(3) goes by $HOME, the rest of OpenSSH by passwd(5). */
function anchored(pattern: string, by: IncludedBy): readonly string[] {
  if (pattern.startsWith('/')) return [pattern]
  const homes = [...new Set([hereOf().home, process.env['HOME'] || hereOf().home])]
  if (pattern.startsWith('~')) return homes.map((home) => `${home}${pattern.slice(1)}`)
  return by === 'system' ? [`/etc/ssh/${pattern}`] : homes.map((home) => `${home}/.ssh/${pattern}`)
}

function filesOf(path: string): readonly string[] {
  let found: readonly string[] = ['/']
  for (const part of path.split('/').filter((each) => each !== '')) found = found.flatMap((at) => withPart(at, part))
  return found
}

function withPart(folder: string, part: string): readonly string[] {
  const at = folder.endsWith('/') ? folder : `${folder}/`
  if (!/[*?[]/.test(part)) return [`${at}${part.replace(/\\(.)/gs, '$1')}`]
  const takes = wild(part)
  return entriesOf(at)
    .filter((name) => takes.test(lowerAscii(name)))
    .map((name) => `${at}${name}`)
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** A star is as good as all that follows it up to the last one: the pattern's time grows with the name alone. */
function wild(part: string): RegExp {
  const [first = ''] = /^[^*?[\\]*/.exec(part)!
  const [last = ''] = /[^*?[\]\\]*$/.exec(part)!
  const escaped = (text: string): string => lowerAscii(text).replace(/[^\w]/g, '\\$&')
  return new RegExp(`^${escaped(first)}.*${escaped(last)}$`, 's')
}
