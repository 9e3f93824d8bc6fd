// Reads the inventories of a fleet, and the flags that say how its hosts are reached.
import { access, constants } from 'node:fs/promises'
import { absolute } from '../../inventory/address.ts'
import { loadInventory } from '../../inventory/load-inventory.ts'
import type { Var } from '../../core/fleet/host.ts'
import type { Inventory } from '../../core/fleet/inventory.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { importFile } from '../../playbook/import-file.ts'
import type { Keyring } from '../../secrets/keyring.ts'
import type { Secret } from '../../shell/secret.ts'
import { publicModules } from './public-modules.ts'

/** How hosts are reached where the inventory does not say. */
export interface AddressDefaults {
  /** Login user; left out: ssh_config's, else who runs mailrun. */
  readonly user?: string | undefined
  /** Key file; left out: the agent, ssh_config's and ~/.ssh/id_*. */
  readonly privateKey?: string | undefined
  /** To log in with, where no key does. */
  readonly password?: Secret | undefined
  /** `auto`, which is the default, `openssh` or `local`. */
  readonly connection?: string | undefined
  /** Options for ssh, as its command line takes them. */
  readonly sshCommonArgs?: string | undefined
  readonly sshExtraArgs?: string | undefined
  /** Seconds for a connection to stand; left out: ssh_config's ConnectTimeout, else 30. */
  readonly timeoutSeconds?: number | undefined
  readonly become?: boolean | undefined
  readonly becomeMethod?: string | undefined
  readonly becomeUser?: string | undefined
  readonly becomePassword?: Secret | undefined
}

export interface FleetSource extends AddressDefaults {
  /** Inventories as `-i` takes them; later ones win. */
  readonly inventory: readonly string[]
  /**
   * age identity files, for what is encrypted; left out: MAILRUN_AGE_IDENTITY, else ~/.config/mailrun/age-identity.txt
   * where it is there.
   */
  readonly ageIdentity?: readonly string[] | undefined
  /**
   * For what is encrypted with a passphrase; a function is called once something is: `what` says what is to be opened.
   */
  readonly agePassphrase?: Secret | ((what: string) => Promise<Secret>) | undefined
  /**
   * Is called with a sentence about an identity file that others can read, about vars that look like mistyped names of
   * others, and about hosts that are only asked, such as hosts of a release that mailrun does not know. Left out:
   * nobody is warned.
   */
  readonly warn?: ((line: string) => void) | undefined
  /** Vars that win over the inventory: values by name, or text as `--extra-vars` takes it. Later ones win. */
  readonly extraVars?: readonly (string | Readonly<Record<string, unknown>>)[] | undefined
}

const FLAGS: Readonly<Record<keyof AddressDefaults, readonly [key: string, flag: string]>> = {
  user: ['ansible_user', '--user'],
  privateKey: ['ansible_private_key_file', '--private-key'],
  password: ['ansible_password', '--ask-pass'],
  connection: ['ansible_connection', '--connection'],
  sshCommonArgs: ['ansible_ssh_common_args', '--ssh-common-args'],
  sshExtraArgs: ['ansible_ssh_extra_args', '--ssh-extra-args'],
  timeoutSeconds: ['ansible_timeout', '--timeout'],
  become: ['ansible_become', '--become'],
  becomeMethod: ['ansible_become_method', '--become-method'],
  becomeUser: ['ansible_become_user', '--become-user'],
  becomePassword: ['ansible_become_password', '--ask-become-pass'],
}

/** @param extra - `--extra-vars`, of which the connection's count here. @throws MailrunError with file:line */
export async function readFleet(
  source: FleetSource,
  extra: ReadonlyMap<string, Var>,
  playbookFolder: string | undefined,
  keyring: Keyring,
): Promise<Inventory> {
  await refuseUnreadable('--private-key', source.privateKey)
  const defaults = Object.entries(FLAGS).flatMap(([name, [key, where]]): [string, Var][] => {
    const value = source[name as keyof AddressDefaults]
    return value === undefined ? [] : [[key, { value, where }]]
  })
  return loadInventory({
    paths: source.inventory,
    playbookFolder,
    defaults: new Map(defaults),
    extra,
    load: (path) => importFile(path, publicModules),
    keyring,
  })
}

/** Known before any host is touched, and wrong for all of them. */
async function refuseUnreadable(flag: string, path: string | undefined): Promise<void> {
  if (path === undefined) return
  await access(absolute(path), constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw new MailrunError(
      error.code === 'ENOENT' ? 'there is no such file' : `the file cannot be read: ${error.message}`,
      `${flag} ${path}`,
    )
  })
}
