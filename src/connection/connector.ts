// Chooses the connection for each host of a run, once, before any is touched.
import type { Connect } from '../engine/connection.ts'
import type { Host } from '../model/host.ts'
import { localConnect } from './local.ts'
import { sshConnect } from './ssh.ts'
import { sshSettings } from './ssh-settings.ts'

export interface ConnectionSource {
  /** The file that host keys must be in; left out: ssh_config's, else ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts. */
  readonly knownHosts?: string | undefined
}

/** @throws MailrunError with file:line for what cannot be supported */
export function connector(hosts: readonly Host[], { knownHosts }: ConnectionSource): Connect {
  const settings = new Map(hosts.map((host) => [host.name, sshSettings(host.address, knownHosts)]))
  return (host, options) => {
    const connectSeconds = host.address.connectSeconds ?? options.timeoutSeconds
    if (host.address.connection === 'local') return localConnect({})
    return sshConnect(host.address, settings.get(host.name)!, { ...options, timeoutSeconds: connectSeconds })
  }
}
