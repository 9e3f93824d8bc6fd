// Writes HTML: text of unknown origin becomes characters of a page, never an element, an attribute or a link.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ejs, { type Options } from 'ejs'
import type { Checked } from './checked.ts'
import { harmlessLine } from './harmless.ts'
import { escapeMarkup } from './markup.ts'

export type HtmlText = Checked<'html'>

/** @throws Error for what is no text: a name that is mistyped is no gap in a page */
function escaped(value: unknown): string {
  if (typeof value === 'string') return escapeMarkup(harmlessLine(value))
  if (typeof value === 'number') return String(value)
  throw new Error(`<%= … %> of a page prints texts and numbers, got ${typeof value}`)
}

/**
 * A page of one of the package's templates. All that it prints is escaped for elements and for attributes in double
 * quotes; {@link unsafePlaces} holds that it prints nowhere else.
 *
 * @param name - of a file in the package's templates/
 * @param values - whoever said them
 */
export function htmlFrom(name: string, values: Readonly<Record<string, unknown>>): HtmlText {
  const filename = fileURLToPath(new URL(`templates/${name}`, import.meta.resolve('mailrun/package.json')))
  const template = readFileSync(filename, 'utf8')
  const [unsafe] = unsafePlaces(template)
  if (unsafe !== undefined) throw new Error(`${filename} prints where escaping does not help: ${unsafe}`)
  // Without `with`, and so in strict mode, it takes half the time.
  const render = ejs.compile(template, {
    filename,
    escape: escaped,
    strict: true,
    _with: false,
    destructuredLocals: Object.keys(values),
  } as Options)
  return render(values) as HtmlText
}

/** Places of a template, each as it stands, where text of strangers could become more than characters. */
export function unsafePlaces(template: string): readonly string[] {
  // What escaping knows: between elements, and in values in double quotes. So all tags are looked at with what is
  // printed in such values taken away: nothing printed may be left in any.
  const tags = template.replace(/<%(?!=)[^]*?%>/g, '').replace(/="[^"<]*(?:<%=[^%]*%>[^"<]*)*"/g, '=""')
  return [
    ...(template.match(/<%-.*/g) ?? []),
    ...(tags.match(/<(?:[a-z!/][^<>]*)?<%=.*/gi) ?? []),
    ...(tags.match(/<(script|style)\b[^>]*>(?:(?!<\/\1>)[^])*<%=.*/gi) ?? []),
    ...(template.match(/\b(?:href|src|style|on\w+)="[^"]*<%=.*/gi) ?? []).filter(
      (place) => !place.startsWith('href="#'),
    ),
  ]
}

/** Long names may be parted behind their dots. */
export const nameParts = (name: string): readonly string[] => harmlessLine(name).split('.')
