// The hook of `as-modules`: resolves public names as the compiler does, by the paths of tsconfig.json.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

interface Resolved {
  readonly url: string
  readonly shortCircuit?: boolean
}

const ROOT = join(import.meta.dirname, '../..')
const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as {
  readonly compilerOptions: { readonly paths: Readonly<Record<string, readonly [string]>> }
}
const paths = Object.entries(compilerOptions.paths)

/** The same in both kinds of hooks: what `next` returns is a promise in one of them. */
export function resolve<T>(name: string, context: unknown, next: (name: string, context: unknown) => T): T | Resolved {
  const file = compiledFile(name)
  return file === undefined ? next(name, context) : { url: pathToFileURL(file).href, shortCircuit: true }
}

function compiledFile(name: string): string | undefined {
  for (const [pattern, [source]] of paths) {
    const [start = '', end] = pattern.split('*')
    const isMeant = end === undefined ? name === pattern : name.startsWith(start)
    if (isMeant) return join(ROOT, 'dist', source.replace('*', name.slice(start.length)).replace(/\.ts$/, '.js'))
  }
  return undefined
}
