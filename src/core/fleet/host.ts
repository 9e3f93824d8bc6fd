// A host of the inventory: its name, its groups, its vars with the line that each comes from, and how to reach it.
import type { Secret } from '../../shell/secret.ts'

/** A var's value as the inventory gives it, and `file:line` of where it was said (or `--extra-vars`). */
export interface Var {
  readonly value: unknown
  readonly where: string
}

/** Arguments as ssh(1) takes them, and `file:line` of where they were said. */
export interface SshWords {
  readonly words: readonly string[]
  readonly where: string
}

/** How another user than the login user does the work. */
export interface Become {
  readonly method: 'sudo' | 'su' | 'doas'
  readonly user: string
  /**
   * The program, or words that end in it (`sudo su -`); `undefined`: by the method's name. Plain words, as the flags
   * are: none of the signs that quote or expand in a shell.
   */
  readonly executable: string | undefined
  /** More words for it, as they are. */
  readonly flags: readonly string[]
  readonly password: Secret | undefined
}

/** How a host is reached; from `ansible_*` keys and the command line. What is `undefined` is ssh_config's to say. */
export interface HostAddress {
  /**
   * `auto`: the system's `ssh` where a master connection stands, or a host needs what mailrun's own client lacks, else
   * that client; `openssh`: the system's `ssh`; `local`: a shell on this machine.
   */
  readonly connection: 'auto' | 'openssh' | 'local'
  /** `ansible_host`: a name, an address, or an alias of ssh_config; the inventory name where it is not said. */
  readonly address: string
  readonly port: number | undefined
  readonly user: string | undefined
  /** `ansible_ssh_private_key_file`, absolute. */
  readonly privateKeyFile: string | undefined
  readonly privateKeyPassphrase: Secret | undefined
  /** To log in with. */
  readonly password: Secret | undefined
  /** For ssh, before what is above (`ansible_ssh_args`): the first value of a keyword counts. */
  readonly sshArgs: SshWords
  /** After it (`ansible_ssh_common_args`, `ansible_ssh_extra_args`). */
  readonly sshExtraArgs: SshWords
  /** `ansible_ssh_executable`. */
  readonly sshExecutable: string | undefined
  /** For a connection to stand. */
  readonly connectSeconds: number | undefined
  /** How often a connection that failed for a transient reason is tried again. */
  readonly retries: number | undefined
  /** `undefined`: the login user does the work. */
  readonly become: Become | undefined
}

export interface Host {
  /** The name in the inventory (Ansible's `inventory_hostname`). */
  readonly name: string
  /** All groups that it is in, its own and their ancestors; never `all` or `ungrouped`. */
  readonly groups: readonly string[]
  /** Vars of all groups and of the host, merged by Ansible's precedence. No `ansible_*` connection keys. */
  readonly vars: ReadonlyMap<string, Var>
  /** The `ansible_*` keys, merged alike. */
  readonly connection: ReadonlyMap<string, Var>
  readonly address: HostAddress
  /** file:line of the host in the inventory. */
  readonly where: string
}
