// Opens a shell on a host, or runs a command there, with the system's ssh.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { findHost } from './find-host.ts'
import { knownHostsPath, userKeyPath } from './keys.ts'
import type { Lab } from './lab.ts'
import { requireState } from './state.ts'

/** Gives ssh's exit status. */
export async function ssh(lab: Lab, name: string, command: readonly string[]): Promise<number> {
  const host = await findHost(lab, name)
  const { subnet } = await requireState(lab)
  const options = [
    'IdentitiesOnly=yes',
    `UserKnownHostsFile=${knownHostsPath(lab)}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'LogLevel=ERROR',
  ]
  const args = [
    '-F',
    'none',
    '-i',
    userKeyPath(lab),
    ...options.flatMap((option) => ['-o', option]),
    `${host.user}@${subnet}.${host.number}`,
    ...command,
  ]
  const child = spawn('ssh', args, { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}
