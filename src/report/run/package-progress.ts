// How far apt and dpkg are, from the lines that they print: `unpacking postfix, 3 of 12`.
import type { Untrusted } from '../../shell/untrusted.ts'

/** Reads the lines of one change, one after the other. */
export interface PackageProgress {
  /** What a line says of the work, or the one before it; `undefined`: it is none of those lines. */
  read(line: Untrusted): string | undefined
}

/** A name as Debian's policy has it, and an architecture (deb-control(5)). */
const NAME = String.raw`([a-z0-9][a-z0-9+.-]{0,79})(?::[a-z0-9-]{1,20})?`
const COUNT = String.raw`(\d{1,6})`
const SUMMARY = new RegExp(
  `^${COUNT} upgraded, ${COUNT} newly installed,(?: ${COUNT} reinstalled,)?(?: ${COUNT} downgraded,)? \\d+ to remove`,
)
/** Number, source and suite; then architecture, package, architecture and version, of a flat repository less. */
const FETCHED = new RegExp(
  `^Get:\\d{1,6} \\S{1,400} \\S{1,200} (?:[a-z0-9-]{1,20} ${NAME} [a-z0-9-]{1,20} |${NAME} )\\S{1,200} \\[`,
)
/** Nothing that the other lines do not say, too. */
const BETWEEN = /^(?:Selecting previously unselected package |Preparing to unpack |\(Reading database )/
const STEPS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`^Unpacking ${NAME} `), 'unpacking'],
  [new RegExp(`^Setting up ${NAME} `), 'setting up'],
  [new RegExp(`^Removing ${NAME} `), 'removing'],
  [new RegExp(`^Purging configuration files for ${NAME} `), 'purging'],
  [new RegExp(`^Processing triggers for ${NAME} `), 'triggers of'],
]
/** Each package goes through these; how many there are apt says before. */
const COUNTED: readonly string[] = ['fetching', 'unpacking', 'setting up']

/**
 * @example
 * const progress = packageProgress()
 * progress.read('0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.')
 * progress.read('Unpacking postfix (3.7.11) ...') // unpacking postfix, 1 of 2
 */
export function packageProgress(): PackageProgress {
  let all = 0
  let last: string | undefined
  const done = new Map<string, number>()
  const step = (what: string, name: Untrusted): string => {
    const number = (done.get(what) ?? 0) + 1
    done.set(what, number)
    last = COUNTED.includes(what) && number <= all ? `${what} ${name}, ${number} of ${all}` : `${what} ${name}`
    return last
  }
  return {
    read(line) {
      const summary = SUMMARY.exec(line)
      if (summary !== null) {
        // All but those that are removed.
        const counts: readonly (string | undefined)[] = summary.slice(1, 5)
        all = counts.reduce((sum, each) => sum + Number(each ?? 0), 0)
        done.clear()
        last = undefined
        return last
      }
      if (BETWEEN.test(line)) return last
      const [, named, named2] = FETCHED.exec(line) ?? []
      const fetched = named ?? named2
      if (fetched !== undefined) return step('fetching', fetched)
      for (const [pattern, what] of STEPS) {
        const name = pattern.exec(line)?.[1]
        if (name !== undefined) return step(what, name)
      }
      return undefined
    },
  }
}
