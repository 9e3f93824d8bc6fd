// Parses the options on OpenDKIM's command line, as getopt(3) does.
import type { Untrusted } from '../../../shell/untrusted.ts'
import type { Doubts } from './sources.ts'

/** CMDLINEOPTS of opendkim.c. */
const WITH_VALUE = new Set('bcdeFkLopPsStTux')
const ALONE = new Set('ADflnQrvVWX')
/** With these it tests or tells something, and ends. */
const NO_DAEMON = new Set('enQtV')

/** The value of each option that was given, the last of several; '' of those that have none. */
export type Options = ReadonlyMap<string, string>

export function optionsOf(words: readonly Untrusted[], doubts: Doubts): Options {
  const options = new Map<string, string>()
  const left = [...words]
  const refuse = (what: string, option: Untrusted): void =>
    doubts.refused(what, { path: option }, "correct the options of OpenDKIM's unit")
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') break
    if (!word.startsWith('-') || word === '-') {
      refuse(`${JSON.stringify(word)} on the command line is no option`, word)
      continue
    }
    takeLetters(word, left, options, refuse)
  }
  for (const word of left) refuse(`${JSON.stringify(word)} on the command line is no option`, word)
  for (const option of options.keys())
    if (NO_DAEMON.has(option)) refuse(`with -${option} it is no daemon`, `-${option}`)
  return options
}

/** `-fu opendkim` is `-f -u opendkim`. */
function takeLetters(
  word: Untrusted,
  left: Untrusted[],
  options: Map<string, string>,
  refuse: (what: string, option: Untrusted) => void,
): void {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word[at]!
    if (ALONE.has(letter)) options.set(letter, '')
    else if (!WITH_VALUE.has(letter)) return refuse(`it has no option -${letter}`, `-${letter}`)
    else {
      const value = at + 1 < word.length ? word.slice(at + 1) : left.shift()
      if (value === undefined || value === '') return refuse(`-${letter} has no value`, `-${letter}`)
      options.set(letter, value)
      return
    }
  }
}
