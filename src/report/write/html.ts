// Writes HTML. Text of strangers becomes characters of the page, never an element, an attribute or a link.
import { harmlessLine } from './harmless.ts'
import { writerOf, type Checked } from './checked.ts'
import { escapeMarkup } from './markup.ts'

export type HtmlText = Checked<'html'>

const writer = writerOf<'html'>((value) => escapeMarkup(harmlessLine(value)))

/** Values of attributes stand in double quotes. @example page`<b class="${text(status)}">${text(host)}</b>` */
export const page = writer.tag
export const text = writer.said
export const htmlJoined = writer.joined

/** Long names may be parted behind their dots. */
export const named = (value: string): HtmlText => htmlJoined(harmlessLine(value).split('.').map(text), page`.<wbr>`)
export const code = (value: string): HtmlText => page`<code>${text(value)}</code>`

export type CssText = Checked<'css'>

/** Words alone: names and colours. @throws Error for any other text */
const rules = writerOf<'css'>((value) => {
  if (!/^#?[\w-]+$/.test(value)) throw new Error(`no word of a style sheet: ${JSON.stringify(value)}`)
  return value
})
export const sheet = rules.tag
export const sheetWord = rules.said
export const sheetJoined = rules.joined

/** A style sheet in the page. Rules that take several lines there take one here. */
export const styleElement = (rulesText: CssText): HtmlText =>
  `<style>${rulesText.replace(/\n(?: +|(?=\}))/g, '')}</style>` as HtmlText
