// Follows the imports of compiled files.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Whether the file is one of these, or imports one, directly or through others. */
export function reaches(file: string, wanted: ReadonlySet<string>): boolean {
  const seen = new Set<string>()
  const open = [file]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (wanted.has(next)) return true
    if (seen.has(next)) continue
    seen.add(next)
    open.push(...importsOf(next))
  }
  return false
}

/** The compiler writes relative imports in double quotes, and leaves others as they are. */
function importsOf(file: string): readonly string[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return [...text.matchAll(/(?:from|import\()\s*["'](\.[^"']+)["']/g)].map((match) =>
    join(dirname(file), match[1] ?? ''),
  )
}
