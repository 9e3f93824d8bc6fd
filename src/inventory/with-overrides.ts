// What the command line says of how hosts are reached.
import type { HostAddress } from '../model/host.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Secret } from '../shell/secret.ts'

export interface Overrides {
  readonly user: string | undefined
  readonly privateKeyFile: string | undefined
  readonly knownHostsFile: string | undefined
  readonly becomePassword: Secret | undefined
}

/** As in Ansible the inventory wins over the command line; only `--known-hosts`, which Ansible has not, wins over the inventory. */
export function withOverrides(inventory: Inventory, { user, privateKeyFile, knownHostsFile, becomePassword }: Overrides): Inventory {
  const override = (address: HostAddress): HostAddress => ({
    ...address,
    user: address.user ?? user,
    privateKeyFile: address.privateKeyFile ?? privateKeyFile,
    knownHostsFiles: knownHostsFile === undefined ? address.knownHostsFiles : [knownHostsFile],
    becomePassword: address.becomePassword ?? becomePassword,
  })
  return { ...inventory, hosts: inventory.hosts.map((host) => ({ ...host, address: override(host.address) })) }
}
