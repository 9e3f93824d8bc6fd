#!/usr/bin/env node
// The command `mailrun`: starts quickly, and loads the rest only when there is something to do.
import { readFileSync } from 'node:fs'
import * as module from 'node:module'
import { tooFewFiles } from '../commands/fleet/open-files.ts'

const words = process.argv.slice(2)
const problem = tooFewFiles()
if (problem !== undefined) {
  process.stderr.write(`mailrun: ${problem}\n`)
  process.exit(1)
}
const { version } = JSON.parse(readFileSync(new URL(import.meta.resolve('mailrun/package.json')), 'utf8')) as {
  version: string
}

if (words.length === 1 && words[0] === '--version') {
  process.stdout.write(`${version}\n`)
} else {
  // Node 22 has it, Node 20 has not.
  const { enableCompileCache } = module as { enableCompileCache?: () => unknown }
  enableCompileCache?.()
  const { act } = await import('./act.ts')
  await act(words, version)
}
