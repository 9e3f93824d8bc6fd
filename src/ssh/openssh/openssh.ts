// A connection that uses the system's ssh(1), for what mailrun's own SSH client does not have: certificates, hardware
// tokens, Kerberos, post-quantum key exchange.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { Unreachable, type Connection, type Greeting, type Tell } from '../../engine/session/connection.ts'
import { SSH_WORDS_BYTES } from '../../core/bounds.ts'
import type { Become } from '../../core/fleet/host.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { Askpass } from './askpass.ts'
import { childShell, endGroup } from '../shell/child-shell.ts'
import { handshake } from '../client/handshakes.ts'
import { hostShell } from '../shell/host-shell.ts'
import { opensshArguments, type OpensshTarget } from './openssh-arguments.ts'
import { ClosedUnheard, opensshProblem } from './openssh-problem.ts'
import { saysWhoAsks } from './openssh-version.ts'
import { passphraseFor, type Ask } from '../login-keys/passphrases.ts'
import type { Attempts } from '../attempts.ts'
import { NotNow } from '../transient.ts'
import { turnedAway } from '../turned-away.ts'
import type { JumpLogins } from './jump-logins.ts'
import { sshdWords } from './sshd-words.ts'
import type { SharedTrial } from '../shared-trial.ts'
import { asked, keyAskedFor, sshQuestion } from './ssh-question.ts'
import type { SshTarget } from '../ssh-target.ts'
import { at } from '../client/tcp.ts'
import { withinTime } from '../within-time.ts'

/** For whoever must answer a question, or touch a token. */
const ANSWER_SECONDS = 120
/** A server may ask without end; so many of the questions of one host and its jump hosts are put to a person. */
const OTHERS_AT_MOST = 10

/** What the hosts of a run share. */
export interface OpensshRun {
  readonly askpass: Askpass
  readonly ask: Ask | undefined
  readonly trial: SharedTrial
  readonly attempts: Attempts
  readonly jumps: JumpLogins
}

/** Starts ssh for a host: with its options before ours, and a command line for the host's shell. */
type Start = (command: string, ready: string, options?: readonly string[]) => ChildProcessWithoutNullStreams

/**
 * @param tell - is reported where sshd takes no connection for a while.
 * @param anew - as the run's memory of refused logins has it.
 * @throws Unreachable
 */
export async function opensshConnect(
  openssh: OpensshTarget,
  become: Become | undefined,
  run: OpensshRun,
  signal: AbortSignal,
  tell?: Tell,
  greeting?: Greeting,
  anew?: boolean,
): Promise<Connection> {
  const { target } = openssh
  const { ask, trial } = run
  const first = target.jumps[0] ?? target
  const start = await starter(openssh, run)
  const isThere = target.master.kind === 'stands'
  const seconds = target.connectSeconds + (ask === undefined || isThere ? 0 : ANSWER_SECONDS)
  const inTime = <T>(work: Promise<T>): Promise<T> =>
    withinTime(work, seconds, signal, () => `${at(target)}: no answer within ${seconds} s (${wayOf(target)})`)
  let notNow: NotNow | undefined
  const login = async (): Promise<Connection> => {
    const started: ChildProcessWithoutNullStreams[] = []
    const noted: Start = (...how) => started[started.push(start(...how)) - 1]!
    try {
      return await inTime(open(openssh, become, trial, noted, greeting))
    } catch (error) {
      started.forEach(endGroup)
      if (!(error instanceof ClosedUnheard)) throw error
      const why = notNow ?? (await inTime(whyClosed(error, target, noted)).finally(() => started.forEach(endGroup)))
      if (why instanceof NotNow) notNow = why
      throw why
    }
  }
  // A master that stands has logged in already.
  const once = (): Promise<Connection> =>
    isThere ? login() : run.jumps.through(target, () => handshake(`${first.hostName}:${first.port}`, login))
  return run.attempts.persist({ target, signal, tell, once, anew })
}

async function starter(openssh: OpensshTarget, { askpass, ask }: OpensshRun): Promise<Start> {
  const { target } = openssh
  // Through a master that stands nobody logs in: nothing is asked, and ssh need not be asked for its version.
  const isThere = target.master.kind === 'stands'
  const mayAnswer = !isThere && hasAnswers(target, ask)
  const questions = mayAnswer && (await saysWhoAsks(openssh, at(target))) ? answererOf(target, ask) : undefined
  const environment = {
    ...process.env,
    LC_ALL: 'C',
    ...(questions === undefined ? {} : await askpass.environment(questions)),
  }
  return (command, ready, options = []) => {
    const words = opensshArguments(openssh, { ready, asks: questions !== undefined, command })
    // In a session of its own: Ctrl-C on the terminal is for mailrun, and ssh has no terminal to ask on.
    return spawn(openssh.executable, [...options, ...words], { stdio: 'pipe', detached: true, env: environment })
  }
}

const hasAnswers = (target: SshTarget, ask: Ask | undefined): boolean =>
  target.password !== undefined || target.passphrases.size > 0 || ask !== undefined

/** For messages. */
const wayOf = ({ master }: SshTarget): string =>
  master.kind === 'stands' ? `the system's ssh, through the master connection ${master.path}` : "the system's ssh"

/** Looks once more, to hear what sshd says. */
async function whyClosed(error: ClosedUnheard, target: SshTarget, start: Start): Promise<Unreachable> {
  const said = await sshdWords(start('exit', 'ready', ['-v']), target.jumps.length + 1)
  const who = target.jumps.length === 0 ? at(target) : `${at(target)}, or a jump host on the way there`
  return said === '' ? error : turnedAway(who, said, '')
}

function open(
  { executable, target }: OpensshTarget,
  become: Become | undefined,
  trial: SharedTrial,
  start: Start,
  greeting: Greeting | undefined,
): Promise<Connection> {
  const ready = `mailrun-ready-${randomBytes(8).toString('hex')}`
  let child: ChildProcessWithoutNullStreams | undefined
  return hostShell({
    become,
    trial,
    user: target.user,
    at: at(target),
    stage: { now: 'opening a shell' },
    notes: [],
    greeting,
    async start(command) {
      const started = (child = start(command, ready))
      const shell = childShell(started, (code, signal) =>
        code === 255 ? 'the connection was closed' : `the shell ended (${signal ?? `exit status ${code}`})`,
      )
      started.stdin.on('error', () => {})
      await standing(started, ready, executable, target)
      return shell
    },
    touch: (path) => ended(start(`touch ${path}`, ready), target),
    end() {
      child?.stdin.end()
      child?.kill()
    },
  })
}

const OUT_CHARACTERS = 200
const SAID_CHARACTERS = 4000
const TOO_MUCH = `more than ${SSH_WORDS_BYTES >> 10} kB were said by ssh, or the host, before the login was done`

const lastOf = (said: Untrusted, chunk: Untrusted<Buffer>): string =>
  (said + chunk.subarray(-SAID_CHARACTERS).toString()).slice(-SAID_CHARACTERS)

/**
 * Resolves once ssh is logged in, which its LocalCommand tells, or the host itself; at once where a master connection
 * stands already.
 *
 * @throws Unreachable, TransientFailure
 */
function standing(
  child: ChildProcessWithoutNullStreams,
  ready: string,
  executable: string,
  target: SshTarget,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    let out = ''
    let bytes = 0
    const count = ({ length }: Untrusted<Buffer>): void => {
      bytes += length
      if (bytes > SSH_WORDS_BYTES) finish(() => reject(new Unreachable(`${at(target)}: ${TOO_MUCH}`)))
    }
    const onOut = (chunk: Untrusted<Buffer>): void => {
      out = (out + chunk.toString('latin1')).slice(-OUT_CHARACTERS - chunk.length)
      const found = out.indexOf(ready)
      if (found >= 0) finish(resolve, behindLine(chunk.subarray(chunk.length - (out.length - found - ready.length))))
      else count(chunk)
      out = out.slice(-OUT_CHARACTERS)
    }
    const onError = (chunk: Untrusted<Buffer>): void => {
      said = lastOf(said, chunk)
      count(chunk)
    }
    const finish = (settle: () => void, behind?: Untrusted<Buffer>): void => {
      child.stdout.off('data', onOut)
      child.stderr.off('data', onError)
      // What the greeting and sudo have said meanwhile is for who comes next.
      child.stdout.pause()
      if (behind !== undefined && behind.length > 0 && !child.stdout.readableEnded) child.stdout.unshift(behind)
      child.stderr.pause()
      if (said !== '' && !child.stderr.readableEnded) child.stderr.unshift(Buffer.from(said))
      settle()
    }
    child.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'ENOENT' ? 'it is not there; install openssh-client' : message
      finish(() => reject(new Unreachable(`${at(target)}: ${executable} cannot be run: ${why}`)))
    })
    child.once('close', () => finish(() => reject(opensshProblem(said, target))))
    child.stdout.on('data', onOut)
    child.stderr.on('data', onError)
    if (target.master.kind === 'stands') child.once('spawn', () => finish(resolve))
  })
}

/** The end of the line itself belongs to nobody. */
const behindLine = (bytes: Untrusted<Buffer>): Untrusted<Buffer> => (bytes[0] === 0x0a ? bytes.subarray(1) : bytes)

/** @throws Unreachable */
function ended(child: ChildProcessWithoutNullStreams, target: SshTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdin.end()
    child.stdout.resume()
    child.stderr.on('data', (chunk: Untrusted<Buffer>) => (said = lastOf(said, chunk)))
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(opensshProblem(said, target))))
  })
}

/**
 * A password is given once to a host: asked again, it was wrong. What is not ssh's question, or the host's own, is
 * nobody's to be answered by a secret; whoever runs mailrun is asked, and sees who wants to know. The passphrase of a
 * key they are asked for once in a run.
 */
function answererOf(target: SshTarget, ask: Ask | undefined): (question: string) => Promise<string | undefined> {
  const keys = [target, ...target.jumps].flatMap(({ identityFiles }) => identityFiles.map(({ path }) => path))
  let given = false
  let others = 0
  return async (question) => {
    const put = sshQuestion(question, target)
    switch (put.kind) {
      case 'passphrase':
        return put.passphrase.reveal()
      case 'password': {
        const answer = given ? undefined : target.password?.reveal()
        given = true
        return answer
      }
      case 'other': {
        const key = keyAskedFor(question, keys)
        if (key !== undefined && ask !== undefined) return (await passphraseFor(key, ask, target.passphrases)).reveal()
        // One-time codes, a token's PIN, a jump host's password.
        others += 1
        if (ask === undefined || others > OTHERS_AT_MOST) return undefined
        return (await ask(`${at(target)}: ${asked(question)}`, 'say how to log in without a question')).reveal()
      }
    }
  }
}
