// What flags say for a whole run, as an ssh_config: an ssh hands its -F on to the ssh of its jump hosts, and no -o.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { absolute } from '../inventory/address.ts'

export interface RunFlags {
  readonly sshConfig: string | undefined
  readonly knownHosts: string | undefined
  readonly acceptNew: boolean
}

export interface RunConfig {
  /** `undefined` where no flag says anything that a jump host must know. */
  file(): string | undefined
  close(): void
}

const BOTH = ['~/.ssh/config', '/etc/ssh/ssh_config']

/** Made when it is wanted; holds nothing secret. */
export function runConfig({ sshConfig, knownHosts, acceptNew }: RunFlags): RunConfig {
  let folder: string | undefined
  const lines = [
    ...(knownHosts === undefined
      ? []
      : [`UserKnownHostsFile "${absolute(knownHosts)}"`, 'GlobalKnownHostsFile /dev/null']),
    ...(acceptNew ? ['StrictHostKeyChecking accept-new'] : []),
  ]
  // The first that says a thing counts; one that is missing is passed over, as ssh does.
  const includes =
    sshConfig === 'none'
      ? []
      : (sshConfig === undefined ? BOTH : [absolute(sshConfig)]).map((path) => `Include "${path}"`)
  return {
    file() {
      if (lines.length === 0) return undefined
      if (folder === undefined) {
        folder = mkdtempSync(join(tmpdir(), 'mailrun-ssh-'))
        writeFileSync(join(folder, 'config'), [...lines, ...includes, ''].join('\n'), { mode: 0o600 })
      }
      return join(folder, 'config')
    },
    close() {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}
