// The licences of the packages that are in dist/bundle, which ask to be passed on with them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Person {
  readonly name: string
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  /** As packages named it before npm 3. */
  readonly licenses?: readonly { readonly type: string }[]
  readonly author?: string | Person | readonly (string | Person)[]
  readonly repository?: string | { readonly url: string }
}

/** Which may be passed on in a bundle, with their text. */
const ALLOWED = ['MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'Unlicense', '0BSD']
const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)/i
const HEAD = 'mailrun contains these packages of others, each under its own licence.\n'

/**
 * @param root - below which `inputs` are
 * @param inputs - paths of all files that were bundled
 * @throws Error for a package whose licence is none of those that allow it
 */
export function licences(root: string, inputs: readonly string[]): string {
  const folders = inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [])
  const texts = [...new Set(folders)].sort().map((folder) => licenceOf(join(root, folder)))
  return [HEAD, ...texts].join(`\n${'-'.repeat(80)}\n\n`)
}

function licenceOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  const { name, version, license, licenses } = manifest
  const kind = license ?? licenses?.[0]?.type ?? 'none named'
  if (!ALLOWED.includes(kind))
    throw new Error(`${name} ${version} cannot be bundled: its licence is ${kind} (${folder})`)
  const texts = readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return `${name} ${version} (${kind})\n\n${texts.length > 0 ? texts.join('\n\n') : withoutText(manifest)}\n`
}

/** Some packages name their licence, and have no file of it. */
function withoutText({ author, repository }: Manifest): string {
  const authors = [author ?? []].flat().map((each) => (typeof each === 'string' ? each : each.name))
  const from = typeof repository === 'string' ? repository : repository?.url
  return [`The package has no file of its licence. By ${authors.join(', ') || 'authors whom it does not name'}.`, from]
    .filter((line) => line !== undefined)
    .join('\n')
}
