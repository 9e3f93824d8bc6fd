// Where compiled playbooks are kept: a folder that nobody else can write, for what lies in it is run.
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Below XDG_CACHE_HOME, else ~/.cache; `false`, which keeps nothing, where it cannot be made. */
export function cacheFolder(): string | false {
  const base = process.env['XDG_CACHE_HOME']
  const folder = join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), 'mailrun')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return folder
  } catch {
    return false
  }
}
