// The same protocol to a shell on this machine: for a host that is this one, and for tests of task modules.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { Unreachable, type Connection, type Greeting } from '../engine/session/connection.ts'
import type { Become } from '../core/fleet/host.ts'
import { childShell, endGroup } from './shell/child-shell.ts'
import { hostShell } from './shell/host-shell.ts'
import { sharedTrial, type SharedTrial } from './shared-trial.ts'
import { withinTime } from './within-time.ts'

/** For the shell to stand, where nothing is said. */
const CONNECT_SECONDS = 30

export interface LocalLimits {
  readonly seconds?: number | undefined
  /** An interrupt. */
  readonly signal?: AbortSignal
  readonly greeting?: Greeting | undefined
}

/**
 * Starts `sh`, as another user where `become` says so, with these variables beside the inherited ones
 * (`MAILRUN_RUN_DIR` moves the lock and the working files).
 *
 * @throws Unreachable when there is no `sh`, or the method gives none in its time.
 */
export async function localConnect(
  env: Readonly<Record<string, string>>,
  become?: Become,
  trial?: SharedTrial,
  { seconds = CONNECT_SECONDS, signal = new AbortController().signal, greeting }: LocalLimits = {},
): Promise<Connection> {
  const stage = { now: 'opening a shell' }
  const started: ChildProcessWithoutNullStreams[] = []
  try {
    return await withinTime(
      localShell(env, become, trial ?? sharedTrial(), stage, started, greeting),
      seconds,
      signal,
      () => `this machine: no answer within ${seconds} s (${stage.now})`,
    )
  } catch (error) {
    started.forEach(endGroup)
    throw error
  }
}

function localShell(
  env: Readonly<Record<string, string>>,
  become: Become | undefined,
  trial: SharedTrial,
  stage: { now: string },
  children: ChildProcessWithoutNullStreams[],
  greeting: Greeting | undefined,
): Promise<Connection> {
  let child: ChildProcessWithoutNullStreams | undefined
  return hostShell({
    become,
    trial,
    user: userInfo().username,
    at: 'this machine',
    stage,
    notes: [],
    greeting,
    async start(command) {
      // In a session of its own: Ctrl-C on the terminal is for mailrun, which lets the change in hand finish.
      const started = (child = spawn('sh', command === 'exec sh' ? [] : ['-c', command], {
        stdio: 'pipe',
        detached: true,
        env: { ...process.env, ...env },
      }))
      children.push(started)
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
