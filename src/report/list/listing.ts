// The content of `--list-hosts` and `--list-tasks`, as values, with stars in place of secrets.
import { secretsOf } from '../../engine/secrets-of.ts'
import type { PreparedHost } from '../../core/prepared-host.ts'
import type { About } from '../registry.ts'
import { maskOf } from '../../shell/mask.ts'
import type { Printable } from '../write/checked.ts'

export interface Listing {
  readonly playbook: string
  readonly hosts: readonly PreparedHost[]
}

export interface ListFormat extends About {
  readonly hosts: (listing: Listing) => Printable
  readonly tasks: (listing: Listing) => Printable
}

export const hostNames = ({ hosts }: Listing): readonly string[] => hosts.map(({ host }) => host.name)

export interface ListedTasks {
  /** Of the host. */
  readonly name: string
  readonly tasks: readonly { readonly name: string; readonly type: string; readonly tags: readonly string[] }[]
}

export const tasksByHost = ({ hosts }: Listing): readonly ListedTasks[] =>
  hosts.map((prepared) => {
    const mask = maskOf(secretsOf(prepared))
    return {
      name: prepared.host.name,
      tasks: prepared.tasks.map(({ name, type, tags }) => ({ name: mask(name), type, tags: tags.map(mask) })),
    }
  })

export const hostsDocument = (listing: Listing) => ({ playbook: listing.playbook, hosts: hostNames(listing) })
export const tasksDocument = (listing: Listing) => ({ playbook: listing.playbook, hosts: tasksByHost(listing) })
