// The compiler refuses to print what no writer checked: small programs, each with one way around the writers.
import * as assert from 'uvu/assert'
import { messagesOfTexts } from '../../compiled.ts'
import { suite } from '../../suite.ts'

const test = suite('report/unchecked')

const HEAD = `
import { stderr, stdout } from './src/cli/terminal/output.ts'
import { colours } from './src/report/write/colour.ts'
import { jsonDocument, jsonLine, type JsonText } from './src/report/write/json.ts'
import type { Out } from './src/report/screen.ts'
import { fit, pad } from './src/report/write/width.ts'
import { htmlFrom, type HtmlText } from './src/report/write/html.ts'
import { mark, plain, type MarkdownText } from './src/report/write/markdown.ts'
import { asLines, indented, joined, said, term, type TerminalText } from './src/report/write/terminal.ts'
import { word, xml, type XmlText } from './src/report/write/xml.ts'
export const uses = [
  stderr, stdout, colours, jsonDocument, jsonLine, fit, pad, htmlFrom, mark, plain, asLines,
  indented, joined, said, term, word, xml,
]
export type Types = [Out, HtmlText, MarkdownText, TerminalText, JsonText, XmlText]
declare const host: string
declare const page: HtmlText
declare const out: Out
const paint = colours(true)
`

/** Each must compile: what is refused below is refused for what it is. */
const CHECKED: readonly string[] = [
  'out.write(term`${said(host)}: ${3}\\n`)',
  'stdout.write(asLines([paint.bad(said(host)), pad(fit(said(host), 3), 5)]))',
  'stderr.write(joined(indented(host, term`  `), term`\\n`))',
  'stdout.write(jsonDocument({ host }))',
  'stdout.write(htmlFrom("audit.html.ejs", { host }))',
  'stdout.write(page)',
  'stdout.write(mark`# ${plain(host)}`)',
  'stdout.write(xml`<a b="${word(host)}"/>`)',
]

/** `TEXT` stands for what is printed; each is tried on every place that prints or takes parts. */
const UNCHECKED: readonly string[] = [
  'host',
  '`${host}`',
  '`${said(host)}`',
  'said(host) + host',
  'said(host) + said(host)',
  '"literal"',
  'said(host).trim()',
  'said(host).slice(1)',
  'said(host).replace("a", host)',
  '[said(host)].join(host)',
  'String(said(host))',
  'JSON.stringify({ host })',
  'String.raw`${host}`',
  'host as unknown',
]
const PLACES: readonly string[] = [
  'out.write(TEXT)',
  'stdout.write(TEXT)',
  'stderr.write(TEXT)',
  'term`${TEXT}`',
  'paint.bad(TEXT)',
  'joined([TEXT])',
  'joined([said(host)], TEXT)',
  'asLines([TEXT])',
  'pad(TEXT, 3)',
  'indented(host, TEXT)',
  'mark`# ${TEXT}`',
  'xml`<a>${TEXT}</a>`',
]
/** Text of one language is none of another; what terminals get is no page. */
const MIXED: readonly string[] = [
  'export const asPage: HtmlText = said(host)',
  'export const asPage: HtmlText = plain(host)',
  'export const asPage: HtmlText = host',
  'export const asPage: HtmlText = page + host',
  'export const asPage: HtmlText = page.trim()',
  'mark`${page}`',
  'xml`${page}`',
  'mark`${said(host)}`',
  'xml`${said(host)}`',
  'term`${page}`',
  'term`${jsonLine(host)}`',
  'stderr.write(page)',
  'stderr.write(jsonDocument({}))',
  'export const made: TerminalText = host',
  'export const cast: TerminalText = said(host).toUpperCase()',
  'term([host] as readonly string[])',
]
const REFUSED = [...PLACES.flatMap((place) => UNCHECKED.map((each) => place.replace('TEXT', () => each))), ...MIXED]

test('what writers made compiles, and nothing else does', () => {
  const programs = [...CHECKED, ...REFUSED]
  const messages = messagesOfTexts(
    programs.map((program) => `${HEAD}${program}\n`),
    'unchecked',
  )
  const wrong = CHECKED.filter((_, index) => messages[index]!.length > 0)
  assert.equal(
    wrong.map((program) => [program, messages[CHECKED.indexOf(program)]]),
    [],
  )
  const passed = REFUSED.filter((_, index) => messages[CHECKED.length + index]!.length === 0)
  assert.equal(passed, [], 'these print what is not checked')
})

test.run()
