// The same protocol to a shell on this machine: for a host that is this one, and for tests of task modules.
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { Unreachable, type Connection } from '../engine/connection.ts'
import type { Become } from '../model/host.ts'
import { openingOf } from './become.ts'
import { childShell } from './child-shell.ts'
import { hostShell } from './host-shell.ts'

/**
 * Starts `sh`, as another user where `become` says so, with these variables beside the inherited ones (`MAILRUN_RUN_DIR` moves the lock and the working files).
 *
 * @throws Unreachable when there is no `sh`, or sudo gives none.
 */
export async function localConnect(env: Readonly<Record<string, string>>, become?: Become): Promise<Connection> {
  const user = userInfo().username
  const opening = openingOf(become, user)
  // In a session of its own: Ctrl-C on the terminal is for mailrun, which lets the change in hand finish.
  const child = spawn('sh', opening.command === 'exec sh' ? [] : ['-c', opening.command], { stdio: 'pipe', detached: true, env: { ...process.env, ...env } })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => reject(new Unreachable(`no shell on this machine: ${error.message}`)))
  })
  return hostShell({
    process: childShell(child, (code, signal) => `the shell ended (${signal ?? `exit status ${code}`})`),
    opening,
    user,
    at: 'this machine',
    stage: { now: 'opening a shell' },
    notes: [],
    touch: (path) => writeFile(path, ''),
    end() {
      child.stdin.destroy()
      child.stdout.destroy()
      child.stderr.destroy()
    },
  })
}
