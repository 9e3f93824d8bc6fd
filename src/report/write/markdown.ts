// Writes Markdown (GitHub's). Text of strangers becomes words, never markup, a link, a mention, a cell or a line.
import { harmlessLine } from './harmless.ts'
import { writerOf, type Checked } from './checked.ts'

export type MarkdownText = Checked<'markdown'>

/** What becomes a link with no mark around it: `https://…`, `www.…`; and who would be notified: `@name`. */
const LINK = /:(?=\/\/)/g
const WEB = /\b(www)\./gi
const MENTION = /(?<![\w.+-])@(?=\w)/g

const words = writerOf<'markdown'>((text) =>
  harmlessLine(text)
    .replace(/[\\`*_{}[\]<>()#+!|~&]/g, (character) => `\\${character}`)
    .replace(LINK, '\\:')
    .replace(WEB, '$1\\.')
    .replace(MENTION, '@&#8203;'),
)

/** @example mark`# ${plain(host)}` */
export const mark = words.tag
export const markJoined = words.joined

/** No mark-up, no cell and no line of its own gets through. */
export const plain = words.said

const fenced = writerOf<'markdown'>((text) => {
  const line = harmlessLine(text)
  const fence = '`'.repeat(Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)) + 1)
  return /^`|`$/.test(line) ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`
})

/** Within as many backticks as it needs; cells and links end at no sign in it. */
export const code = fenced.said
