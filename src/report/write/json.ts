// Writes JSON that is also safe on a terminal and in the log of a CI job.
import { UNSEEN } from '../../text/unseen.ts'
import { writerOf, type Checked } from './checked.ts'

export type JsonText = Checked<'json'>

const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`
const units = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => unit(character.charCodeAt(index))).join('')

/**
 * `JSON.stringify` leaves DEL, the C1 controls, bidi and unseen characters as they are; they stand in strings alone, so
 * that another spelling changes no value. `##[` and its like are commands to CI systems.
 */
const json = writerOf<'json'>((text) => text.replace(UNSEEN, units).replace(/#(?=#(?:vso|teamcity)?\[)/gi, units))

/** What is JSON already: the same values. @throws SyntaxError where it is none */
export function jsonOf(text: string): JsonText {
  JSON.parse(text)
  return json.said(text)
}

export const jsonDocument = (value: unknown): JsonText => json.tag`${json.said(JSON.stringify(value, null, 2))}\n`
export const jsonLine = (value: unknown): JsonText => json.tag`${json.said(JSON.stringify(value))}\n`

export const jsonLines = (values: readonly unknown[]): JsonText => json.joined(values.map(jsonLine))
