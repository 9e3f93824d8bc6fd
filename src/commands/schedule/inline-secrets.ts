// Secrets among the words of a schedule: a unit of systemd can be read by everybody on this machine.
import { MailrunError } from '../../core/mailrun-error.ts'
import { readExtraVars } from '../../playbook/extra-vars.ts'
import { loadPlaybook } from '../../playbook/load-playbook.ts'
import { playbookFile } from '../../playbook/shipped.ts'
import { SECRET_NAME } from '../../playbook/var-problems.ts'
import { keyringOf } from '../../secrets/keyring.ts'
import { secretVars } from '../../secrets/secret-schema.ts'
import { Unopened } from '../../secrets/unopened.ts'
import { Secret } from '../../shell/secret.ts'
import { publicModules } from '../fleet/public-modules.ts'

/**
 * Refuses extra vars whose values are written out, and are secret: by the playbook (`v.secret()`), by the inventory's
 * way to say so (`!secret`), or by their name, as messages hide them. Those in a file, and encrypted ones, may stay.
 *
 * @param extraVars - as `-e` takes them
 * @param playbook - whose schema counts; `undefined`: none does
 * @throws MailrunError for a secret, for vars that cannot be read, and for a playbook that cannot be loaded
 */
export async function refuseInlineSecrets(extraVars: readonly string[], playbook: string | undefined): Promise<void> {
  const inline = extraVars.filter((each) => !each.startsWith('@'))
  if (inline.length === 0) return
  const vars = await readExtraVars(inline, NO_KEYS)
  const declared =
    playbook === undefined ? [] : secretVars((await loadPlaybook(playbookFile(playbook), publicModules)).vars)
  const secret = [...vars].flatMap(([name, { value }]) =>
    secretsIn(name, value, declared.includes(name) || isSecretName(name)),
  )
  if (secret.length === 0) return
  const are = secret.length === 1 ? 'is' : 'are'
  throw new MailrunError(
    `${secret.join(', ')} ${are} secret, and everybody on this machine can read a unit: put it into a file that only ` +
      'you can read (-e @FILE), or encrypt it in the inventory (mailrun encrypt; !age)',
    '--extra-vars',
  )
}

/** What is encrypted stays so. */
const NO_KEYS = keyringOf({ identityFiles: [], passphrase: undefined, warn: () => {} })

/** The names of what is secret in a value. @param isSecret - all of it is */
function secretsIn(name: string, value: unknown, isSecret: boolean): readonly string[] {
  if (value instanceof Unopened || value === null || value === '') return []
  if (value instanceof Secret) return [name]
  if (typeof value !== 'object') return isSecret ? [name] : []
  return Object.entries(value).flatMap(([key, each]) =>
    secretsIn(`${name}.${key}`, each, isSecret || isSecretName(key)),
  )
}

/** `key_file` and the like name a file that has the secret. */
const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !/_(?:file|path)$/.test(name)
