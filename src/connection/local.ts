// The same protocol to a shell on this machine: for tests of task modules, and for a host that is this one.
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { ConnectionLost, Unreachable, type Connection } from '../engine/connection.ts'
import { shellStream } from './shell-stream.ts'

/**
 * Starts `sh` as the current user, with these variables beside the inherited ones (`MAILRUN_RUN_DIR` moves the lock and the working files).
 *
 * @throws Unreachable when there is no `sh`.
 */
export async function localConnect(env: Readonly<Record<string, string>>): Promise<Connection> {
  const child = spawn('sh', [], { stdio: 'pipe', env: { ...process.env, ...env } })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => reject(new Unreachable(`no shell on this machine: ${error.message}`)))
  })
  const shell = shellStream(child)
  child.on('exit', (code, signal) => shell.lose(new ConnectionLost(`the shell ended (${signal ?? `exit status ${code}`})`)))
  return {
    exchange: (request) => shell.exchange(request),
    touch: (path) => writeFile(path, ''),
    close() {
      shell.lose(new ConnectionLost('closed'))
      child.stdin.destroy()
      child.stdout.destroy()
      child.stderr.destroy()
    },
  }
}
