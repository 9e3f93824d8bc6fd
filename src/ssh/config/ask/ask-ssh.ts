// Runs `ssh -G`, which prints the settings that ssh_config(5) has for one destination, and connects to no host.
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { SSH_SETTINGS_BYTES, SSH_SETTINGS_SECONDS } from '../../../core/bounds.ts'
import { MailrunError } from '../../../core/mailrun-error.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { answerOf, type Answer } from './answer.ts'
import { sshRefusal } from './ssh-refusal.ts'

/** What ssh is asked. */
export interface Question {
  readonly program: string
  /** Before the destination. */
  readonly words: readonly string[]
  readonly host: string
  /** file:line of the words, where they are the inventory's. */
  readonly where: string | undefined
  /** It leaves out the destination's own user and port, or has none of the run's: what is refused may be sound. */
  readonly isForOthers: boolean
  /** What it is asked for: a file of ssh_config, or options. */
  readonly why: string
}

/** @throws MailrunError, with file:line where ssh names one, for what it refuses, and where there is no ssh. */
export async function askSsh(question: Question): Promise<Answer> {
  const { program, words, host, where } = question
  const { status, out, said } = await run(program, ['-G', ...words, '--', host], question)
  if (status !== 0) throw sshRefusal(said, host, where)
  return answerOf(out)
}

interface Ran {
  readonly status: number
  readonly out: Untrusted
  readonly said: Untrusted
}

function run(program: string, words: readonly string[], { host, why }: Question): Promise<Ran> {
  return new Promise((resolve, reject) => {
    // In a group of its own, with all that Match exec starts.
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const out: Buffer[] = []
    const said: Buffer[] = []
    let bytes = 0
    const fail = (problem: string): void => {
      clearTimeout(timer)
      endGroup(child)
      reject(new MailrunError(`${program} -G ${host} ${problem}`))
    }
    const late = `gave no answer within ${SSH_SETTINGS_SECONDS} s: does a Match exec wait, or a name server?`
    const timer = setTimeout(() => fail(late), SSH_SETTINGS_SECONDS * 1000)
    const keep = (chunk: Untrusted<Buffer>, into: Buffer[]): void => {
      bytes += chunk.length
      if (bytes > SSH_SETTINGS_BYTES) return fail(`said more than ${SSH_SETTINGS_BYTES >> 20} MiB`)
      into.push(chunk)
    }
    child.stdout.on('data', (chunk: Untrusted<Buffer>) => keep(chunk, out))
    child.stderr.on('data', (chunk: Untrusted<Buffer>) => keep(chunk, said))
    child.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      reject(new MailrunError(code === 'ENOENT' ? missing(program, why) : `${program} cannot be run: ${message}`))
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code === null) return fail(`was ended by ${String(signal)}`)
      resolve({ status: code, out: Buffer.concat(out).toString(), said: Buffer.concat(said).toString() })
    })
  })
}

const missing = (program: string, why: string): string =>
  `${why}: OpenSSH is asked what this means (ssh -G), and there is no ${program}: install openssh-client, ` +
  'or pass over all files with --ssh-config none'

function endGroup({ pid }: ChildProcessByStdio<null, Readable, Readable>): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended just now.
  }
}
