// What the SSH client needs to know to reach one host.
import { userInfo } from 'node:os'
import { absolute } from '../inventory/address.ts'
import type { HostAddress } from '../model/host.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { shellWords } from '../text/shell-words.ts'

export interface SshSettings {
  readonly hostName: string
  readonly port: number
  readonly user: string
  readonly privateKeyFile: string | undefined
  readonly password: HostAddress['password']
  /** Empty: the user's and the system's. */
  readonly knownHostsFiles: readonly string[]
}

/** @throws MailrunError with file:line for an option that is not supported */
export function sshSettings(address: HostAddress, knownHosts: string | undefined): SshSettings {
  const files: string[] = []
  for (const { keyword, value, where } of [...address.sshArgs, ...address.sshExtraArgs]) {
    if (keyword.toLowerCase() === 'userknownhostsfile') files.push(...shellWords(value, { comments: false }).map(absolute))
    else if (keyword.toLowerCase() !== 'stricthostkeychecking' || value !== 'yes') throw new MailrunError(`the option ${keyword} is not supported; UserKnownHostsFile is`, where)
  }
  return {
    hostName: address.address,
    port: address.port ?? 22,
    user: address.user ?? userInfo().username,
    privateKeyFile: address.privateKeyFile,
    password: address.password,
    knownHostsFiles: knownHosts === undefined ? files : [absolute(knownHosts)],
  }
}
