#!/usr/bin/env node
// `npm create mailrun FOLDER`: runs `mailrun init` of the mailrun that this package depends on, with the same words.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = dirname(fileURLToPath(import.meta.resolve('mailrun/package.json')))
const command = join(home, 'dist/bundle/mailrun.js')
const { status } = spawnSync(process.execPath, [command, 'init', ...process.argv.slice(2)], { stdio: 'inherit' })
process.exit(status ?? 1)
