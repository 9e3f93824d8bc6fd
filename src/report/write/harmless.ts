// Makes text of strangers safe to print: no terminal escape, no false line, no reversed reading direction, no invisible
// character, and no command to a CI system is left.
import { UNSEEN } from '../../text/unseen.ts'

/** Nothing in it needs a look: the common case, and many times as fast. */
const PLAIN = /^[\n -"$-9;-~]*$/

/** Colours and cursor movements that programs print even into a pipe: they mean nothing here. */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][A-Z0-9])/g

/**
 * What CI systems obey in the log of a job: GitHub's `::error::…` at the start of a line (blanks do not count) and
 * `##[…]` anywhere, Azure's `##vso[…]`, TeamCity's `##teamcity[…]`.
 */
const LINE_COMMAND = /^([^\S\n]*):(?=:[a-z][^\n]*::)/gim
const COMMAND = /#(?=#(?:vso|teamcity)?\[)/gi

/** `\x1b`, `\x202e` */
const spelled = (character: string): string => `\\x${character.codePointAt(0)!.toString(16).padStart(2, '0')}`

/** Longer text is no reading matter. */
const TEXT_AT_MOST = 1 << 18

/** A text with what was cut off reported at its end. @param most - characters, of UTF-16 */
const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}… (${text.length} characters)`

/**
 * Keeps line feeds; a tab becomes two spaces; escape sequences are dropped, any other character that shows nothing or
 * does something is spelled out.
 */
export function harmless(text: string): string {
  if (PLAIN.test(text) && text.length <= TEXT_AT_MOST) return text
  return cut(text, TEXT_AT_MOST)
    .replace(/\r\n/g, '\n')
    .replace(ESCAPES, '')
    .replace(/\t/g, '  ')
    .replace(UNSEEN, spelled)
    .replace(LINE_COMMAND, (_, blanks: string) => `${blanks}${spelled(':')}`)
    .replace(COMMAND, spelled)
}

/** Longer lines are no reading matter. */
const LINE_AT_MOST = 1 << 14

/** For where one line is wanted: a line feed becomes a space. */
export const harmlessLine = (text: string): string =>
  cut(harmless(withoutReturns(text)).replace(/\n/g, ' '), LINE_AT_MOST)

function withoutReturns(text: string): string {
  let end = text.length
  while (text[end - 1] === '\r') end -= 1
  return text.slice(0, end)
}

/** Of what a program prints: progress rewritten by carriage returns counts as its last state. */
export function lastState(text: string): string {
  const whole = withoutReturns(text)
  return harmlessLine(whole.slice(whole.lastIndexOf('\r') + 1))
}
