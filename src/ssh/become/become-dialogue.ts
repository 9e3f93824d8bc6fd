// Opens a shell as another user (sudo, su, doas) over the streams of a connection, and sends the password when it is
// asked for.
import { Unreachable } from '../../engine/session/connection.ts'
import { ANSWERS_BYTES, BECOME_BYTES } from '../../core/bounds.ts'
import type { Become } from '../../core/fleet/host.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { openingOf, type Dialogue } from './become.ts'
import { becomeProblem, refusesPassword, spoken, wantsTerminal, type Refusal } from './become-problem.ts'
import { becomeWords } from './become-words.ts'
import type { SharedTrial } from '../shared-trial.ts'
import type { ShellProcess } from '../shell/shell-stream.ts'

export interface BecomeOptions {
  readonly become: Become | undefined
  /** `undefined`: not known here. */
  readonly login: string | undefined
  /** The host, for messages. */
  readonly at: string
  /** Starts a command line in the login user's shell. */
  start(command: string): Promise<ShellProcess>
  /** The run's. */
  readonly trial: SharedTrial
  /** Is called with what is being done, for the case that it takes too long. */
  stage(now: string): void
  /** A script that the shell runs before it reads its input. */
  readonly greeting?: string | undefined
  /** Whether what is printed now is the greeting's, which may be as long as answers are; left out: it never is. */
  readonly greets?: () => boolean
  /** Is called with each process before anything of it is read. */
  readonly onStart?: (process: ShellProcess) => void
}

/**
 * The shell, ready for its first exchange. One command is started; a second one only where the method insists on a
 * terminal, and none that asked for a password is tried twice.
 *
 * @throws Unreachable with what was said and what to do.
 */
export async function openShell(options: BecomeOptions): Promise<ShellProcess> {
  const { become, login, at, start, stage, trial, greeting, greets = () => false, onStart = () => {} } = options
  for (const terminal of [false, true]) {
    const { command, dialogue } = openingOf(become, login, terminal, greeting)
    const shell = await start(command)
    onStart(shell)
    if (become === undefined || dialogue === undefined) return shell
    const reveal = dialogue.password?.reveal()
    if (reveal !== undefined && /[\n\r\0]/.test(reveal))
      throw new Unreachable(`${at}: the password for ${become.method} has more than one line`)
    stage(become.method)
    const reported = (tail: string): void => stage(tail === '' ? become.method : `${become.method} said: ${tail}`)
    const { refusal, said, answered } = await converse(
      shell,
      dialogue,
      (password) => trial.turn(password, at),
      reported,
      greets,
    )
    if (answered) trial.settle(reveal!, at, accepted(refusal, said))
    if (refusal === undefined) return shell
    shell.stdin.end()
    const mayTryTerminal = !terminal && !answered
    if (mayTryTerminal && refusal.kind === 'ended' && wantsTerminal(said)) continue
    throw new Unreachable(`${at}: ${becomeProblem(become, refusal, said)}`)
  }
  throw new Error('no opening is left')
}

/** What the method made of the password; `undefined`: nobody can tell. */
function accepted(refusal: Refusal | undefined, said: string): boolean | undefined {
  if (refusal === undefined) return true
  return refusesPassword(refusal, said) ? false : undefined
}

/** Of what is printed on standard output. */
const KEPT_CHARACTERS = 1000

interface Outcome {
  /** `undefined`: the shell stands. */
  readonly refusal: Refusal | undefined
  readonly said: string
  /** Whether the password was given, or was about to be. */
  readonly answered: boolean
}

type Listener = (chunk: Untrusted<Buffer>) => void

/** @returns what ends it. */
function listen(shell: ShellProcess, onData: Listener, onPrinted: Listener): () => void {
  // What is printed before the shell stands is nobody's answer; who has ended reads no more.
  shell.stdout.on('data', onPrinted)
  shell.stdout.resume()
  shell.stdin.on('error', () => {})
  shell.stderr.on('data', onData)
  shell.stderr.resume()
  return () => {
    shell.stderr.off('data', onData)
    shell.stdout.off('data', onPrinted)
  }
}

interface Printed {
  /** Returns how many bytes there were. */
  add(chunk: Untrusted<Buffer>): number
  last(): string
}

function lastPrinted(): Printed {
  let last = ''
  let bytes = 0
  return {
    add(chunk) {
      last = (last + chunk.subarray(-KEPT_CHARACTERS).toString()).slice(-KEPT_CHARACTERS)
      bytes += chunk.length
      return bytes
    },
    last: () => last,
  }
}

/** @param turn - resolves when the password may be given, or with those who refused it. */
function converse(
  shell: ShellProcess,
  dialogue: Dialogue,
  turn: (password: string) => Promise<readonly string[] | undefined>,
  reported: (tail: string) => void,
  greets: () => boolean,
): Promise<Outcome> {
  const password = dialogue.password?.reveal()
  const words = becomeWords(dialogue)
  return new Promise((resolve) => {
    const printed = lastPrinted()
    let answered = false
    let over = false
    const finish = (refusal: Refusal | undefined): void => {
      deaf()
      over = true
      resolve({
        refusal,
        said: spoken(words.text(), dialogue.begin, password) || (words.begun ? '' : printed.last().trim()),
        answered: answered && refusal?.kind !== 'not-given',
      })
    }
    const onQuestion = (whose: string | undefined): void => {
      if (answered) return finish({ kind: 'wrong-password', whose })
      if (password === undefined) return finish({ kind: 'no-password', whose })
      answered = true
      words.answered()
      void turn(password).then((refusedBy) => {
        if (refusedBy !== undefined) return finish({ kind: 'not-given', refusedBy })
        if (!over) shell.stdin.write(`${password}\n`)
      })
    }
    const onReady = (): void => {
      const { asked, unasked } = dialogue.lines
      const lines = '\n'.repeat(answered ? asked : unasked)
      if (lines !== '') shell.stdin.write(lines)
      finish(undefined)
    }
    // But a login shell that takes no commands says so there: nologin(8).
    const onPrinted = (chunk: Untrusted<Buffer>): void => {
      if (printed.add(chunk) > (greets() ? ANSWERS_BYTES : BECOME_BYTES)) finish({ kind: 'too-much' })
    }
    const onData = (chunk: Untrusted<Buffer>): void => {
      const event = words.feed(chunk)
      switch (event.kind) {
        case 'ready':
          return onReady()
        case 'ended':
          return finish({ kind: 'ended', how: 'it ended' })
        case 'question':
          return onQuestion(event.whose)
        case 'nothing':
          return reported(event.tail)
        default:
          return finish({ kind: event.kind })
      }
    }
    const deaf = listen(shell, onData, onPrinted)
    shell.onEnd((how) => finish({ kind: 'ended', how, before: !words.begun }))
  })
}
