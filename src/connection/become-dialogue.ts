// Opens a host's shell as the user who does the work, over the streams of any connection, and gives the password where
// it is asked for.
import { Unreachable } from '../engine/connection.ts'
import type { Become } from '../model/host.ts'
import { openingOf, type Dialogue } from './become.ts'
import { becomeProblem, refusesPassword, spoken, wantsTerminal, type Refusal } from './become-problem.ts'
import type { PasswordTrial } from './password-trial.ts'
import type { ShellProcess } from './shell-stream.ts'

export interface BecomeOptions {
  readonly become: Become | undefined
  /** `undefined`: not known here. */
  readonly login: string | undefined
  /** The host, for messages. */
  readonly at: string
  /** Starts a command line in the login user's shell. */
  start(command: string): Promise<ShellProcess>
  /** The run's. */
  readonly trial: PasswordTrial
  /** Is told what is being done, for the case that it takes too long. */
  stage(now: string): void
}

/**
 * The shell, ready for its first exchange. One command is started; a second one only where the method insists on a
 * terminal, and none that asked for a password is tried twice.
 *
 * @throws Unreachable with what was said and what to do.
 */
export async function openShell(options: BecomeOptions): Promise<ShellProcess> {
  const { become, login, at, start, stage, trial } = options
  for (const terminal of [false, true]) {
    const { command, dialogue } = openingOf(become, login, terminal)
    const shell = await start(command)
    if (become === undefined || dialogue === undefined) return shell
    const reveal = dialogue.password?.reveal()
    if (reveal !== undefined && /[\n\r\0]/.test(reveal))
      throw new Unreachable(`${at}: the password for ${become.method} has more than one line`)
    stage(become.method)
    const told = (tail: string): void => stage(tail === '' ? become.method : `${become.method} said: ${tail}`)
    const { refusal, said, answered } = await converse(shell, dialogue, (password) => trial.turn(password, at), told)
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

/** As PAM has it in English; `LC_ALL=C` is set. */
const OTHER =
  /(?:\b(?:current|new|old|retype)\b[^\n]*password|password[^\n]*again|code|token|passcode|otp)[^\n:?]*[:?][ \t]*$/i
const PASSWORD = /(?:password|passphrase)[^\n:]*:[ \t]*$/i

interface Outcome {
  /** `undefined`: the shell stands. */
  readonly refusal: Refusal | undefined
  readonly said: string
  /** Whether the password was given, or was about to be. */
  readonly answered: boolean
}

/** @param turn - resolves when the password may be given, or with who refused it. */
function converse(
  shell: ShellProcess,
  dialogue: Dialogue,
  turn: (password: string) => Promise<string | undefined>,
  told: (tail: string) => void,
): Promise<Outcome> {
  const password = dialogue.password?.reveal()
  return new Promise((resolve) => {
    let text = ''
    let printed = ''
    /** Where the answered question ends. */
    let answered: number | undefined
    let over = false
    const finish = (refusal: Refusal | undefined): void => {
      shell.stderr.off('data', onData)
      shell.stdout.off('data', onPrinted)
      over = true
      resolve({
        refusal,
        said: spoken(text, dialogue.begin, password) || (text.includes(dialogue.begin) ? '' : printed.trim()),
        answered: answered !== undefined && refusal?.kind !== 'not-given',
      })
    }
    const onQuestion = (whose: string | undefined): void => {
      if (answered !== undefined) return finish({ kind: 'wrong-password', whose })
      if (password === undefined) return finish({ kind: 'no-password', whose })
      answered = text.length
      void turn(password).then((refusedBy) => {
        if (refusedBy !== undefined) return finish({ kind: 'not-given', refusedBy })
        if (!over) shell.stdin.write(`${password}\n`)
      })
    }
    // But a login shell that takes no commands says so there: nologin(8).
    const onPrinted = (chunk: Buffer): void => void (printed = (printed + chunk.toString()).slice(-1000))
    const onData = (chunk: Buffer): void => {
      text += chunk.toString()
      if (hasLine(text, dialogue.ready)) {
        const { asked, unasked } = dialogue.lines
        const lines = '\n'.repeat(answered === undefined ? unasked : asked)
        if (lines !== '') shell.stdin.write(lines)
        return finish(undefined)
      }
      if (hasLine(text, dialogue.end)) return finish({ kind: 'ended', how: 'it ended' })
      const begin = text.indexOf(dialogue.begin)
      if (begin < 0) return
      const fresh = text.slice(answered ?? begin + dialogue.begin.length)
      const asked = fresh.lastIndexOf(dialogue.question)
      const ours = asked < 0 ? undefined : /^-([^:\n]*):/.exec(fresh.slice(asked + dialogue.question.length))
      if (ours) return onQuestion(ours[1])
      const tail = fresh.slice(fresh.lastIndexOf('\n') + 1).trim()
      if (OTHER.test(tail)) return finish({ kind: 'other-question' })
      if (PASSWORD.test(tail)) return onQuestion(undefined)
      told(tail.includes('mailrun-') ? '' : tail)
    }
    // What is printed before the shell stands is nobody's answer; who has ended reads no more.
    shell.stdout.on('data', onPrinted)
    shell.stdout.resume()
    shell.stdin.on('error', () => {})
    shell.stderr.on('data', onData)
    shell.stderr.resume()
    shell.onEnd((how) => finish({ kind: 'ended', how, before: !text.includes(dialogue.begin) }))
  })
}

/** A terminal ends lines with CR LF. */
const hasLine = (text: string, line: string): boolean => text.includes(`${line}\n`) || text.includes(`${line}\r\n`)
