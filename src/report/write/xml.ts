// Writes XML 1.0 for JUnit.
import { harmless, harmlessLine } from './harmless.ts'
import { writerOf, type Checked } from './checked.ts'
import { escapeMarkup } from './markup.ts'

export type XmlText = Checked<'xml'>

const attribute = writerOf<'xml'>((value) => escapeMarkup(harmlessLine(value)))
const content = writerOf<'xml'>((value) => escapeMarkup(harmless(value)))

/** Values of attributes stand in double quotes. @example xml`<error type="${word(id)}">${inLines(lines)}</error>` */
export const xml = attribute.tag
export const xmlJoined = attribute.joined

/** In one line. */
export const word = attribute.said

/** Text of several lines, in which those after the first of each part are indented: none passes for another part. */
export const inLines = (parts: readonly string[]): XmlText =>
  xmlJoined(
    parts.map((part) => content.said(harmless(part).replaceAll('\n', '\n    '))),
    xml`\n`,
  )
