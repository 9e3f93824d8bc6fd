// The one shell on a host, over whatever leads there: as another user where the host says become, and with what was said where it does not come up.
import { ConnectionLost, Unreachable, type Connection } from '../engine/connection.ts'
import { sudoProblem, type Opening } from './become.ts'
import { RUN_AGAIN } from './passing.ts'
import { shellStream, type ShellStreams } from './shell-stream.ts'

/** A program on the host, or on the way to it, whose input and outputs are the shell's. */
export interface ShellProcess extends ShellStreams {
  /** Is told once that it is gone, and how. */
  onEnd(listener: (how: string) => void): void
}

export interface ShellSource {
  readonly process: ShellProcess
  readonly opening: Opening
  readonly user: string
  /** For messages. */
  readonly at: string
  readonly stage: { now: string }
  touch(path: string): Promise<void>
  /** What to know of how it came about. */
  readonly notes: readonly string[]
  /** The process is told to end, and made to. */
  end(): void
}

/** What dash does where it cannot fork, its message going where the command's would have gone. */
const ENDED_2 = 'the shell ended (exit status 2)'

/** @throws Unreachable where sudo or the login shell gives none. */
export async function hostShell({ process, opening, user, at, stage, notes, touch, end }: ShellSource): Promise<Connection> {
  const shell = shellStream(process)
  let lastWords = ''
  let proven = false
  const noShell = (how: string, said: string): Unreachable =>
    new Unreachable(`${at}: ${sudoProblem(said) ?? `no shell came up as ${user}: ${how}: does its login shell (getent passwd ${user}) run commands?\n${RUN_AGAIN}`}${said === '' ? '' : `\n${said}`}`)
  const listen = (chunk: Buffer): void => void (lastWords = (lastWords + chunk.toString()).slice(-1000))
  process.stderr.on('data', listen)
  // What a login shell says that takes no commands (nologin(8)).
  process.stdout.on('data', (chunk: Buffer) => {
    if (!proven) listen(chunk)
  })
  process.onEnd((how) => {
    if (!proven) return shell.lose(noShell(how, lastWords.trim()))
    // Where it could not go on, dash says why: `sh: 0: Cannot fork`.
    const said = /^sh: .*$/m.exec(lastWords.slice(lastWords.lastIndexOf('\nmailrun-') + 1))?.[0]
    const hint = said?.includes('Cannot fork') || (said === undefined && how === ENDED_2) ? ': is the host out of processes? (ulimit -u, TasksMax of the unit that systemctl status names)' : ''
    shell.lose(new ConnectionLost(`${how}${said === undefined ? '' : `: ${said}`}${hint}`))
  })
  if (opening.dialogue) {
    stage.now = 'sudo'
    await becomeRoot(process, opening.dialogue, (said, how) => {
      const advice = sudoProblem(said)
      return advice === undefined ? noShell(how, (said || lastWords).trim()) : new Unreachable(`${at}: ${advice}`)
    })
    lastWords = ''
  }
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
    notes,
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

function becomeRoot(process: ShellProcess, { prompt, ready, password }: { readonly prompt: string; readonly ready: string; readonly password: string }, problem: (said: string, how: string) => Unreachable): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    let asked = false
    const finish = (settle: () => void): void => {
      process.stderr.off('data', onData)
      settle()
    }
    process.onEnd((how) => finish(() => reject(problem(said.replaceAll(prompt, ''), how))))
    const onData = (chunk: Buffer): void => {
      said += chunk.toString()
      if (said.includes(ready)) return finish(resolve)
      const prompts = said.split(prompt).length - 1
      if (prompts > 1) return finish(() => reject(problem('incorrect password', '')))
      if (prompts === 1 && !asked) {
        asked = true
        process.stdin.write(`${password}\n`)
      }
    }
    process.stderr.on('data', onData)
  })
}
