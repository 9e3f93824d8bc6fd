// Decides which destinations must get the same answer from `ssh -G`, except for their own names.
import { lowerAscii, matchesPattern, matchPatternList } from '../../../text/openssh-pattern.ts'
import type { Scan } from '../scan/scan.ts'
import { expandTokens, namesDestination } from '../tokens.ts'
import { isPlainHost } from './destination.ts'

/**
 * @returns the same text for hosts for which every Host and Match line of the files holds alike; `undefined` for one
 *   that must be asked for by itself.
 */
export type KinOf = (host: string) => string | undefined

const isWild = (pattern: string): boolean => /[*?]/.test(pattern)

export function kinBy(scan: Scan): KinOf {
  if (scan.isUnclear || asksMadeUser(scan) || forwardsByName(scan)) return () => undefined
  const patterns = [...new Set([...scan.hostPatterns].flatMap((each) => [each, lowerAscii(each)]))]
  const literal = new Map(patterns.filter((each) => !isWild(each)).map((each, index) => [each, index]))
  // For a lone star every host is the same.
  const wild = patterns.filter((each) => isWild(each) && each !== '*')
  const hostNames = (scan.settings.get('hostname') ?? []).flatMap(({ words }) => words ?? [])
  const made = hostNames.filter(namesDestination)
  const fixed = hostNames.filter((each) => !namesDestination(each))
  return (host) => {
    const names = namesOf(host, made)
    if (names === undefined || concerned(scan, host, [...names, ...fixed])) return undefined
    return names
      .map((name) => {
        const is = literal.get(name) ?? ''
        return [is, ...wild.flatMap((pattern, index) => (matchesPattern(name, pattern) ? [index] : []))].join(',')
      })
      .join(' ')
  }
}

/** Every name under which a Host or Match line may see it; `undefined` where ssh may write one again. */
function namesOf(host: string, made: readonly string[]): readonly string[] | undefined {
  const names = [host]
  for (const each of made) {
    try {
      names.push(expandTokens(each, { h: host }))
    } catch {
      return undefined
    }
  }
  return names.every(isPlainHost) ? names.flatMap((name) => [name, lowerAscii(name)]) : undefined
}

/** A Match line asks for a user who is named by the destination (OpenSSH 10.0 and newer). */
const asksMadeUser = ({ asksUser, settings }: Scan): boolean =>
  asksUser && (settings.get('user') ?? []).some(({ rest }) => namesDestination(rest))

/** ssh prints a forwarding to a path under another keyword, too. */
const forwardsByName = ({ settings }: Scan): boolean =>
  ['localforward', 'remoteforward', 'dynamicforward'].some((keyword) =>
    settings.get(keyword)?.some(({ rest }) => namesDestination(rest)),
  )

/** Whether a command of `Match exec` may be run for it, and be reported which it is. */
const concerned = ({ execs }: Scan, host: string, names: readonly string[]): boolean =>
  (execs.length > 0 && !names.every(isPlainHost)) ||
  execs.some((guards) =>
    guards.every(({ kind, patterns }) =>
      (kind === 'originalhost' ? [host] : names).some(
        (name) => matchPatternList(lowerAscii(name), patterns) === 'match',
      ),
    ),
  )
