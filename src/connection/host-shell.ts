// The one shell on a host, over whatever leads there: as another user where the host says become, and with what was said where it does not come up.
import { ConnectionLost, Unreachable, type Connection } from '../engine/connection.ts'
import type { Become } from '../model/host.ts'
import { openShell } from './become-dialogue.ts'
import { RUN_AGAIN } from './passing.ts'
import type { PasswordTrial } from './password-trial.ts'
import { shellStream, type ShellStreams } from './shell-stream.ts'

/** A program on the host, or on the way to it, whose input and outputs are the shell's. */
export interface ShellProcess extends ShellStreams {
  /** Is told once that it is gone, and how. */
  onEnd(listener: (how: string) => void): void
}

export interface ShellSource {
  readonly become: Become | undefined
  /** The run's. */
  readonly trial: PasswordTrial
  /** Who logs in. */
  readonly user: string
  /** For messages. */
  readonly at: string
  readonly stage: { now: string }
  /** Starts a command line in the login user's shell: once, and again where another way is needed after the first has ended. */
  start(command: string): Promise<ShellProcess>
  touch(path: string): Promise<void>
  /** The process that was started last is told to end, and made to. */
  end(): void
}

/** @throws Unreachable where sudo, su, doas or the login shell gives none. */
export async function hostShell({ become, trial, user, at, stage, start, touch, end }: ShellSource): Promise<Connection> {
  const process = await openShell({ become, login: user, at, trial, start, stage: (now) => (stage.now = now) }).catch((error: unknown) => {
    end()
    throw error
  })
  const shell = shellStream(process)
  let lastWords = ''
  let proven = false
  process.stderr.on('data', (chunk: Buffer) => {
    if (!proven) lastWords = (lastWords + chunk.toString()).slice(-1000)
  })
  process.stderr.resume()
  process.onEnd((how) => {
    if (proven) return shell.lose(new ConnectionLost(how))
    const said = lastWords.trim()
    shell.lose(new Unreachable(`${at}: no shell came up as ${user}: ${how}\n${RUN_AGAIN}${said === '' ? '' : `\n${said}`}`))
  })
  return {
    exchange(request) {
      // Lines of an exchange begin with its mark, which only the shell itself can print.
      const mark = request.end.split(' ', 1)[0]!
      const onStdout = (chunk: Buffer): void => {
        proven ||= chunk.includes(mark)
        request.onStdout(chunk)
      }
      return shell.exchange({ ...request, onStdout })
    },
    touch(path) {
      if (!/^[\w./-]+$/.test(path)) throw new Error(`not a plain path: ${path}`)
      return touch(path)
    },
    close() {
      shell.lose(new ConnectionLost('closed'))
      end()
    },
  }
}
