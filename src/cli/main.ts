#!/usr/bin/env node
// The command `mailrun`: starts quickly, and loads the rest only when there is something to do.
import * as module from 'node:module'
import { tooFewFiles } from '../commands/fleet/open-files.ts'
import { ownVersion } from '../commands/version.ts'
import { cacheFolder } from '../playbook/cache-folder.ts'

const words = process.argv.slice(2)
const problem = tooFewFiles()
if (problem !== undefined) {
  process.stderr.write(`mailrun: ${problem}\n`)
  process.exit(1)
}
if (words.length === 1 && words[0] === '--version') {
  process.stdout.write(`${ownVersion()}\n`)
} else {
  // Node 22 has it, Node 20 has not. Its own folder is in /tmp, where somebody else could make it first and put code
  // into it; Node does not look whose it is.
  const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown }
  const folder = enableCompileCache && cacheFolder('mailrun')
  if (folder) enableCompileCache(folder)
  const { act } = await import('./act.ts')
  await act(words, ownVersion())
}
