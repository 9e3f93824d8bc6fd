// Opens a shell on a host, or runs a command there, with the system's ssh.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { findHost } from '../hosts/find-host.ts'
import { fleet } from '../fleet.ts'
import type { Lab } from '../lab.ts'
import { sshConfigPath, writeSshConfig } from './ssh-config.ts'
import { requireState } from '../state.ts'

/** Gives ssh's exit status. */
export async function ssh(lab: Lab, name: string, command: readonly string[]): Promise<number> {
  const host = await findHost(lab, name)
  const state = await requireState(lab)
  await writeSshConfig(lab, fleet(state), state.subnet)
  const args = ['-F', sshConfigPath(lab), '-o', 'LogLevel=ERROR', host.name, ...command]
  const child = spawn('ssh', args, { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}
