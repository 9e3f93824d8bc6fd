// Copies the declarations that a user's compiler reads to dist/types: those of the public names, and those that they
// name. What is in no other file's declarations stays out of the package.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const TYPES = './dist/types/'
/** Of a module, as the compiler writes it: `from './x.ts'`, `import('./x.ts')`. */
const RELATIVE = /(?:\bfrom |\bimport ?\(?)(['"])(\.[^'"]+)\1/g

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
}

/**
 * @param root - of the repository, where `dist` has been compiled
 * @param entries - sources of the public names, such as `src/index.ts`
 * @throws Error where package.json names declarations of another file, or a declaration names a file that is missing
 */
export function copyTypes(root: string, entries: readonly string[]): void {
  const files = declarationsFrom(join(root, 'dist'), entries.map(declarationOf))
  const missing = publicTypes(root).filter((path) => !path.includes('*') && !files.has(path))
  if (missing.length > 0) throw new Error(`package.json names declarations of no public name: ${missing.join(', ')}`)
  const out = join(root, TYPES)
  const before = existsSync(out) ? out : undefined
  if (before !== undefined) rmSync(before, { recursive: true })
  for (const [path, text] of files) {
    mkdirSync(dirname(join(out, path)), { recursive: true })
    writeFileSync(join(out, path), text)
  }
}

const declarationOf = (source: string): string => source.replace(/\.[jt]s$/, '.d.ts')

/** Below dist/types, as package.json names them. */
function publicTypes(root: string): readonly string[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
  return Object.values(exports).flatMap((target) => (typeof target === 'string' ? [] : [relative(TYPES, target.types)]))
}

/** By path below `dist`: the text of each of them, and of all that they lead to. */
function declarationsFrom(dist: string, entries: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const waiting = [...entries]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue
    const text = readFileSync(join(dist, path), 'utf8')
    found.set(path, text)
    const folder = dirname(path)
    waiting.push(...[...text.matchAll(RELATIVE)].map((match) => declarationOf(join(folder, match[2]!))))
  }
  return found
}
