// Writes an ssh_config file with the settings that flags make for a whole run. They must be in a file, because ssh
// passes -F on to the ssh for its jump hosts, but not -o.
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
  /** The path of the file; `undefined` if no flag makes a setting that jump hosts need. */
  file(): string | undefined
  close(): void
}

const BOTH = ['~/.ssh/config', '/etc/ssh/ssh_config']

/** The file is written when it is needed. It contains no secret. */
export function runConfig({ sshConfig, knownHosts, acceptNew }: RunFlags): RunConfig {
  let folder: string | undefined
  const lines = [
    ...(knownHosts === undefined
      ? []
      : [`UserKnownHostsFile "${absolute(knownHosts)}"`, 'GlobalKnownHostsFile /dev/null', 'ControlPath none']),
    ...(acceptNew ? ['StrictHostKeyChecking accept-new'] : []),
  ]
  // The first file with a setting counts. A missing file is skipped, as ssh does.
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
