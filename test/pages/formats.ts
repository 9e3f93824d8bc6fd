// The tables of output formats in docs, made from the registries in src/report.
import { readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { loadFormat, type About, type Formats } from '../../src/report/registry.ts'

const REPORTS = join(import.meta.dirname, '../../src/report')
const TABLE = /<!-- formats of ([a-z/-]+): written by npm run docs -->\n[^]*?<!-- end of formats -->/g

export type NamedFormat = About & { readonly name: string }

/** All formats by what is reported: `run`, `dns/plan`; that is, by the folder of their `formats.ts`. */
export const FORMATS: ReadonlyMap<string, readonly NamedFormat[]> = new Map(
  await Promise.all(
    readdirSync(REPORTS, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('/formats.js'))
      .sort()
      .map(async (path) => [dirname(path), await formatsIn(join(REPORTS, path))] as const),
  ),
)

async function formatsIn(path: string): Promise<readonly NamedFormat[]> {
  const [formats, ...more] = Object.values((await import(path)) as Readonly<Record<string, Formats<About>>>)
  if (formats === undefined || more.length > 0) throw new Error(`${path}: it exports its registry alone`)
  return Promise.all(Object.keys(formats).map(async (name) => ({ name, ...(await loadFormat(formats, name)) })))
}

/** @param path - of the page, from the root. @throws Error where it names a registry that there is none of. */
export const withFormats = (page: string, path: string): string =>
  page.replace(TABLE, (_, what: string) => {
    const formats = FORMATS.get(what)
    if (formats === undefined) throw new Error(`${path}: src/report/${what}/formats.ts is wanted`)
    const rows = formats.map(({ name, about, schema }) => [
      `\`${name}\``,
      about.replaceAll('|', '\\|') + link(schema, path),
    ])
    const table = [['`--format`', 'for'], ['---', '---'], ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
    return `<!-- formats of ${what}: written by npm run docs -->\n\n${table}\n<!-- end of formats -->`
  })

const link = (schema: string | undefined, path: string): string =>
  schema === undefined ? '' : `; [${schema}.schema.json](${relative(dirname(path), `docs/${schema}.schema.json`)})`
