// Finds the age identity files of a command: those of its flags, of the environment, or in the default places.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { keyringOf, type Keyring } from '../../secrets/keyring.ts'
import { Secret } from '../../shell/secret.ts'
import type { FleetSource } from './read-fleet.ts'

/**
 * What is given wins over MAILRUN_AGE_IDENTITY (files, with colons between), that over the file in ~/.config/mailrun.
 */
export function keyringFor({
  ageIdentity,
  agePassphrase,
  warn,
}: Pick<FleetSource, 'ageIdentity' | 'agePassphrase' | 'warn'>): Keyring {
  return keyringOf({
    identityFiles: ageIdentity !== undefined && ageIdentity.length > 0 ? ageIdentity : byEnvironment(),
    passphrase: agePassphrase instanceof Secret ? () => Promise.resolve(agePassphrase) : agePassphrase,
    warn: warn ?? (() => {}),
  })
}

function byEnvironment(): readonly string[] {
  const named = (process.env['MAILRUN_AGE_IDENTITY'] ?? '').split(delimiter).filter((file) => file !== '')
  if (named.length > 0) return named
  const base = process.env['XDG_CONFIG_HOME']
  const file = join(
    base !== undefined && isAbsolute(base) ? base : join(homedir(), '.config'),
    'mailrun',
    'age-identity.txt',
  )
  return existsSync(file) ? [file] : []
}
