// Opens the one shell on a host over a connection: as another user if the host has `ansible_become`. The error of a
// shell that does not open contains what was printed.
import { ConnectionLost, Unreachable, type Connection, type Greeting } from '../../engine/session/connection.ts'
import type { Become } from '../../core/fleet/host.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { openShell } from '../become/become-dialogue.ts'
import { RUN_AGAIN } from '../transient.ts'
import type { SharedTrial } from '../shared-trial.ts'
import { earlyOutput, type EarlyOutput } from './early-output.ts'
import { shellStream, type ShellProcess } from './shell-stream.ts'

export interface ShellSource {
  readonly become: Become | undefined
  /** The run's. */
  readonly trial: SharedTrial
  /** Who logs in. */
  readonly user: string
  /** For messages. */
  readonly at: string
  readonly stage: { now: string }
  /** What to know of how it came about; may grow until the shell stands. */
  readonly notes: readonly string[]
  /**
   * Starts a command line in the login user's shell: once, and again where another way is needed after the first has
   * ended.
   */
  start(command: string): Promise<ShellProcess>
  touch(path: string): Promise<void>
  readonly greeting: Greeting | undefined
  /** The process that was started last is asked to end, and made to. */
  end(): void
}

/** Of what it says last. */
const LAST_BYTES = 1000

/** What dash does where it cannot fork, its message going where the command's would have gone. */
const ENDED_2 = 'the shell ended (exit status 2)'
const OUT_OF_PROCESSES = 'is the host out of processes? (ulimit -u, TasksMax of the unit that systemctl status names)'

/** Nobody waits for it; its stack would cost more than it tells. */
const CLOSED = new ConnectionLost('closed')

/** The shell, and what it prints of its greeting from the beginning on. */
async function greetedProcess(
  source: ShellSource,
): Promise<{ readonly process: ShellProcess; readonly early: EarlyOutput | undefined }> {
  const { user, greeting, stage, end } = source
  let early: EarlyOutput | undefined
  const process = await openShell({
    ...source,
    login: user,
    stage: (now) => (stage.now = now),
    greeting: greeting?.script,
    greets: () => early?.begun === true,
    onStart: (started) => (early = greeting === undefined ? undefined : earlyOutput(started, greeting.mark)),
  }).catch((error: unknown) => {
    end()
    throw error
  })
  return { process, early }
}

/** @throws Unreachable where sudo, su, doas or the login shell gives none. */
export async function hostShell(source: ShellSource): Promise<Connection> {
  const { user, at, notes, touch, greeting, end } = source
  const { process, early } = await greetedProcess(source)
  const shell = shellStream(process, early)
  let lastWords = ''
  let proven = false
  let closed = false
  const listen = (chunk: Untrusted<Buffer>): void =>
    void (lastWords = (lastWords + chunk.subarray(-LAST_BYTES).toString()).slice(-LAST_BYTES))
  process.stderr.on('data', listen)
  process.stderr.resume()
  process.stdout.resume()
  // What a login shell says that takes no commands (nologin(8)).
  process.stdout.on('data', (chunk: Untrusted<Buffer>) => {
    if (!proven) listen(chunk)
  })
  process.onEnd((how) => {
    if (!closed) shell.lose(proven ? lostShell(how, lastWords) : noShell(at, user, how, lastWords))
  })
  return {
    exchange(request) {
      // Lines of an exchange begin with its mark, which only the shell itself can print.
      const mark = request.end.split(' ', 1)[0]!
      const onStdout = (chunk: Untrusted<Buffer>): void => {
        proven ||= chunk.includes(mark)
        request.onStdout(chunk)
      }
      return shell.exchange({ ...request, onStdout })
    },
    notes,
    greeted: greeting !== undefined,
    touch(path) {
      if (!/^[\w./-]+$/.test(path)) throw new Error(`not a plain path: ${path}`)
      return touch(path)
    },
    close() {
      if (closed) return
      closed = true
      shell.lose(CLOSED)
      end()
    },
  }
}

/** It ended before its first answer. */
function noShell(at: string, user: string, how: string, lastWords: Untrusted): Unreachable {
  const said = lastWords.trim()
  const question = `does its login shell (getent passwd ${user}) run commands?`
  const words = `${at}: no shell opened as ${user}: ${how}: ${question}\n${RUN_AGAIN}`
  return new Unreachable(said === '' ? words : `${words}\n${said}`)
}

/** It ended after it had answered. Where it could not go on, dash says why: `sh: 0: Cannot fork`. */
function lostShell(how: string, lastWords: Untrusted): ConnectionLost {
  const said = /^sh: .*$/m.exec(lastWords.slice(lastWords.lastIndexOf('\nmailrun-') + 1))?.[0]
  const why = said === undefined ? how : `${how}: ${said}`
  const cannotFork = said === undefined ? how === ENDED_2 : said.includes('Cannot fork')
  return new ConnectionLost(cannotFork ? `${why}: ${OUT_OF_PROCESSES}` : why)
}
