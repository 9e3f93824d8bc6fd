// The content of `--list-hosts` and `--list-tasks`, as values, with stars in place of secrets.
import { secretsOf } from '../../engine/secrets-of.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { About } from '../registry.ts'
import { maskOf } from '../../shell/mask.ts'
import type { Printable } from '../write/checked.ts'

/** The hosts that a run would work on, by name, in order. */
export interface ListedHosts {
  readonly playbook: string
  readonly hosts: readonly string[]
}

/** The tasks of each of these hosts, in the order in which they are done. */
export interface ListedTasks {
  readonly playbook: string
  readonly hosts: readonly HostTasks[]
}

export interface HostTasks {
  /** Of the host. */
  readonly name: string
  readonly tasks: readonly { readonly name: string; readonly type: string; readonly tags: readonly string[] }[]
  /** Its tasks are made of what it says of these facts: before a run there are none to list. */
  readonly facts?: readonly string[]
}

export interface ListFormat extends About {
  readonly hosts: (listed: ListedHosts) => Printable
  readonly tasks: (listed: ListedTasks) => Printable
}

/** A playbook by its name, and its hosts. */
export interface Listing {
  readonly playbook: string
  readonly hosts: readonly PreparedHost[]
}

export const listedHosts = ({ playbook, hosts }: Listing): ListedHosts => ({
  playbook,
  hosts: hosts.map(({ host }) => host.name),
})

export const listedTasks = ({ playbook, hosts }: Listing): ListedTasks => ({ playbook, hosts: hosts.map(hostTasks) })

function hostTasks(prepared: PreparedHost): HostTasks {
  const mask = maskOf(secretsOf(prepared))
  return {
    name: prepared.host.name,
    tasks: prepared.tasks.map(({ name, type, tags }) => ({ name: mask(name), type, tags: tags.map(mask) })),
    ...(prepared.gathers === undefined ? {} : { facts: Object.keys(prepared.gathers.facts) }),
  }
}
