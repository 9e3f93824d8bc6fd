// The type of a registry of output formats. Each `formats.ts` below this folder is one. docs/contributing/format.md
// explains how to add a format.
import { MailrunError } from '../core/mailrun-error.ts'

/** As what a format's text is read. `document`: in a language of others, which refuses what cannot stand in it. */
export type Language = 'terminal' | 'json' | 'ndjson' | 'html' | 'xml' | 'markdown' | 'document'

/** What every format says of itself. */
export interface About {
  /** test/unit/report/strangers.test.ts holds the format to it: what strangers say stays text. */
  readonly language: Language
  /** What it is for: a cell of the table in the docs, in Markdown. */
  readonly about: string
  /** The JSON Schema that describes it: `run` for docs/run.schema.json. Left out: none does. */
  readonly schema?: string
}

/** By the word behind `--format`, the default first. A format's file is loaded only when the format is asked for. */
export type Formats<Format extends About> = Readonly<Record<string, () => Promise<{ readonly format: Format }>>>

/** @throws MailrunError for a word that is none of these */
export async function loadFormat<Format extends About>(formats: Formats<Format>, name: string): Promise<Format> {
  if (!Object.hasOwn(formats, name)) {
    const [last, ...others] = Object.keys(formats).reverse()
    const wanted = [...(others.length === 0 ? [] : [others.reverse().join(', ')]), last].join(' or ')
    throw new MailrunError(`this command has no such format: ${wanted} is wanted`, `--format ${name}`)
  }
  return (await formats[name]!()).format
}
