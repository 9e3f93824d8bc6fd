// `npm run docs`: writes the pages that are made of the sources, and says which were not up to date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../unit/cli/mailrun.ts'
import { generatedPages } from './generated.ts'

for (const [path, text] of generatedPages()) {
  const file = join(ROOT, path)
  if (readOrEmpty(file) === text) continue
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(`${path} written`)
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
