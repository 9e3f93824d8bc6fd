// Writes the lab's fleet as an inventory in Ansible's YAML form.
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isMailHost, type LabHost } from '../fleet.ts'
import { SENDER_DOMAINS, fqdn, ipv6 } from '../internet/names.ts'
import { tsigKeyPath } from '../internet/tsig-keys.ts'
import { NUMBERS } from '../internet/zones.ts'
import { knownHostsPath, userKeyPath } from './keys.ts'
import type { Lab } from '../lab.ts'
import type { LabState } from '../state.ts'

/** How DNS is found and changed, in a lab that has its own. */
export interface InventoryDns {
  readonly resolver: string
  readonly keyFile: string
}

/** Pure: the text of the file. */
export function inventoryText(
  hosts: readonly LabHost[],
  subnet: string,
  keyPath: string,
  knownHosts: string,
  dns?: InventoryDns,
): string {
  const group = (name: string, members: readonly LabHost[], vars: readonly string[]): readonly string[] => [
    `${name}:`,
    '  hosts:',
    ...members.flatMap((host) => [
      `    ${host.name}:`,
      `      ansible_host: ${subnet}.${host.number}`,
      `      ansible_user: ${host.user}`,
      ...(host.sudo === 'no' ? [] : ['      ansible_become: true']),
      ...(host.profile === 'tools' ? [] : [`      fqdn: ${fqdn(host)}`]),
      // To the lab's name servers and receiver, these are the world.
      ...(dns !== undefined && isMailHost(host)
        ? [`      outgoing_addresses: [${subnet}.${host.number}, "${ipv6(subnet, host.number)}"]`]
        : []),
    ]),
    ...(vars.length === 0 ? [] : ['  vars:', ...vars.map((line) => `    ${line}`)]),
  ]
  const further = (['tools', 'dns', 'receiver'] as const).map((name) => ({
    name,
    members: hosts.filter(({ profile }) => profile === name),
  }))
  return [
    '# Written by "npm run lab up".',
    'all:',
    '  vars:',
    `    ansible_ssh_private_key_file: ${JSON.stringify(keyPath)}`,
    `    ansible_ssh_common_args: ${JSON.stringify(`-o UserKnownHostsFile=${knownHosts}`)}`,
    // Where nobody serves the hosts' keys, they sign unpublished.
    ...(dns === undefined ? ['    dns: false'] : []),
    ...group('mail', hosts.filter(isMailHost), [
      `domains: [${SENDER_DOMAINS.join(', ')}]`,
      ...(dns === undefined ? [] : [`dns: { resolvers: [${dns.resolver}], key_file: ${JSON.stringify(dns.keyFile)} }`]),
    ]),
    ...further.flatMap(({ name, members }) => (members.length === 0 ? [] : group(name, members, []))),
    '',
  ].join('\n')
}

export async function writeInventory(lab: Lab, hosts: readonly LabHost[], state: LabState): Promise<void> {
  const { subnet, internet } = state
  await mkdir(dirname(lab.inventoryPath), { recursive: true })
  const text = inventoryText(
    hosts,
    subnet,
    userKeyPath(lab),
    knownHostsPath(lab),
    internet === undefined
      ? undefined
      : { resolver: `${subnet}.${NUMBERS.resolver}`, keyFile: tsigKeyPath(lab, 'lab') },
  )
  await writeFile(`${lab.inventoryPath}.new`, text)
  await rename(`${lab.inventoryPath}.new`, lab.inventoryPath)
}
