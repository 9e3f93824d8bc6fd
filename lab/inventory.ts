// Writes the lab's fleet as an inventory in Ansible's YAML form.
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LabHost } from './fleet.ts'
import { DOMAIN } from './host-files.ts'
import { knownHostsPath, userKeyPath } from './keys.ts'
import type { Lab } from './lab.ts'

/** Pure: the text of the file. */
export function inventoryText(hosts: readonly LabHost[], subnet: string, keyPath: string, knownHosts: string): string {
  const group = (name: string, members: readonly LabHost[], vars: readonly string[]): readonly string[] => [
    `${name}:`,
    '  hosts:',
    ...members.flatMap((host) => [
      `    ${host.name}:`,
      `      ansible_host: ${subnet}.${host.number}`,
      `      ansible_user: ${host.user}`,
      ...(host.sudo === 'no' ? [] : ['      ansible_become: true']),
      ...(host.profile === 'tools' ? [] : [`      fqdn: ${host.name}.${DOMAIN}`]),
    ]),
    ...(vars.length === 0 ? [] : ['  vars:', ...vars.map((line) => `    ${line}`)]),
  ]
  const mail = hosts.filter(({ profile }) => profile !== 'tools')
  const tools = hosts.filter(({ profile }) => profile === 'tools')
  return [
    '# Written by "npm run lab up".',
    'all:',
    '  vars:',
    `    ansible_ssh_private_key_file: ${JSON.stringify(keyPath)}`,
    `    ansible_ssh_common_args: ${JSON.stringify(`-o UserKnownHostsFile=${knownHosts}`)}`,
    ...group('mail', mail, ['domains: [fleet.test, example.test]']),
    ...(tools.length === 0 ? [] : group('tools', tools, [])),
    '',
  ].join('\n')
}

export async function writeInventory(lab: Lab, hosts: readonly LabHost[], subnet: string): Promise<void> {
  await mkdir(dirname(lab.inventoryPath), { recursive: true })
  const text = inventoryText(hosts, subnet, userKeyPath(lab), knownHostsPath(lab))
  await writeFile(`${lab.inventoryPath}.new`, text)
  await rename(`${lab.inventoryPath}.new`, lab.inventoryPath)
}
