// The same protocol to a shell on this machine: for a host that is this one, and for tests of task modules.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { Unreachable, type Connection } from '../engine/connection.ts'
import type { Become } from '../model/host.ts'
import { childShell } from './child-shell.ts'
import { hostShell } from './host-shell.ts'
import { passwordTrial, type PasswordTrial } from './password-trial.ts'

/**
 * Starts `sh`, as another user where `become` says so, with these variables beside the inherited ones
 * (`MAILRUN_RUN_DIR` moves the lock and the working files).
 *
 * @throws Unreachable when there is no `sh`, or the method gives none.
 */
export function localConnect(
  env: Readonly<Record<string, string>>,
  become?: Become,
  trial?: PasswordTrial,
): Promise<Connection> {
  let child: ChildProcessWithoutNullStreams | undefined
  return hostShell({
    become,
    trial: trial ?? passwordTrial(),
    user: userInfo().username,
    at: 'this machine',
    stage: { now: 'opening a shell' },
    notes: [],
    async start(command) {
      // In a session of its own: Ctrl-C on the terminal is for mailrun, which lets the change in hand finish.
      const started = (child = spawn('sh', command === 'exec sh' ? [] : ['-c', command], {
        stdio: 'pipe',
        detached: true,
        env: { ...process.env, ...env },
      }))
      await new Promise<void>((resolve, reject) => {
        started.once('spawn', resolve)
        started.once('error', (error) => reject(new Unreachable(`no shell on this machine: ${error.message}`)))
      })
      return childShell(started, (code, signal) => `the shell ended (${signal ?? `exit status ${code}`})`)
    },
    touch: (path) => writeFile(path, ''),
    end() {
      child?.stdin.destroy()
      child?.stdout.destroy()
      child?.stderr.destroy()
    },
  })
}
