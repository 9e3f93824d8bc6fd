// Writes the lab's ssh_config(5), with which ssh, scp and mailrun reach the hosts by name.
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabHost } from '../fleet.ts'
import { fqdn } from '../internet/names.ts'
import { knownHostsPath, userKeyPath } from './keys.ts'
import type { Lab } from '../lab.ts'

export const sshConfigPath = (lab: Lab): string => join(lab.stateDir, 'ssh_config')

/** Pure: the text of the file. */
function sshConfigText(lab: Lab, hosts: readonly LabHost[], subnet: string): string {
  const each = hosts.flatMap((host) => [
    `Host ${host.name} ${fqdn(host)}`,
    `  HostName ${subnet}.${host.number}`,
    `  User ${host.user}`,
    '',
  ])
  return [
    '# Written by "npm run lab up".',
    ...each,
    'Host *',
    `  IdentityFile ${userKeyPath(lab)}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${knownHostsPath(lab)}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '',
  ].join('\n')
}

export async function writeSshConfig(lab: Lab, hosts: readonly LabHost[], subnet: string): Promise<void> {
  const path = sshConfigPath(lab)
  // Several commands of the lab may write it at once.
  const coming = `${path}.new-${process.pid}`
  await writeFile(coming, sshConfigText(lab, hosts, subnet))
  await rename(coming, path)
}
