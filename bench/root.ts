// The path of the repository's root, seen from dist/bench.
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')
/** The command, as users have it. */
export const MAIN = join(ROOT, 'dist/bundle/mailrun.js')
