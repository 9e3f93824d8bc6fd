// A host of the inventory: its name, its groups, its vars with the line each came from, and how it is reached.
import type { Secret } from '../shell/secret.ts'

/** A var's value as the inventory gives it, and `file:line` of where it was said (or `--extra-vars`). */
export interface Var {
  readonly value: unknown
  readonly where: string
}

/** How a host is reached; from `ansible_*` keys and the command line. */
export interface HostAddress {
  /** `ansible_host`: a name or address; the inventory name where it is not said. */
  readonly address: string
  readonly port: number
  /** `undefined`: the user who runs mailrun. */
  readonly user: string | undefined
  /** `ansible_ssh_private_key_file`, absolute; `undefined`: the default identities and the agent. */
  readonly privateKeyFile: string | undefined
  /** Absolute paths; empty: the user's and the system's known_hosts. */
  readonly knownHostsFiles: readonly string[]
  /** Become root through sudo. */
  readonly become: boolean
  readonly becomePassword: Secret | undefined
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
